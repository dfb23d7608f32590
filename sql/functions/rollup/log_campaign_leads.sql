-- Logs which cells a change of crm.campaign_leads makes dirty: those of each row before and
-- after it, when a column that a rollup reads has changed. Else it costs one comparison per row.
-- Rows meet in a FULL join, which stays a hash join when a plan made for one row serves 200,000.
create function rollup.log_campaign_leads()
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
        cross join lateral (
            select
                o.workspace_id,
                m.family,
                m.subject_id,
                m.hour_at
            from rollup.recipient_marks(o.owner_at_send, o.sent_at) as m
            union all
            select
                n.workspace_id,
                m.family,
                m.subject_id,
                m.hour_at
            from rollup.recipient_marks(n.owner_at_send, n.sent_at) as m
        ) as c
        where
            (
                o.workspace_id, o.campaign_id, o.lead_id, o.owner_at_send, o.variant, o.sent_at,
                o.delivered_at, o.first_opened_at, o.machine_opened, o.first_clicked_at,
                o.first_replied_at, o.bounced_at
            ) is distinct from (
                n.workspace_id, n.campaign_id, n.lead_id, n.owner_at_send, n.variant, n.sent_at,
                n.delivered_at, n.first_opened_at, n.machine_opened, n.first_clicked_at,
                n.first_replied_at, n.bounced_at
            );
    else
        insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
        select distinct
            r.workspace_id,
            m.family,
            m.subject_id,
            m.hour_at
        from changed_rows as r
        cross join rollup.recipient_marks(r.owner_at_send, r.sent_at) as m;
    end if;
    return null;
end
$$;
alter function rollup.log_campaign_leads() owner to leadboard_owner;

comment on function rollup.log_campaign_leads() is
'Trigger: logs the rollup cells that a change of crm.campaign_leads makes dirty.';
