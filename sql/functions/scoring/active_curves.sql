-- The curves in force: those of the workspace's highest version, else of the default's (nil
-- workspace). A version is a whole set: a curve it does not list leaves its part unmeasured.
-- Grain: one row per curve, points ascending.
-- Reads: scoring.curves.
create function scoring.active_curves(p_workspace_id uuid)
returns table (curve text, xs numeric[], ys numeric[], version integer, is_default boolean)
language sql
stable
parallel safe
as $$
    with chosen as (
        select
            c.workspace_id,
            c.version
        from scoring.curves as c
        where c.workspace_id in (p_workspace_id, app.nobody())
        order by (c.workspace_id = app.nobody()), c.version desc
        limit 1
    )

    select
        c.curve,
        array_agg(c.x order by c.x) as xs,
        array_agg(c.y order by c.x) as ys,
        c.version,
        c.workspace_id = app.nobody() as is_default
    from scoring.curves as c
    inner join chosen as h on h.workspace_id = c.workspace_id and h.version = c.version
    group by c.workspace_id, c.version, c.curve
$$;
alter function scoring.active_curves(uuid) owner to leadboard_view;
grant execute on function scoring.active_curves(uuid) to leadboard_rollup;

comment on function scoring.active_curves(uuid) is
'Points of each curve of the performance score in a workspace, with the version they come from.';
