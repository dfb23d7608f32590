-- What can be earned in a workspace: its own badges, and those of the nil workspace that it has not
-- made its own version of.
-- Reads: goals.badges.
create function goals.badges_of(p_workspace_id uuid)
returns setof goals.badges
language sql
stable
parallel safe
as $$
    select distinct on (b.badge)
        b.workspace_id,
        b.badge,
        b.title,
        b.description,
        b.rule,
        b.measure,
        b.threshold,
        b.created_at
    from goals.badges as b
    where b.workspace_id in (p_workspace_id, app.nobody())
    order by b.badge, (b.workspace_id = app.nobody())
$$;
alter function goals.badges_of(uuid) owner to leadboard_view;
grant execute on function goals.badges_of(uuid) to leadboard_rollup;

comment on function goals.badges_of(uuid) is 'Badges that can be earned in a workspace.';
