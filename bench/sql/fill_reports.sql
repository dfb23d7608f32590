-- A workspace whose reports are measured: a branch of %(leads)s leads of the last 400 days and
-- %(branches)s of 500 each, with the steps of every lead and a call to two leads of three; a pure
-- function of its size and the clock. Written past the triggers (session_replication_role =
-- replica): what they would set is set here.
with workspace as (
    insert into crm.workspaces (workspace_id, name, timezone)
    values (%(workspace)s, 'Reports', 'UTC')
    returning workspace_id
),

branches as (
    insert into crm.branches (workspace_id, id, name)
    select
        %(workspace)s,
        pg_temp.key(%(workspace)s, 'branch', n),
        'Branch ' || n
    from generate_series(0, %(branches)s) as n
    returning id
),

people as (
    insert into crm.users (id, name)
    select
        pg_temp.key(%(workspace)s, 'person', n),
        'Agent ' || n
    from generate_series(1, 40) as n
    returning id
),

members as (
    insert into crm.members (workspace_id, user_id, role, joined_at)
    select
        %(workspace)s,
        pg_temp.key(%(workspace)s, 'person', n),
        case n when 1 then 'owner' else 'agent' end,
        now() - interval '500 days'
    from generate_series(1, 40) as n
    returning user_id
),

drawn as materialized (
    select
        s.n,
        pg_temp.key(%(workspace)s, 'lead', s.n) as id,
        pg_temp.key(
            %(workspace)s, 'branch', greatest(0, (s.n - %(leads)s + 499) / 500)
        ) as branch_id,
        pg_temp.key(%(workspace)s, 'person', 1 + abs(hashint8(s.n)) %% 40) as owner_id,
        now() - interval '400 days' * abs(hashint8(s.n + 77) %% 1000000) / 1000000.0 as created_at,
        abs(hashint8(s.n + 1000000007)) as dice
    from generate_series(1, %(leads)s + 500 * %(branches)s) as s (n)
),

steps as materialized (
    select
        d.n,
        d.id,
        d.created_at,
        s.ordinal,
        s.status,
        d.created_at + s.ordinal * interval '1 minute' * (d.dice %% 30000) as changed_at
    from drawn as d
    cross join lateral unnest(
        (array['new', 'contacted', 'qualified', 'won'])[1:1 + d.dice %% 4]
    ) with ordinality as u (status, place)
    cross join lateral (select u.status, u.place - 1 as ordinal) as s
    where d.created_at + s.ordinal * interval '1 minute' * (d.dice %% 30000) <= now()
),

leads as (
    insert into crm.leads (
        workspace_id, id, branch_id, owner_user_id, credited_user_id, owner_basis, source, status,
        status_changed_at, assigned_at, first_contact_at, interested_at, won_at, created_at
    )
    select
        %(workspace)s,
        d.id,
        d.branch_id,
        d.owner_id,
        d.owner_id,
        'owner',
        (array['website', 'linkedin', 'csv', 'referral', 'event', 'walk_in'])[1 + d.dice %% 6],
        s.status,
        s.changed_at,
        d.created_at,
        s.first_contact_at,
        s.interested_at,
        s.won_at,
        d.created_at
    from drawn as d
    inner join (
        select
            p.n,
            (array_agg(p.status order by p.ordinal desc))[1] as status,
            max(p.changed_at) as changed_at,
            min(p.changed_at) filter (where p.status = 'contacted') as first_contact_at,
            min(p.changed_at) filter (where p.status = 'qualified') as interested_at,
            min(p.changed_at) filter (where p.status = 'won') as won_at
        from steps as p
        group by p.n
    ) as s on s.n = d.n
    returning id
),

history as (
    insert into crm.lead_status_history (workspace_id, id, lead_id, status, changed_at)
    select
        %(workspace)s,
        pg_temp.key(%(workspace)s, 'step', 4 * s.n + s.ordinal),
        s.id,
        s.status,
        s.changed_at
    from steps as s
    order by s.changed_at
    returning id
)

insert into crm.call_logs (
    workspace_id, id, branch_id, lead_id, user_id, direction, status, outcome, duration_seconds,
    started_at
)
select
    %(workspace)s,
    pg_temp.key(%(workspace)s, 'call', d.n),
    d.branch_id,
    d.id,
    d.owner_id,
    case when d.dice %% 5 = 0 then 'inbound' else 'outbound' end,
    case when d.dice %% 7 = 0 then 'missed' else 'completed' end,
    (array['interested', 'not_interested', 'booked'])[1 + d.dice %% 4],
    d.dice %% 600,
    d.created_at + interval '1 minute' * (d.dice %% 3000)
from drawn as d
where d.dice %% 3 > 0 and d.created_at + interval '1 minute' * (d.dice %% 3000) <= now()
