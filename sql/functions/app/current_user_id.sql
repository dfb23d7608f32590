-- Who is asking. The service proves its callers (JWT) and says who it is with app.act_as; every
-- other login is what app.principals says and cannot talk its way out of that: settings are
-- ignored. session_user, not current_user: neither SET ROLE nor a definer function changes it.
create function app.current_user_id()
returns uuid
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_claimed constant text := app.claimed(1);
begin
    if v_claimed is not null then
        return v_claimed::uuid;
    end if;
    return (
        select u.id
        from crm.users as u
        where
            u.id = case
                when session_user = 'leadboard_api' then nullif(current_setting('app.user_id', true), '')::uuid
                else (select p.user_id from app.principals as p where p.login_name = session_user)
            end
            and u.erased_at is null
    );
end
$$;
alter function app.current_user_id() owner to leadboard_owner;
grant execute on function app.current_user_id() to leadboard_view,
leadboard_api,
leadboard_bi,
leadboard_router;

comment on function app.current_user_id() is
'The person the caller is, from the verified claims for the service, from app.principals for every other login; null for a person who is unknown or erased.';
