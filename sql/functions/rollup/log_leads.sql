-- Logs which cells a change of crm.leads makes dirty: those of each row before and after it, when a
-- column that a rollup reads has changed. Else it costs one comparison per row. A lead's branch
-- dates and places everything that was done with it, and its being won counts for its campaigns:
-- those cells are looked up by the refresh (marks branch and recipient). What was done with a new
-- lead logs itself: nothing was before it. Rows meet in a FULL join, which stays a hash join when a
-- plan made for one row serves 200,000.
create function rollup.log_leads()
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
                (o.workspace_id, o.branch_id, o.credited_user_id, o.source, o.created_at)
                is distinct from
                (n.workspace_id, n.branch_id, n.credited_user_id, n.source, n.created_at)
                as is_moved
        ) as k
        cross join lateral (
            select
                o.workspace_id,
                m.family,
                m.subject_id,
                m.hour_at
            from
                rollup.lead_marks(
                    o.credited_user_id, o.created_at, o.won_at, o.lost_at, k.is_moved
                ) as m
            union all
            select
                n.workspace_id,
                m.family,
                m.subject_id,
                m.hour_at
            from
                rollup.lead_marks(
                    n.credited_user_id, n.created_at, n.won_at, n.lost_at, k.is_moved
                ) as m
            union all
            select
                n.workspace_id,
                'branch',
                n.id,
                '-infinity'
            where n.id = o.id and n.branch_id is distinct from o.branch_id
            union all
            select
                n.workspace_id,
                'recipient',
                n.id,
                '-infinity'
            where
                n.id = o.id
                and (n.won_at, crm.is_won(n.status, n.won_at)) is distinct from (
                    o.won_at, crm.is_won(o.status, o.won_at)
                )
        ) as c
        where
            (
                o.workspace_id, o.id, o.branch_id, o.owner_user_id, o.credited_user_id,
                o.source, o.status, o.deal_value, o.price_at_purchase, o.assigned_at,
                o.accepted_at, o.rejected_at, o.first_contact_at, o.interested_at, o.won_at,
                o.lost_at, o.created_at
            ) is distinct from (
                n.workspace_id, n.id, n.branch_id, n.owner_user_id, n.credited_user_id,
                n.source, n.status, n.deal_value, n.price_at_purchase, n.assigned_at,
                n.accepted_at, n.rejected_at, n.first_contact_at, n.interested_at, n.won_at,
                n.lost_at, n.created_at
            );
    else
        insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
        select distinct
            r.workspace_id,
            m.family,
            m.subject_id,
            m.hour_at
        from changed_rows as r
        cross join rollup.lead_marks(
            r.credited_user_id, r.created_at, r.won_at, r.lost_at, tg_op = 'DELETE'
        ) as m;
    end if;
    return null;
end
$$;
alter function rollup.log_leads() owner to leadboard_owner;

comment on function rollup.log_leads() is
'Trigger: logs the rollup cells that a change of crm.leads makes dirty.';
