-- The members whose facts a rollup counts: one of them, or all. A range instead of
-- `p_subject_id is null or ...`, so that a call for one cell is an index probe, also as LATERAL.
create function rollup.people(p_workspace_id uuid, p_subject_id uuid)
returns table (subject_id uuid)
language sql
stable
parallel safe
as $$
    select m.user_id
    from crm.members as m
    where
        m.workspace_id = p_workspace_id
        and m.user_id >= coalesce(p_subject_id, app.nobody())
        and m.user_id <= coalesce(p_subject_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
$$;
alter function rollup.people(uuid, uuid) owner to leadboard_rollup;

comment on function rollup.people(uuid, uuid) is
'Members of a workspace as subjects of a rollup: the one given, or all when it is null.';
