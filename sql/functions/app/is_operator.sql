-- Whether the login itself is trusted with every workspace: the deploying login, its superuser, or
-- a member of leadboard_owner. The command line imports and replays under it.
create function app.is_operator()
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select pg_has_role(session_user, 'leadboard_owner', 'member')
$$;
alter function app.is_operator() owner to leadboard_owner;
grant execute on function app.is_operator() to leadboard_view, leadboard_api;

comment on function app.is_operator() is
'True for the login that deploys (a superuser or member of leadboard_owner).';
