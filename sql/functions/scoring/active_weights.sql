-- The weights in force: those of the workspace's highest version, else of the default's (nil
-- workspace). A version is a whole set: a part it does not list weighs nothing.
-- Grain: one row per part, always eight, numbered as in scoring.parts().
-- Reads: scoring.weights.
create function scoring.active_weights(p_workspace_id uuid)
returns table (ordinal integer, part text, weight numeric, version integer, is_default boolean)
language sql
stable
parallel safe
as $$
    with chosen as (
        select
            w.workspace_id,
            w.version
        from scoring.weights as w
        where w.workspace_id in (p_workspace_id, app.nobody())
        order by (w.workspace_id = app.nobody()), w.version desc
        limit 1
    )

    select
        p.ordinal::integer as ordinal,
        p.part,
        coalesce(w.weight, 0) as weight,
        c.version,
        c.workspace_id = app.nobody() as is_default
    from chosen as c
    cross join unnest(scoring.parts()) with ordinality as p (part, ordinal)
    left join scoring.weights as w
        on
            w.workspace_id = c.workspace_id
            and w.version = c.version
            and w.part = p.part
$$;
alter function scoring.active_weights(uuid) owner to leadboard_view;
grant execute on function scoring.active_weights(uuid) to leadboard_rollup, leadboard_owner;

comment on function scoring.active_weights(uuid) is
'Weight of each part of the performance score in a workspace, with the version it comes from.';
