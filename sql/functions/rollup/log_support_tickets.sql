-- Logs which cells a change of crm.support_tickets makes dirty: those of each row before and
-- after it, when a column that a rollup reads has changed. Else it costs one comparison per row.
-- Rows meet in a FULL join, which stays a hash join when a plan made for one row serves 200,000.
create function rollup.log_support_tickets()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' then
        insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
        select distinct
            c.workspace_id,
            c.family,
            c.subject_id,
            c.hour_at
        from old_rows as o
        full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id
        cross join lateral (
            select
                o.workspace_id,
                m.family,
                m.subject_id,
                m.hour_at
            from rollup.ticket_marks(o.lead_id, o.user_id, o.type, o.created_at) as m
            union all
            select
                n.workspace_id,
                m.family,
                m.subject_id,
                m.hour_at
            from rollup.ticket_marks(n.lead_id, n.user_id, n.type, n.created_at) as m
        ) as c
        where
            (
                o.workspace_id, o.id, o.lead_id, o.user_id, o.type, o.upheld, o.created_at
            ) is distinct from (
                n.workspace_id, n.id, n.lead_id, n.user_id, n.type, n.upheld, n.created_at
            );
    else
        insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
        select distinct
            r.workspace_id,
            m.family,
            m.subject_id,
            m.hour_at
        from changed_rows as r
        cross join rollup.ticket_marks(r.lead_id, r.user_id, r.type, r.created_at) as m;
    end if;
    return null;
end
$$;
alter function rollup.log_support_tickets() owner to leadboard_owner;

comment on function rollup.log_support_tickets() is
'Trigger: logs the rollup cells that a change of crm.support_tickets makes dirty.';
