-- Whether reporting.claim_deliveries() has anything to hand out now.
create function reporting.deliveries_due()
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        exists (
            select from reporting.delivery_recipients as r
            where r.next_attempt_at <= app.now()
        )
$$;
alter function reporting.deliveries_due() owner to leadboard_owner;
grant execute on function reporting.deliveries_due() to leadboard_worker;

comment on function reporting.deliveries_due() is
'Whether a sending waits to be claimed now.';
