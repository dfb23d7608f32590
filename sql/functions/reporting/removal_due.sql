-- Whether reporting.remove_deliveries() has anything to remove.
create function reporting.removal_due(p_days integer)
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        exists (
            select from reporting.old_deliveries(app.now() - make_interval(days => p_days), 1)
        )
$$;
alter function reporting.removal_due(integer) owner to leadboard_owner;
grant execute on function reporting.removal_due(integer) to leadboard_worker;

comment on function reporting.removal_due(integer) is
'Whether deliveries are there that have been over for so many days.';
