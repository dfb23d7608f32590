-- When the next local day begins in any zone of any workspace: windows of days move then, and
-- figures must be refreshed even if no fact changes.
-- Null while there are no workspaces.
create function ops.next_midnight()
returns timestamptz
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select min(app.day_start(app.today(z.zone) + 1, z.zone))
    from (
        select w.timezone as zone
        from crm.workspaces as w
        union
        select b.timezone
        from crm.branches as b
        where b.timezone is not null
    ) as z
$$;
alter function ops.next_midnight() owner to leadboard_rollup;

comment on function ops.next_midnight() is
'Start of the next local day in any zone of any workspace.';
