-- The service acts for one verified user until the end of the transaction. Only the service may:
-- for every other login the setting has no effect anyway (see app.current_user_id).
create function app.act_as(p_user_id uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('app.user_id', coalesce(p_user_id::text, ''), true);
end
$$;
alter function app.act_as(uuid) owner to leadboard_owner;
grant execute on function app.act_as(uuid) to leadboard_api;

comment on function app.act_as(uuid) is
'Sets the verified user of the running transaction; honoured for the login leadboard_api only.';
