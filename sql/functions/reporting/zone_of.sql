-- The zone of a subscription's schedule: its own, else the branch's, else the workspace's.
create function reporting.zone_of(p_workspace_id uuid, p_branch_id uuid, p_timezone text)
returns text
language sql
stable
as $$
    select coalesce(p_timezone, b.timezone, w.timezone)
    from crm.workspaces as w
    inner join crm.branches as b on b.workspace_id = w.workspace_id
    where w.workspace_id = p_workspace_id and b.id = p_branch_id
$$;
alter function reporting.zone_of(uuid, uuid, text) owner to leadboard_owner;

comment on function reporting.zone_of(uuid, uuid, text) is
'IANA zone of a schedule: the one given, else the branch''s, else the workspace''s.';
