-- One routing decision at a time in a workspace: caps and credit are read and written without
-- anybody in between. Held until the transaction ends.
--
-- Lock order, for everything of schema routing:
--   1. this lock;
--   2. the lead, FOR UPDATE;
--   3. what hangs on the lead: offer, waiting row, decisions;
--   4. rows of partner_load and partner_credit, which nobody touches without this lock.
-- Every other writer of leads holds leads only, then rows of step 3 of those leads (by trigger),
-- and never asks for step 1 or 4: a change of load is appended to routing.load_changes, which waits
-- for nobody. So there is no circle. A caller who routes several leads in one transaction keeps
-- their locks till its end, and takes leads in the order of its calls: one lead per transaction is
-- better.
--
-- The lock is asked for in a statement of its own, before the first read: READ COMMITTED sees
-- whatever the former holder committed. Under a stricter isolation a conflict is an error 40001,
-- never a cap exceeded: the rows counted on have changed.
create function routing.lock_workspace(p_workspace_id uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The first key sets these locks apart from the others of this database.
    perform pg_advisory_xact_lock(52303002, hashtext(p_workspace_id::text));
end
$$;
alter function routing.lock_workspace(uuid) owner to leadboard_owner;

comment on function routing.lock_workspace(uuid) is
'Lets one transaction at a time route leads in a workspace; the file tells the lock order.';
