-- Makes a login for a BI tool: bound to one person or one workspace, with limits. Settings of a
-- role are not inherited from its group, so each login carries its own. Called again it renews what
-- the login stands for and its limits. The password is set afterwards, with \password in psql, so
-- that it stands in no statement and no log.
--
-- Runs with the caller's rights: a superuser, or a member of leadboard_owner who may create roles
-- and give away leadboard_bi. temp_file_limit needs a superuser or GRANT SET ON PARAMETER; without
-- it the login is made and a warning says what is missing.
create function ops.create_bi_login(p_login text, p_user_id uuid, p_workspace_id uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_setting text;
begin
    if p_login is null or p_login !~ '^[a-z_][a-z0-9_]{0,62}$' or p_login ~ '^(pg_|leadboard_)' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'The login is a name of lower-case letters, digits and _; pg_... and leadboard_... are taken.';
    end if;
    if num_nonnulls(p_user_id, p_workspace_id) <> 1 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'A login stands for one person or for one workspace: give one of the two.';
    end if;
    if p_user_id is not null and not exists (
        select from crm.members as m
        where m.user_id = p_user_id and m.deactivated_at is null
    ) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'There is no active member with this user_id.';
    end if;
    if p_workspace_id is not null and not exists (
        select from crm.workspaces as w
        where w.workspace_id = p_workspace_id
    ) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'There is no workspace with this workspace_id.';
    end if;

    if not exists (select from pg_roles as r where r.rolname = p_login) then
        execute format('create role %I login', p_login);
    elsif exists (
        select from pg_roles as r
        where
            r.rolname = p_login
            and (
                r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication
                or pg_has_role(r.oid, 'leadboard_owner', 'member')
                or pg_has_role(r.oid, 'leadboard_rollup', 'member')
                or pg_has_role(r.oid, 'leadboard_view', 'member')
            )
    ) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('%s exists and has more rights than a BI login may have.', p_login);
    end if;
    execute format('grant leadboard_bi to %I', p_login);
    execute format('alter role %I connection limit 10', p_login);
    -- What the login itself may change again; it keeps mistakes short, the limits above and below
    -- keep abuse small.
    foreach v_setting in array array[
        'default_transaction_read_only = on',
        'statement_timeout = ''60s''',
        'lock_timeout = ''5s''',
        'idle_in_transaction_session_timeout = ''60s'''
    ]
    loop
        execute format('alter role %I set %s', p_login, v_setting);
    end loop;
    begin
        execute format('alter role %I set temp_file_limit = ''1GB''', p_login);
    exception
        when insufficient_privilege then
            raise warning using
                message = format('temp_file_limit of %s is not set: that takes a superuser.', p_login),
                hint = format('alter role %I set temp_file_limit = ''1GB''', p_login);
    end;

    insert into app.principals as p (login_name, user_id, workspace_id)
    values (p_login, p_user_id, p_workspace_id)
    on conflict (login_name) do update
        set
            user_id = excluded.user_id,
            workspace_id = excluded.workspace_id;
end
$$;
alter function ops.create_bi_login(text, uuid, uuid) owner to leadboard_owner;
-- No grant: superusers and members of leadboard_owner call it, leadboard_ops does not make logins.

comment on function ops.create_bi_login(text, uuid, uuid) is
'Makes or renews a BI login that reads analytics as a person (user_id) or as a workspace''s admin (workspace_id), with limits; set the password afterwards.';
