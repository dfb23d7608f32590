-- Writes what lies around the leads: recipients with the segments they were in, tasks, notes,
-- feedback and tickets. Nothing is derived from these rows but rollups.

insert into crm.campaign_leads
(
    workspace_id,
    campaign_id,
    lead_id,
    owner_at_send,
    variant,
    sent_at,
    delivered_at,
    first_opened_at,
    machine_opened, first_clicked_at, first_replied_at, bounced_at, bounce_kind, created_at,
    segments_taken_at
)
select
    r.workspace_id,
    r.campaign_id,
    r.lead_id,
    r.owner_at_send,
    r.variant,
    r.sent_at,
    r.delivered_at,
    r.first_opened_at,
    r.machine_opened,
    r.first_clicked_at,
    r.first_replied_at,
    r.bounced_at,
    r.bounce_kind,
    r.sent_at,
    -- The rest is imported history: without a snapshot.
    case when pg_temp.chance(r.n * 32 + r.round_no, 220) > 0.03 then r.sent_at end
from demo_recipient as r
order by r.n, r.round_no;

-- Every segment the lead was in when the message was sent, not only the one the campaign aimed at.
insert into crm.campaign_lead_segments
(workspace_id, campaign_id, lead_id, segment_id, segment_version, sent_at, created_at)
select
    r.workspace_id,
    r.campaign_id,
    r.lead_id,
    s.id,
    1,
    r.sent_at,
    r.sent_at
from demo_recipient as r
inner join demo_lead as l on l.n = r.n
inner join demo_detail as d on d.n = r.n
inner join demo_segments as s on s.workspace_no = l.workspace_no
where
    pg_temp.chance(r.n * 32 + r.round_no, 220) > 0.03
    and pg_temp.in_segment(
        s.filter, l.source, l.country, d.company_size, d.job_title, d.tags, d.score
    )
order by r.n, r.round_no;

insert into crm.tasks
(
    workspace_id, id, lead_id, created_by_user_id, assigned_to_user_id, title, due_at, completed_at,
    completed_by_user_id, cancelled_at, created_at
)
with planned as materialized (
    select
        l.n,
        l.workspace_id,
        l.id as lead_id,
        x.k,
        x.at as created_at,
        x.title,
        l.speed_minutes,
        case when x.at >= l.switch_at then l.second_id else l.worker_id end as user_id,
        l.second_id,
        x.at
        + make_interval(days => 1 + floor(4 * pg_temp.chance(l.n * 4 + x.k, 221))::integer)
            as due_at,
        x.at
        + pg_temp.stretch(1300 + 3 * l.speed_minutes, 1.0, pg_temp.bell(l.n * 4 + x.k, 222))
            as done_at,
        pg_temp.chance(l.n * 4 + x.k, 223) as c_task,
        pg_temp.chance(l.n * 4 + x.k, 224) as c_done,
        pg_temp.chance(l.n * 4 + x.k, 225) as c_person
    from demo_lead as l
    inner join lateral (
        values
        (0, l.accepted_at, 'Get in touch', 0.35),
        (1, l.first_at, 'Follow up', 0.45),
        (2, l.interested_at, 'Prepare an offer', 0.60),
        (3, l.outcome_at, 'Ask for feedback', 0.25)
    ) as x (k, at, title, share) on true
    where x.at is not null and pg_temp.chance(l.n * 4 + x.k, 226) < x.share
)

select
    p.workspace_id,
    pg_temp.key(p.created_at, 4, p.n, p.k),
    p.lead_id,
    p.user_id,
    -- One in twelve is given to somebody else.
    case when p.c_person < 0.08 and p.second_id is not null then p.second_id else p.user_id end,
    p.title,
    p.due_at,
    case when p.c_done < 0.82 and p.done_at <= pg_temp.present() then p.done_at end,
    case
        when p.c_done >= 0.82 or p.done_at > pg_temp.present() then null
        when p.c_person < 0.08 and p.second_id is not null then p.second_id
        else p.user_id
    end,
    case when p.c_done > 0.94 and p.done_at <= pg_temp.present() then p.done_at end,
    p.created_at
from planned as p
order by p.n, p.k;

insert into crm.notes (workspace_id, id, lead_id, created_by_user_id, body, created_at)
select
    l.workspace_id,
    pg_temp.key(x.at, 5, l.n, x.k),
    l.id,
    case when x.at >= l.switch_at then l.second_id else l.worker_id end,
    x.body,
    x.at
from demo_lead as l
inner join lateral (
    values
    (
        0, l.first_at + interval '6 minutes', 0.40,
        (
            array[
                'Friendly, wants to think it over.',
                'Left a message.',
                'Asked for prices.',
                'Call back after work.'
            ]
        )[1 + l.n % 4]
    ),
    (
        1, l.interested_at + interval '4 minutes', 0.45,
        (
            array[
                'Has a budget and a date.', 'Compares two offers.', 'Decides with the partner.'
            ]
        )[1 + l.n % 3]
    ),
    (
        2, l.outcome_at + interval '3 minutes', 0.30,
        case l.outcome
            when 'won' then 'Signed.' else
                (array['Too expensive.', 'Went elsewhere.', 'No answer.'])[1 + l.n % 3]
        end
    )
) as x (k, at, share, body) on true
where x.at <= pg_temp.present() and pg_temp.chance(l.n * 4 + x.k, 227) < x.share
order by l.n, x.k;

insert into crm.lead_feedback (workspace_id, id, lead_id, user_id, rating, comment, created_at)
with given as materialized (
    select
        l.n,
        l.workspace_id,
        l.id as lead_id,
        case when l.outcome_at >= l.switch_at then l.second_id else l.worker_id end as user_id,
        l.outcome,
        l.outcome_at + pg_temp.stretch(4000, 0.9, pg_temp.bell(l.n, 230)) as at
    from demo_lead as l
    where
        l.outcome_at is not null
        and pg_temp.chance(l.n, 231) < case l.outcome when 'won' then 0.35 else 0.06 end
)

select
    g.workspace_id,
    pg_temp.key(g.at, 6, g.n, 0),
    g.lead_id,
    g.user_id,
    r.rating,
    case when pg_temp.chance(g.n, 232) < 0.4 then (
        array[
            'Never heard back in time.',
            'It took too long.',
            'All right.',
            'Friendly and quick.',
            'Excellent!'
        ]
    )[r.rating] end,
    g.at
from given as g
inner join demo_people as p on p.user_id = g.user_id
inner join lateral (
    select
        least(greatest(round(
            p.warmth
            + 0.85 * pg_temp.bell(g.n, 233)
            + case g.outcome when 'won' then 0.15 else -1.1 end
        ), 1), 5)::integer as rating
) as r on true
where g.at <= pg_temp.present()
order by g.n;

insert into crm.support_tickets
(workspace_id, id, lead_id, user_id, type, status, upheld, subject, created_at)
with opened as materialized (
    select
        l.n,
        l.workspace_id,
        l.id as lead_id,
        case when l.first_at >= l.switch_at then l.second_id else l.worker_id end as user_id,
        l.first_at + pg_temp.stretch(9000, 0.9, pg_temp.bell(l.n, 240)) as at,
        pg_temp.chance(l.n, 241) as c_type,
        pg_temp.chance(l.n, 242) as c_upheld
    from demo_lead as l
    -- Whoever is slow and cool hears more complaints.
    where
        l.first_at is not null
        and pg_temp.chance(l.n, 243) < 0.018 + least(l.speed_minutes / 30000, 0.03)
)

select
    o.workspace_id,
    pg_temp.key(o.at, 7, o.n, 0),
    o.lead_id,
    o.user_id,
    t.type,
    case
        when o.at < pg_temp.present() - interval '10 days' then 'closed' when
            o.c_upheld < 0.5
            then 'pending'
        else 'open'
    end,
    case
        when
            t.type = 'complaint' and o.at < pg_temp.present() - interval '10 days'
            then o.c_upheld < 0.45
    end,
    case t.type
        when
            'complaint'
            then
                (array['No answer for days', 'Unfriendly call', 'Called at night', 'Wrong price'])[
                    1 + o.n % 4
                ]
        when 'question' then 'Question about the offer'
        else 'Question about the invoice'
    end,
    o.at
from opened as o
inner join lateral (
    select
        case
            when o.c_type < 0.5 then 'complaint' when o.c_type < 0.85 then 'question' else
                'billing'
        end as type
) as t on true
where o.at <= pg_temp.present()
order by o.n;
