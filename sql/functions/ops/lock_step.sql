-- One refresh of a thing at a time: waits until no other session refreshes it, then holds its lock
-- to the end of the transaction. The steps of ops.refresh() (rollup, goals, each materialized view)
-- have locks of their own, so that rollups need not wait for a view that takes long.
-- Always a statement of its own, before the first read: in READ COMMITTED the next statement then
-- sees everything that the refresh before it committed. In REPEATABLE READ the transaction may be
-- older than the lock and work on figures that are gone, so that is refused.
create function ops.lock_step(p_name text)
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
    -- The number of ops.lock_refresh, which keeps all steps out.
    perform pg_advisory_xact_lock_shared(5323230847);
    perform pg_advisory_xact_lock(hashtextextended(p_name, 5323230847));
end
$$;
alter function ops.lock_step(text) owner to leadboard_rollup;

comment on function ops.lock_step(text) is
'Waits for the running refresh of one step and keeps others of it out until the end of the transaction. LB409 in REPEATABLE READ and SERIALIZABLE.';
