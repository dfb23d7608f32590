-- What the leads of 4_leads.sql leave behind: details, steps of status, owners, calls and contacts,
-- as temporary tables. Nothing derived is in here: what triggers would write is not planned.

-- Who the lead is. Addresses lie in reserved domains, so no mail can ever reach anybody.
create temporary table demo_detail as
with facts as materialized (
    select
        l.n,
        l.workspace_no,
        w.median_deal,
        w.deal_spread,
        w.median_price,
        l.quality,
        l.interested_at,
        n.first_names[1 + floor(24 * pg_temp.chance(l.n, 160))::integer] as first_name,
        n.last_names[1 + floor(25 * pg_temp.chance(l.n, 161))::integer] as last_name,
        n.companies[1 + floor(cardinality(n.companies) * pg_temp.chance(l.n, 162))::integer]
            as line,
        b.provinces[1 + floor(cardinality(b.provinces) * pg_temp.chance(l.n, 163))::integer]
            as province,
        b.phone_prefix,
        pg_temp.chance(l.n, 164) as c_company,
        pg_temp.chance(l.n, 165) as c_size,
        pg_temp.chance(l.n, 166) as c_role,
        pg_temp.chance(l.n, 167) as c_tag,
        pg_temp.chance(l.n, 168) as c_missing,
        pg_temp.chance(l.n, 169) as c_industry,
        pg_temp.chance(l.n, 170) as c_value
    from demo_lead as l
    inner join demo_workspaces as w on w.no = l.workspace_no
    inner join demo_branches as b on b.workspace_no = l.workspace_no and b.no = l.branch_no
    inner join demo_names as n on n.workspace_no = l.workspace_no
)

select
    f.n,
    f.first_name,
    f.last_name,
    case
        when f.c_company < (array[0.25, 1.0, 0.6])[f.workspace_no]
            then f.last_name || ' ' || f.line
    end as company,
    case
        when f.workspace_no = 2
            then (array[
                'CEO',
                'Founder',
                'Head of Marketing',
                'Marketing Manager',
                'Sales Director',
                'Office Manager'
            ])[1 + floor(6 * f.c_role)::integer]
    end as job_title,
    case
        when f.c_missing > 0.04
            then
                translate(lower(f.first_name || '.' || f.last_name), ' ', '') || f.n
                || (array['@example.com', '@example.org', '@example.net'])[1 + f.n % 3]
    end as email,
    case
        when f.c_missing < 0.85
            then f.phone_prefix || lpad(floor(1e7 * pg_temp.chance(f.n, 172))::bigint::text, 7, '0')
    end as phone,
    f.province,
    case
        when f.c_missing < 0.9
            then lpad(floor(1e5 * pg_temp.chance(f.n, 173))::bigint::text, 5, '0')
    end as postcode,
    case
        when f.c_company < (array[0.25, 1.0, 0.6])[f.workspace_no]
            then
                (array['1-10', '1-10', '11-50', '11-50', '51-200', '201-1000', '1000+'])[
                    1 + floor(7 * f.c_size)::integer
                ]
    end as company_size,
    case
        when
            f.c_tag < 0.30
            then (array['trial', 'newsletter', 'homeowner'])[f.workspace_no:f.workspace_no]
        when f.c_tag < 0.36 then array['vip']
        when
            f.c_tag < 0.40
            then
                (array['student', 'rebrand', 'homeowner'])[f.workspace_no:f.workspace_no]
                || array['urgent']
        else '{}'
    end as tags,
    round(
        least(greatest(
            46
            + 24 * (f.quality - 1)
            + 13 * pg_temp.bell(f.n, 174)
            + case when f.interested_at is not null then 9 else 0 end,
            1
        ), 99)::numeric
    ) as score,
    case
        when f.c_industry < 0.7 and f.workspace_no > 1
            then pg_temp.named(
                'industry ' || (array[
                    'Construction',
                    'Energy',
                    'Finance',
                    'Food',
                    'Health',
                    'Real estate',
                    'Retail',
                    'Software',
                    'Transport'
                ])[1 + floor(f.c_industry / 0.7 * 9)::integer]
            )
    end as industry_key,
    round((f.median_price * exp(0.3 * pg_temp.bell(f.n, 175)))::numeric, 2) as price,
    -- What the deal is worth if it is won: sometimes unknown, sometimes paid back in the end.
    case
        when f.c_value < 0.10 then null
        when
            f.c_value < 0.11
            then -round((f.median_deal * exp(f.deal_spread * pg_temp.bell(f.n, 176)))::numeric, 2)
        else round((f.median_deal * exp(f.deal_spread * pg_temp.bell(f.n, 176)))::numeric, 2)
    end as deal_value
from facts as f;

-- The steps of a lead through the statuses, first step first.
create temporary table demo_step as
select
    s.n,
    s.workspace_id,
    s.lead_id,
    row_number() over (partition by s.n order by s.step)::integer as k,
    s.status,
    s.at,
    s.by_user_id
from (
    select
        l.n,
        l.workspace_id,
        l.id as lead_id,
        x.step,
        x.status,
        x.at,
        case
            when x.step = 1 then l.creator_id
            when x.step = 3 then null
            when x.at >= l.switch_at then l.second_id
            else l.worker_id
        end as by_user_id
    from demo_lead as l
    inner join lateral (
        values
        (1, 'new', l.created_at),
        (2, 'rejected', l.rejected_at),
        (3, 'new', l.second_at),
        (4, 'accepted', l.accepted_at),
        (
            5, 'contacted',
            case
                when l.first_at is not null then least(
                    l.first_at + make_interval(secs => floor(480 * pg_temp.chance(l.n, 180))),
                    pg_temp.present()
                )
            end
        ),
        (6, 'in_progress', l.progress_at),
        (7, 'qualified', l.interested_at),
        (8, l.outcome, l.outcome_at),
        (9, 'in_progress', l.reopened_at),
        (
            10,
            case
                when l.outcome = 'won' then 'completed' when l.ends_won then 'won' else 'lost'
            end,
            l.end_at
        )
    ) as x (step, status, at) on true
    where x.at is not null
) as s;

-- The owners of a lead, first owner first; null while nobody owns it.
create temporary table demo_owner as
select
    o.n,
    o.workspace_id,
    o.lead_id,
    row_number() over (partition by o.n order by o.at)::integer as k,
    o.user_id,
    o.at
from (
    select
        l.n,
        l.workspace_id,
        l.id as lead_id,
        x.user_id,
        x.at
    from demo_lead as l
    inner join lateral (
        values
        (case when l.assigned_at = l.created_at then l.owner_id end, l.created_at, true),
        (l.owner_id, l.assigned_at, l.owner_id is not null and l.assigned_at > l.created_at),
        (l.second_id, l.switch_at, l.owner_id is not null)
    ) as x (user_id, at, happened) on true
    where x.happened and x.at <= pg_temp.present()
) as o;

-- Every attempt to reach the lead: channel 1 is the telephone.
create temporary table demo_attempt as
with attempts as materialized (
    select
        l.n,
        l.workspace_id,
        l.id as lead_id,
        l.branch_id,
        g.k,
        case
            when g.k = 1 then l.first_at
            else pg_temp.at_work(
                l.first_at at time zone l.zone
                + pg_temp.stretch((g.k - 1) * 2000, 0.6, pg_temp.bell(l.n * 16 + g.k, 181)),
                l.weekends, pg_temp.chance(l.n * 16 + g.k, 182)
            ) at time zone l.zone
        end as at,
        l.outcome_at,
        l.interested_at,
        l.outcome,
        l.switch_at,
        l.worker_id,
        l.second_id,
        pg_temp.chance(l.n * 16 + g.k, 183) as c_channel,
        pg_temp.chance(l.n * 16 + g.k, 184) as c_result,
        pg_temp.chance(l.n * 16 + g.k, 185) as c_late
    from demo_lead as l
    cross join lateral generate_series(1, l.tries) as g (k)
    where l.first_at is not null
)

select
    a.n,
    a.workspace_id,
    a.lead_id,
    a.branch_id,
    a.k::integer as k,
    a.at,
    case when a.at >= a.switch_at then a.second_id else a.worker_id end as user_id,
    case
        when a.c_channel < 0.46 then 'phone_call'
        when a.c_channel < 0.74 then 'email_sent'
        when a.c_channel < 0.87 then 'whatsapp'
        when a.c_channel < 0.92 then 'sms'
        when a.k > 1 then 'meeting'
        else 'phone_call'
    end as type,
    case
        when a.c_result < 0.66 then 'completed'
        when a.c_result < 0.95 or a.k = 1 then 'missed'
        else 'failed'
    end as status,
    case
        when a.c_result < 0.015 then 'wrong_number'
        when a.c_result < 0.33 and a.interested_at is not null then 'interested'
        when a.c_result < 0.42 and a.interested_at is not null then 'booked'
        when a.c_result < 0.40 and a.outcome = 'lost' then 'not_interested'
        when a.c_result < 0.66 then 'callback'
        when a.c_result < 0.80 then 'voicemail'
    end as outcome,
    case
        when
            a.c_result < 0.66
            then least(greatest(floor(165 * exp(0.8 * pg_temp.bell(a.n * 16 + a.k, 186))), 8), 7200)
        else 0
    end::integer as duration_seconds,
    -- One in twelve is written down later: mostly the same day, some a week after.
    case
        when a.c_late < 0.08
            then
                least(
                    a.at + pg_temp.stretch(600, 1.3, pg_temp.bell(a.n * 16 + a.k, 187)),
                    pg_temp.present()
                )
        else a.at
    end as recorded_at
from attempts as a
where
    a.at <= pg_temp.present() and (a.outcome_at is null or a.at < a.outcome_at + interval '1 day');

-- Calls: those attempts by telephone, calls that come in, and calls that nobody can tie to a lead.
create temporary table demo_call as
select
    a.workspace_id,
    pg_temp.key(a.at, 2, a.n, a.k) as id,
    a.branch_id,
    a.lead_id,
    a.user_id,
    'outbound' as direction,
    a.status,
    a.outcome,
    a.duration_seconds,
    a.at as started_at,
    a.n * 16 + a.k as no
from demo_attempt as a
where a.type = 'phone_call'
union all
select
    i.workspace_id,
    pg_temp.key(i.at, 2, i.n, 10),
    i.branch_id,
    case when i.c_call < 0.06 then i.lead_id end,
    case when i.c_result < 0.9 then i.worker_id end,
    'inbound',
    case when i.c_result < 0.75 then 'completed' else 'missed' end,
    case when i.c_result < 0.15 then 'interested' when i.c_result < 0.4 then 'callback' end,
    case when i.c_result < 0.75 then 30 + floor(400 * i.c_result) else 0 end::integer,
    i.at,
    i.n * 16 + 10
from (
    select
        l.n,
        l.workspace_id,
        l.branch_id,
        l.id as lead_id,
        case
            when l.basis = 'owner' or (l.basis = 'first_actor' and l.accepted_at is not null)
                then l.worker_id
        end as worker_id,
        pg_temp.chance(l.n, 188) as c_call,
        pg_temp.chance(l.n, 189) as c_result,
        pg_temp.at_work(
            l.created_at at time zone l.zone + pg_temp.stretch(2000, 1.0, pg_temp.bell(l.n, 190)),
            l.weekends, pg_temp.chance(l.n, 191)
        ) at time zone l.zone as at
    from demo_lead as l
) as i
where i.c_call < 0.14 and i.at <= pg_temp.present();

-- Contacts that are no calls. Some are imported from an old system and name nobody.
create temporary table demo_contact as
select
    a.workspace_id,
    pg_temp.key(a.at, 3, a.n, a.k) as id,
    a.lead_id,
    case when pg_temp.chance(a.n * 16 + a.k, 192) > 0.005 then a.user_id end as user_id,
    a.type,
    case a.type
        when
            'email_sent'
            then
                (array['Introduction sent', 'Offer sent', 'Answer to a question', 'Reminder'])[
                    1 + a.n % 4
                ]
        when 'meeting' then (array['Meeting on site', 'Video meeting', 'Tour'])[1 + a.n % 3]
        when 'whatsapp' then 'WhatsApp message'
        else 'Text message'
    end as title,
    case when a.type = 'meeting' then 1200 + 600 * (a.n % 5)::integer end as duration_seconds,
    '{}'::jsonb as metadata,
    a.at,
    a.recorded_at
from demo_attempt as a
where a.type <> 'phone_call';

-- Recipients: leads of the list that came in during the 75 days before, if they are in the
-- campaign's segment. Chance and keys hang on the lead and the round, which are one campaign.
create temporary table demo_recipient as
with sent as materialized (
    select
        l.n,
        l.workspace_id,
        l.id as lead_id,
        l.source,
        l.country,
        l.quality,
        l.basis,
        l.creator_id,
        l.second_id,
        l.worker_id,
        l.switch_at,
        l.accepted_at,
        d.score,
        d.company_size,
        d.tags,
        d.job_title,
        c.id as campaign_id,
        c.round_no,
        c.name as campaign_name,
        c.filter,
        l.n * 32 + c.round_no as roll,
        c.variants[1 + (l.n % 2)::integer] as variant,
        c.sent_at
        + make_interval(secs => floor(5400 * pg_temp.chance(l.n * 32 + c.round_no, 200))) as sent_at
    from demo_lead as l
    inner join demo_detail as d on d.n = l.n
    cross join demo_lists as m
    inner join demo_campaigns as c
        on
            c.workspace_no = l.workspace_no
            and c.list_no = floor(m.count * pg_temp.chance(l.n, 210))::integer
            and c.sent_at > l.created_at + interval '1 hour'
            and c.sent_at < l.created_at + interval '75 days'
    where
        pg_temp.chance(l.n * 32 + c.round_no, 201) < 0.45
        and d.email is not null
        and c.sent_at + interval '90 minutes' <= pg_temp.present()
),

chosen as materialized (
    select
        s.*,
        pg_temp.chance(s.roll, 202) as c_bounce,
        pg_temp.chance(s.roll, 203) as c_open,
        pg_temp.chance(s.roll, 204) as c_reply,
        pg_temp.chance(s.roll, 205) as c_auto,
        0.30 + 0.12 * (s.quality - 1) + case s.variant when 'B' then 0.07 else 0 end
        + case when s.filter ? 'min_score' then 0.10 else 0 end as p_open,
        0.045 * s.quality * case s.variant when 'B' then 1.35 else 1 end
        + case when s.filter ? 'min_score' then 0.035 else 0 end as p_reply
    from sent as s
    where
        s.filter is null
        or pg_temp.in_segment(
            s.filter, s.source, s.country, s.company_size, s.job_title, s.tags, s.score
        )
),

answered as materialized (
    select
        c.*,
        c.c_bounce < 0.022 as is_bounced,
        c.sent_at + pg_temp.stretch(0.4, 0.8, pg_temp.bell(c.roll, 206)) as delivered_at,
        c.sent_at + pg_temp.stretch(300, 1.4, pg_temp.bell(c.roll, 207)) as opened_at,
        -- A few answers carry a date before the message: clocks of other systems.
        case
            when c.c_reply < c.p_reply * 0.03 then c.sent_at - interval '7 hours'
            else
                c.sent_at + pg_temp.stretch(300, 1.4, pg_temp.bell(c.roll, 207))
                + pg_temp.stretch(240, 1.2, pg_temp.bell(c.roll, 208))
        end as replied_at
    from chosen as c
)

select
    a.n,
    a.workspace_id,
    a.campaign_id,
    a.round_no,
    a.campaign_name,
    a.lead_id,
    case
        when a.basis = 'owner' and a.sent_at >= a.switch_at then a.second_id
        when a.basis = 'owner' or (a.basis = 'first_actor' and a.accepted_at is not null)
            then a.worker_id
        when a.basis = 'creator' then a.creator_id
    end as owner_at_send,
    coalesce(a.variant, '') as variant,
    a.sent_at,
    case when not a.is_bounced then a.delivered_at end as delivered_at,
    -- A privacy proxy or a scanner fetched the pictures; a person may have opened it as well.
    not a.is_bounced and pg_temp.chance(a.roll, 209) < 0.15 as machine_opened,
    case
        when
            not a.is_bounced
            and (a.c_reply < a.p_reply or a.c_open < a.p_open)
            and a.opened_at <= pg_temp.present()
            then a.opened_at
    end as first_opened_at,
    case
        when
            not a.is_bounced and a.c_open >= 0.09 and a.c_open < a.p_open * 0.5
            and a.opened_at + interval '3 minutes' <= pg_temp.present()
            then a.opened_at + interval '3 minutes'
    end as first_clicked_at,
    case
        when
            not a.is_bounced and a.c_reply < a.p_reply and a.replied_at <= pg_temp.present()
            then a.replied_at
    end as first_replied_at,
    case
        when
            not a.is_bounced and a.c_reply >= a.p_reply and a.c_auto < 0.03
            then a.sent_at + interval '40 seconds'
    end as auto_replied_at,
    case when a.is_bounced then a.delivered_at end as bounced_at,
    case when a.c_bounce < 0.014 then 'hard' when a.is_bounced then 'soft' end as bounce_kind
from answered as a;

-- Answers to campaigns stand in the lead's timeline too, those of auto-responders included.
insert into demo_contact
select
    r.workspace_id,
    pg_temp.key(x.at, 8, r.n, r.round_no * 2 + x.part),
    r.lead_id,
    null,
    'campaign_replied',
    r.campaign_name,
    null,
    jsonb_build_object('campaign_id', r.campaign_id, 'auto_reply', x.is_automatic),
    x.at,
    x.at
from demo_recipient as r
inner join lateral (
    values
    (0, r.first_replied_at, false),
    (1, r.auto_replied_at, true)
) as x (part, at, is_automatic) on x.at <= pg_temp.present();

-- An industry that was there before the demo keeps its own key.
create temporary table demo_industries as
select
    pg_temp.named('industry ' || i.name) as industry_key,
    i.id
from crm.industries as i;
analyze demo_detail, demo_step, demo_owner, demo_attempt, demo_call, demo_contact, demo_recipient;
