-- Logs which cells a change of crm.campaign_lead_segments makes dirty: those of each row before and
-- after it, when a column that a rollup reads has changed. Else it costs one comparison per row.
-- Rows meet in a FULL join, which stays a hash join when a plan made for one row serves 200,000.
create function rollup.log_campaign_lead_segments()
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
        full join new_rows as n
            on
                n.workspace_id = o.workspace_id
                and n.campaign_id = o.campaign_id
                and n.lead_id = o.lead_id
                and n.segment_id = o.segment_id
        cross join lateral (
            select
                o.workspace_id,
                m.family,
                m.subject_id,
                m.hour_at
            from rollup.membership_marks(o.lead_id, o.sent_at) as m
            union all
            select
                n.workspace_id,
                m.family,
                m.subject_id,
                m.hour_at
            from rollup.membership_marks(n.lead_id, n.sent_at) as m
        ) as c
        where
            (
                o.workspace_id, o.campaign_id, o.lead_id, o.segment_id, o.sent_at,
                o.segment_version, o.is_recomputed
            ) is distinct from (
                n.workspace_id, n.campaign_id, n.lead_id, n.segment_id, n.sent_at,
                n.segment_version, n.is_recomputed
            );
    else
        insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
        select distinct
            r.workspace_id,
            m.family,
            m.subject_id,
            m.hour_at
        from changed_rows as r
        cross join rollup.membership_marks(r.lead_id, r.sent_at) as m;
    end if;
    return null;
end
$$;
alter function rollup.log_campaign_lead_segments() owner to leadboard_owner;

comment on function rollup.log_campaign_lead_segments() is
'Trigger: logs the rollup cells that a change of crm.campaign_lead_segments makes dirty.';
