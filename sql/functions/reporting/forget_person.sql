-- An erased person is no recipient any more: the address goes from subscriptions and from what was
-- or was to be sent. Reports keep no names themselves.
create function reporting.forget_person()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from reporting.subscription_recipients as r
    where lower(r.email) = old.email;

    update reporting.delivery_recipients as r
    set
        email = null,
        display = 'erased',
        status = case when r.next_attempt_at is null then r.status else 'suppressed' end,
        next_attempt_at = null,
        lease_until = null,
        last_error = null
    where lower(r.email) = old.email;
    return null;
end
$$;
alter function reporting.forget_person() owner to leadboard_owner;

comment on function reporting.forget_person() is
'Trigger: takes the address of an erased person out of reporting.';
