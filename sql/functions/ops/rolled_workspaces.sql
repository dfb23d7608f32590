-- Workspaces in which, since a moment, it has become another day in at least one of their zones.
-- All of them when the moment is null. Also when the clock went back: a frozen clock may.
create function ops.rolled_workspaces(p_since timestamptz)
returns uuid[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(distinct z.workspace_id), '{}')
    from (
        select
            w.workspace_id,
            w.timezone as zone
        from crm.workspaces as w
        union all
        select
            b.workspace_id,
            b.timezone
        from crm.branches as b
        where b.timezone is not null
    ) as z
    where p_since is null or app.local_day(p_since, z.zone) <> app.today(z.zone)
$$;
alter function ops.rolled_workspaces(timestamptz) owner to leadboard_rollup;

comment on function ops.rolled_workspaces(timestamptz) is
'Workspaces whose local day is another one than at the given moment; all when it is null.';
