-- The branch that an event names by id or name; null for null.
-- p_scope: a caller bound to a branch (branch, own) can name that branch alone.
create function crm.event_branch(
    p_workspace_id uuid,
    p_name text,
    p_scope text,
    p_branch_id uuid
)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_branch_id uuid;
begin
    if p_name is null or btrim(p_name) = '' then
        return null;
    end if;
    select b.id
    into v_branch_id
    from crm.branches as b
    where
        b.workspace_id = p_workspace_id
        and (b.id = app.try_uuid(p_name) or b.name = btrim(p_name))
        and (p_scope = 'all' or b.id = p_branch_id)
    order by b.id = app.try_uuid(p_name) desc nulls last
    limit 1;
    if v_branch_id is null then
        raise exception using
            errcode = 'LB422',
            message = format('No such branch: %s.', crm.quoted(p_name));
    end if;
    return v_branch_id;
end
$$;
alter function crm.event_branch(uuid, text, text, uuid) owner to leadboard_owner;

comment on function crm.event_branch(uuid, text, text, uuid) is
'The branch an event names by id or name; LB422 when the caller can name no such branch.';
