-- Works out the first times of campaign recipients from what is known: the row itself and the
-- campaign's activities of the lead. Each time is the earliest valid one:
--   sent       the earliest sending; variant and owner_at_send are those of that moment
--   delivered  not before it was sent
--   opened     not before it was sent, not by a machine (machine_opened notes those)
--   clicked    not before it was sent
--   replied    not before it was sent, not by an auto-responder
--   bounced    not before it was sent; hard when any of those was hard
-- While nothing was sent, the earliest outcome waits in the row; a sending that arrives later
-- confirms it or puts it aside. The activities keep everything.
--
-- p_campaign_ids and p_lead_ids are pairs. The caller holds the locks of the leads.
create function crm.settle_recipients(
    p_workspace_id uuid,
    p_campaign_ids uuid[],
    p_lead_ids uuid[]
)
returns table (campaign_id uuid, lead_id uuid)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
-- See crm.apply_import: lookups go by key, and joins never are nested loops.
set enable_nestloop = off
-- Planning for each event took four times its work; many recipients are worth a plan of their own.
set plan_cache_mode = force_generic_plan
set jit = off
as $$
#variable_conflict use_column
begin
    if cardinality(p_lead_ids) > 100 then
        perform set_config('plan_cache_mode', 'force_custom_plan', true);
    end if;

    return query
    with pairs as (
        select distinct
            p.campaign_id,
            p.lead_id
        from unnest(p_campaign_ids, p_lead_ids) as p (campaign_id, lead_id)
    ),

    acts as (
        select
            p.campaign_id,
            p.lead_id,
            a.type,
            a.occurred_at,
            a.metadata
        from pairs as p
        cross join lateral (
            select
                l.type,
                l.occurred_at,
                l.metadata
            from crm.lead_activities as l
            where
                l.workspace_id = p_workspace_id
                and l.lead_id = p.lead_id
                and l.type in (
                    'campaign_sent', 'campaign_delivered', 'campaign_opened', 'campaign_clicked',
                    'campaign_replied', 'campaign_bounced'
                )
                and l.metadata ->> 'campaign_id' = p.campaign_id::text
            offset 0
        ) as a
    ),

    sendings as (
        select
            r.campaign_id,
            r.lead_id,
            least(r.sent_at, s.sent_at) as sent_at,
            coalesce(s.sent_at < r.sent_at or r.sent_at is null, false) as is_moved,
            -- The variant is that of the earliest sending, whichever arrived first.
            case
                when s.sent_at < r.sent_at or (s.sent_at is not null and r.sent_at is null)
                    then coalesce(s.variant, '')
                when s.sent_at = r.sent_at then coalesce(s.variant, r.variant)
                else r.variant
            end as variant,
            s.delivered_at,
            coalesce(s.is_machine_opened, false) as is_machine_opened
        from pairs as p
        cross join lateral (
            select k.*
            from crm.campaign_leads as k
            where
                k.workspace_id = p_workspace_id
                and k.campaign_id = p.campaign_id
                and k.lead_id = p.lead_id
            offset 0
        ) as r
        left join (
            select
                a.campaign_id,
                a.lead_id,
                min(a.occurred_at) filter (where a.type = 'campaign_sent') as sent_at,
                (
                    array_agg(a.metadata ->> 'variant' order by a.occurred_at, a.metadata ->> 'variant')
                        filter (where a.type = 'campaign_sent')
                )[1] as variant,
                min(app.try_time(a.metadata ->> 'delivered_at', 'iso', 'UTC'))
                    filter (where a.type = 'campaign_sent') as delivered_at,
                bool_or(a.type = 'campaign_opened' and a.metadata -> 'machine' = 'true')
                    as is_machine_opened
            from acts as a
            group by a.campaign_id, a.lead_id
        ) as s on s.campaign_id = r.campaign_id and s.lead_id = r.lead_id
    ),

    outcomes as (
        select
            s.campaign_id,
            s.lead_id,
            min(a.occurred_at) filter (where a.type = 'campaign_delivered') as delivered_at,
            min(a.occurred_at) filter (
                where a.type = 'campaign_opened' and a.metadata -> 'machine' is distinct from 'true'
            ) as first_opened_at,
            coalesce(
                bool_or(a.type = 'campaign_opened' and a.metadata -> 'machine' = 'true'), false
            ) as machine_opened,
            min(a.occurred_at) filter (where a.type = 'campaign_clicked') as first_clicked_at,
            min(a.occurred_at) filter (
                where a.type = 'campaign_replied' and a.metadata -> 'auto_reply' is distinct from 'true'
            ) as first_replied_at,
            min(a.occurred_at) filter (where a.type = 'campaign_bounced') as bounced_at,
            min(a.metadata ->> 'bounce_kind') filter (where a.type = 'campaign_bounced') as bounce_kind
        from sendings as s
        inner join acts as a on a.campaign_id = s.campaign_id and a.lead_id = s.lead_id
        where s.sent_at is null or a.occurred_at >= s.sent_at
        group by s.campaign_id, s.lead_id
    ),

    settled as (
        select
            s.campaign_id,
            s.lead_id,
            s.sent_at,
            case
                when s.is_moved and s.sent_at is not null
                    then crm.credited_at(p_workspace_id, s.lead_id, s.sent_at)
                else r.owner_at_send
            end as owner_at_send,
            s.variant,
            least(
                case when s.sent_at is null or r.delivered_at >= s.sent_at then r.delivered_at end,
                s.delivered_at,
                o.delivered_at
            ) as delivered_at,
            least(
                case when s.sent_at is null or r.first_opened_at >= s.sent_at then r.first_opened_at end,
                o.first_opened_at
            ) as first_opened_at,
            -- What a file says of a machine has no time; what an event says has, and counts by it.
            case
                when s.is_machine_opened then coalesce(o.machine_opened, false)
                else r.machine_opened
            end as machine_opened,
            least(
                case when s.sent_at is null or r.first_clicked_at >= s.sent_at then r.first_clicked_at end,
                o.first_clicked_at
            ) as first_clicked_at,
            least(
                case when s.sent_at is null or r.first_replied_at >= s.sent_at then r.first_replied_at end,
                o.first_replied_at
            ) as first_replied_at,
            least(
                case when s.sent_at is null or r.bounced_at >= s.sent_at then r.bounced_at end,
                o.bounced_at
            ) as bounced_at,
            least(
                case when s.sent_at is null or r.bounced_at >= s.sent_at then r.bounce_kind end,
                o.bounce_kind
            ) as bounce_kind
        from sendings as s
        cross join lateral (
            select k.*
            from crm.campaign_leads as k
            where
                k.workspace_id = p_workspace_id
                and k.campaign_id = s.campaign_id
                and k.lead_id = s.lead_id
            offset 0
        ) as r
        left join outcomes as o on o.campaign_id = s.campaign_id and o.lead_id = s.lead_id
    ),

    updated as (
        update crm.campaign_leads as r
        set
            sent_at = n.sent_at,
            owner_at_send = n.owner_at_send,
            variant = n.variant,
            delivered_at = n.delivered_at,
            first_opened_at = n.first_opened_at,
            machine_opened = n.machine_opened,
            first_clicked_at = n.first_clicked_at,
            first_replied_at = n.first_replied_at,
            bounced_at = n.bounced_at,
            bounce_kind = case when n.bounced_at is not null then n.bounce_kind end
        from settled as n
        where
            r.workspace_id = p_workspace_id
            and r.lead_id = any(p_lead_ids)
            and r.campaign_id = n.campaign_id
            and r.lead_id = n.lead_id
            and (
                r.sent_at, r.owner_at_send, r.variant, r.delivered_at, r.first_opened_at,
                r.machine_opened, r.first_clicked_at, r.first_replied_at, r.bounced_at, r.bounce_kind
            ) is distinct from (
                n.sent_at, n.owner_at_send, n.variant, n.delivered_at, n.first_opened_at,
                n.machine_opened, n.first_clicked_at, n.first_replied_at, n.bounced_at,
                case when n.bounced_at is not null then n.bounce_kind end
            )
        returning r.campaign_id, r.lead_id
    )

    select
        u.campaign_id,
        u.lead_id
    from updated as u;
end
$$;
alter function crm.settle_recipients(uuid, uuid[], uuid[]) owner to leadboard_owner;

comment on function crm.settle_recipients(uuid, uuid[], uuid[]) is
'Works out the first times of campaign recipients from their activities; returns the recipients that changed.';
