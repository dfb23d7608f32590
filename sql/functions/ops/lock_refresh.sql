-- One refresh at a time: waits until no other session refreshes, then holds the lock to the end of
-- the transaction. Always a statement of its own, before the first read: in READ COMMITTED the next
-- statement then sees everything that the refresh before it committed. In REPEATABLE READ the
-- transaction may be older than the lock and work on figures that are gone, so that is refused.
create function ops.lock_refresh()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception using
            errcode = 'LB409',
            message = 'A refresh runs in READ COMMITTED only: it has to see what the refresh before it wrote.',
            hint = 'Begin the transaction with: isolation level read committed.';
    end if;
    -- Any number that no other program takes on this database.
    perform pg_advisory_xact_lock(5323230847);
end
$$;
alter function ops.lock_refresh() owner to leadboard_rollup;

comment on function ops.lock_refresh() is
'Waits for the running refresh and keeps others out until the end of the transaction. LB409 in REPEATABLE READ and SERIALIZABLE.';
