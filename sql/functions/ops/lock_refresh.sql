-- Waits until nothing refreshes, then keeps every refresh out to the end of the transaction: for
-- who changes what refreshes read. ops.lock_step is the lock of those that refresh.
create function ops.lock_refresh()
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
    -- Any number that no other program takes on this database.
    select pg_advisory_xact_lock(5323230847);
$$;
alter function ops.lock_refresh() owner to leadboard_rollup;

comment on function ops.lock_refresh() is
'Waits for what is being refreshed and keeps every refresh out until the end of the transaction.';
