-- A workspace of %(reps)s reps and %(leads)s leads of the last 400 days, with the work and the
-- campaign results that a leaderboard counts; a pure function of its size and the clock. Written
-- past the triggers (session_replication_role = replica): what they would set is set here.
with workspace as (
    insert into crm.workspaces (workspace_id, name, timezone)
    values (%(workspace)s, %(name)s, 'UTC')
    returning workspace_id
),

people as (
    insert into crm.users (id, name)
    select
        pg_temp.key(%(workspace)s, 'person', n),
        'Rep ' || n
    from generate_series(1, %(reps)s) as n
    returning id
),

members as (
    insert into crm.members (workspace_id, user_id, role, joined_at)
    select
        %(workspace)s,
        pg_temp.key(%(workspace)s, 'person', n),
        case n when 1 then 'owner' else 'agent' end,
        now() - interval '500 days'
    from generate_series(1, %(reps)s) as n
    returning user_id
),

campaigns as (
    insert into crm.campaigns (workspace_id, id, name, created_at)
    select
        %(workspace)s,
        pg_temp.key(%(workspace)s, 'campaign', n),
        'Campaign ' || n,
        now() - interval '500 days'
    from generate_series(0, 19) as n
    returning id
),

drawn as materialized (
    select
        n,
        pg_temp.key(%(workspace)s, 'lead', n) as id,
        pg_temp.key(%(workspace)s, 'person', 1 + abs(hashint8(n)) %% %(reps)s) as owner_id,
        now() - interval '400 days' * (1 - n::double precision / %(leads)s) as created_at,
        abs(hashint8(n + 1000000007)) as dice
    from generate_series(1, %(leads)s) as n
),

leads as (
    insert into crm.leads (
        workspace_id, id, owner_user_id, credited_user_id, owner_basis, source, status,
        status_changed_at, assigned_at, first_contact_at, won_at, created_at
    )
    select
        %(workspace)s,
        d.id,
        d.owner_id,
        d.owner_id,
        'owner',
        (array['website', 'linkedin', 'csv', 'referral', 'event', 'unknown'])[1 + d.dice %% 6],
        case when d.dice %% 7 = 0 then 'won' when d.dice %% 7 < 5 then 'contacted' else 'new' end,
        d.created_at,
        d.created_at,
        case when d.dice %% 7 < 5 then d.created_at + interval '1 second' * (d.dice %% 90000) end,
        case when d.dice %% 7 = 0 then d.created_at + interval '1 second' * (d.dice %% 900000) end,
        d.created_at
    from drawn as d
    returning id
),

activities as (
    insert into crm.lead_activities (
        workspace_id, id, lead_id, actor_user_id, type, occurred_at, recorded_at
    )
    select
        %(workspace)s,
        pg_temp.key(%(workspace)s, 'activity', 4 * d.n + k),
        d.id,
        d.owner_id,
        (array['phone_call', 'email_sent', 'meeting', 'note'])[1 + (d.dice + k) %% 4],
        d.created_at + interval '1 second' * (d.dice %% 90000) + k * interval '3 days',
        d.created_at
    from drawn as d
    cross join generate_series(0, 3) as k
    where d.dice %% 7 < 5
    returning id
),

tasks as (
    insert into crm.tasks (
        workspace_id, id, lead_id, created_by_user_id, assigned_to_user_id, completed_at,
        completed_by_user_id, created_at
    )
    select
        %(workspace)s,
        pg_temp.key(%(workspace)s, 'task', d.n),
        d.id,
        d.owner_id,
        d.owner_id,
        case when d.dice %% 5 > 0 then d.created_at + interval '2 days' end,
        case when d.dice %% 5 > 0 then d.owner_id end,
        d.created_at
    from drawn as d
    returning id
),

notes as (
    insert into crm.notes (workspace_id, id, lead_id, created_by_user_id, body, created_at)
    select
        %(workspace)s,
        pg_temp.key(%(workspace)s, 'note', d.n),
        d.id,
        d.owner_id,
        'Asked for an offer.',
        d.created_at + interval '5 days'
    from drawn as d
    where d.dice %% 3 = 0
    returning id
)

insert into crm.campaign_leads (
    workspace_id, campaign_id, lead_id, owner_at_send, sent_at, delivered_at, first_opened_at,
    first_replied_at, bounced_at
)
select
    %(workspace)s,
    pg_temp.key(%(workspace)s, 'campaign', d.n %% 20),
    d.id,
    d.owner_id,
    d.created_at + interval '10 days',
    d.created_at + interval '10 days',
    case when d.dice %% 2 = 0 then d.created_at + interval '11 days' end,
    case when d.dice %% 11 = 0 then d.created_at + interval '12 days' end,
    case when d.dice %% 23 = 0 then d.created_at + interval '10 days' end
from drawn as d
where d.dice %% 5 < 2
