-- The name under which existing callers refresh the partner figures. It brings the rollups up to
-- the facts and the view up to the rollups, in the caller's transaction; the whole is call
-- ops.refresh(). Callers that leave out the schema find it after `alter role their_login set
-- search_path = stats`.
create function stats.refresh_partner_performance_stats()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changed uuid[];
begin
    v_changed := ops.refresh_rollups();
    v_changed := v_changed || ops.refresh_view('stats.partner_performance_stats');
    v_changed := array(select distinct c.id from unnest(v_changed) as c (id));
    if cardinality(v_changed) > 0 then
        perform ops.announce(v_changed);
    end if;
end
$$;
alter function stats.refresh_partner_performance_stats() owner to leadboard_rollup;
grant execute on function stats.refresh_partner_performance_stats() to leadboard_ops;

comment on function stats.refresh_partner_performance_stats() is
'Refreshes the rollups and stats.partner_performance_stats at once, for callers that know this name.';
