-- The leads whose facts a rollup counts: one of them, or all, with the branch that dates what was
-- done with them. A range, as in rollup.people.
create function rollup.leads(p_workspace_id uuid, p_lead_id uuid)
returns table (lead_id uuid, branch_id uuid)
language sql
stable
parallel safe
as $$
    select
        l.id,
        l.branch_id
    from crm.leads as l
    where
        l.workspace_id = p_workspace_id
        and l.id >= coalesce(p_lead_id, app.nobody())
        and l.id <= coalesce(p_lead_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
$$;
alter function rollup.leads(uuid, uuid) owner to leadboard_rollup;

comment on function rollup.leads(uuid, uuid) is
'Leads of a workspace as subjects of a rollup, with their branches: the one given, or all when it is null.';
