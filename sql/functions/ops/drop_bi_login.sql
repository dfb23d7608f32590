-- Takes a BI login away, with what it stood for. Its open sessions see nothing from the next
-- statement on, because app.principals is asked each time; they end when they are closed.
create function ops.drop_bi_login(p_login text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from pg_auth_members as m
        where
            m.roleid = 'leadboard_bi'::regrole
            and m.member = (select r.oid from pg_roles as r where r.rolname = p_login)
    ) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('%s is no BI login.', p_login);
    end if;
    delete from app.principals as p
    where p.login_name = p_login;
    execute format('drop role %I', p_login);
end
$$;
alter function ops.drop_bi_login(text) owner to leadboard_owner;
-- No grant: see ops.create_bi_login.

comment on function ops.drop_bi_login(text) is 'Takes a BI login and its binding away.';
