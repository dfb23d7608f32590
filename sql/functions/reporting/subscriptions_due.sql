-- Whether reporting.enqueue_due() has anything to look at now.
create function reporting.subscriptions_due()
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        exists (
            select from reporting.subscriptions as s
            where s.is_active and s.next_due_at <= app.now()
        )
$$;
alter function reporting.subscriptions_due() owner to leadboard_owner;
grant execute on function reporting.subscriptions_due() to leadboard_worker;

comment on function reporting.subscriptions_due() is
'Whether a report of a subscription is due now.';
