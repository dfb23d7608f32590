-- Keeps how a refresh of rollup or of a materialized view went, and forgets what is older than the
-- last c_kept runs of it.
create function ops.keep_run(p_name text, p_duration_ms numeric, p_has_failed boolean)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    c_kept constant integer := 100;
begin
    insert into ops.refresh_runs (name, ended_at, duration_ms, has_failed)
    values (p_name, app.now(), p_duration_ms, p_has_failed);
    delete from ops.refresh_runs as r
    where
        r.name = p_name
        and r.id <= (
            select k.id
            from ops.refresh_runs as k
            where k.name = p_name
            order by k.id desc
            offset c_kept
            limit 1
        );
end
$$;
alter function ops.keep_run(text, numeric, boolean) owner to leadboard_rollup;

comment on function ops.keep_run(text, numeric, boolean) is
'Keeps how a refresh went; of each object the last hundred.';
