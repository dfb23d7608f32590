-- Notes whose goals and badges depend on cells that changed. The arrays are what rollup.write_dirty
-- returns. One entry per person and scope, with the earliest day; the nil UUID stands for leads of
-- nobody, which count for the team. Of all that goals and badges follow, lead_day holds response
-- times alone.
create function goals.touch(
    p_families text[], p_workspace_ids uuid[], p_subject_ids uuid[], p_days date[]
)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
    insert into goals.touched (workspace_id, user_id, scope, from_day)
    select
        c.workspace_id,
        c.subject_id,
        case c.family
            when 'all' then 'workspace'
            when 'lead_day' then 'response'
            else 'person'
        end as scope,
        min(c.day)
    from
        unnest(p_families, p_workspace_ids, p_subject_ids, p_days)
        as c (family, workspace_id, subject_id, day)
    where c.family in ('lead_day', 'outcome_day', 'task_day', 'all')
    group by c.workspace_id, c.subject_id, 3
$$;
alter function goals.touch(text[], uuid[], uuid[], date[]) owner to leadboard_rollup;

comment on function goals.touch(text[], uuid[], uuid[], date[]) is
'Notes whose goals and badges have to be looked at after these cells of the rollups changed.';
