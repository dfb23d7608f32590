-- What service.enter has found out about the caller, for the rest of the transaction: 1 the user, 2
-- the workspaces of app.member_workspaces(), 3 those of app.admin_workspaces(), 4 the branches of
-- app.managed_branches(). NULL when nothing was found out about the very user the service acts for,
-- and for every login but the service's, whatever the settings say: then the tables are asked.
-- Every request asks all four, some of them twice; they are found by one statement instead.
create function app.claimed(p_part integer)
returns text
language sql
stable
parallel safe
as $$
    select
        case
            when
                session_user = 'leadboard_api'
                and pg_catalog.split_part(pg_catalog.current_setting('app.claims', true), ' ', 1)
                = nullif(pg_catalog.current_setting('app.user_id', true), '')
                then pg_catalog.split_part(pg_catalog.current_setting('app.claims', true), ' ', p_part)
        end
$$;
alter function app.claimed(integer) owner to leadboard_owner;

comment on function app.claimed(integer) is
'What the running transaction of the service already knows about its caller; null when that has to be looked up.';
