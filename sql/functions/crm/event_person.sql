-- The member that an event names by user id, e-mail address or external id, in this order. Null for
-- null. Whom the caller may not name is reported like somebody who does not exist.
-- p_scope: all; branch (the people of p_branch_id and the caller); own (the caller alone).
create function crm.event_person(
    p_workspace_id uuid,
    p_source_system text,
    p_name text,
    p_scope text,
    p_user_id uuid,
    p_branch_id uuid
)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user_id uuid;
begin
    if p_name is null or btrim(p_name) = '' then
        return null;
    end if;
    select found.user_id
    into v_user_id
    from (
        select
            m.user_id,
            m.branch_id,
            1 as choice
        from crm.members as m
        where m.workspace_id = p_workspace_id and m.user_id = app.try_uuid(p_name)
        union all
        select
            m.user_id,
            m.branch_id,
            2 as choice
        from crm.users as u
        inner join crm.members as m on m.workspace_id = p_workspace_id and m.user_id = u.id
        where u.email = lower(btrim(p_name))
        union all
        select
            m.user_id,
            m.branch_id,
            3 as choice
        from crm.members as m
        where
            m.workspace_id = p_workspace_id
            and m.source_system = p_source_system
            and m.external_id = btrim(p_name)
    ) as found
    where
        p_scope = 'all'
        or found.user_id = p_user_id
        or (p_scope = 'branch' and found.branch_id = p_branch_id)
    order by found.choice
    limit 1;
    if v_user_id is null then
        raise exception using
            errcode = 'LB422',
            message = format('No such member: %s.', crm.quoted(p_name));
    end if;
    return v_user_id;
end
$$;
alter function crm.event_person(uuid, text, text, text, uuid, uuid) owner to leadboard_owner;

comment on function crm.event_person(uuid, text, text, text, uuid, uuid) is
'The member an event names by user id, e-mail address or external id; LB422 when the caller can name no such member.';
