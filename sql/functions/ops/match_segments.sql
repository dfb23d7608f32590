-- First step of a refresh: history is matched with rules of segments, as far as either is new (see
-- crm.match_history). A failure of it is noted in ops.refresh_state under crm.segments and goes
-- away with the next success.
create function ops.match_segments()
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changed bigint;
begin
    perform ops.lock_step('crm.segments');
    v_changed := crm.match_history();
    delete from ops.refresh_state as s
    where s.name = 'crm.segments';
    return v_changed;
end
$$;
alter function ops.match_segments() owner to leadboard_rollup;
grant execute on function ops.match_segments() to leadboard_ops;

comment on function ops.match_segments() is
'Matches recipients without a snapshot with rules of segments, as far as either is new; returns how many changed.';
