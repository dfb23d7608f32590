-- A handful of cells, verified: one workspace, one local day of the last c_days, drawn at random,
-- in every family. The worker calls it all the time, so that every corner is looked at sooner or
-- later.
create function ops.verify_sample()
returns table (family text, workspace_id uuid, subject_id uuid, day date, what text)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_days constant integer := 400;
    v_workspace_id uuid;
    v_day date;
begin
    select
        w.workspace_id,
        app.today(w.timezone) - floor(random() * c_days)::integer
    into v_workspace_id, v_day
    from crm.workspaces as w
    order by random()
    limit 1;

    if found then
        return query
        select
            d.family,
            d.workspace_id,
            d.subject_id,
            d.day,
            d.what
        from ops.verify(v_workspace_id, v_day, v_day + 1) as d;
    end if;
end
$$;
alter function ops.verify_sample() owner to leadboard_rollup;
grant execute on function ops.verify_sample() to leadboard_ops;

comment on function ops.verify_sample() is
'ops.verify() for one workspace and one local day, drawn at random.';
