-- As rollup.people, and nobody: for the families that count facts without a person, too.
create function rollup.subjects(p_workspace_id uuid, p_subject_id uuid)
returns table (subject_id uuid)
language sql
stable
parallel safe
as $$
    select p.subject_id
    from rollup.people(p_workspace_id, p_subject_id) as p
    union all
    select app.nobody()
    where coalesce(p_subject_id, app.nobody()) = app.nobody()
$$;
alter function rollup.subjects(uuid, uuid) owner to leadboard_rollup;

comment on function rollup.subjects(uuid, uuid) is
'Members of a workspace and nobody as subjects of a rollup: the one given, or all when it is null.';
