-- Writes the workspaces, people, goals, segments and campaigns of 2_cast.sql as facts.

insert into crm.workspaces
(
    workspace_id,
    name,
    timezone,
    currency,
    leaderboard_visibility,
    ai_score_measures,
    settings,
    created_at
)
select
    w.workspace_id,
    w.name,
    w.zone,
    w.currency,
    w.visibility,
    w.ai_score_measures,
    jsonb_build_object(
        'locale',
        w.locale,
        'demo',
        jsonb_build_object(
            'seed', current_setting('demo.seed')::bigint,
            'leads', current_setting('demo.leads')::bigint,
            'complete', false
        )
    ),
    pg_temp.present() - interval '2 years'
from demo_workspaces as w;

insert into crm.branches (workspace_id, id, name, timezone, created_at)
select
    b.workspace_id,
    b.branch_id,
    b.name,
    b.own_zone,
    pg_temp.present() - interval '2 years'
from demo_branches as b;

insert into crm.users (id, email, name, created_at)
select
    p.user_id,
    p.email,
    p.name,
    p.joined_at
from demo_people as p;

insert into crm.members
(
    workspace_id,
    user_id,
    role,
    branch_id,
    source_system,
    external_id,
    joined_at,
    deactivated_at,
    created_at
)
select
    w.workspace_id,
    p.user_id,
    p.role,
    b.branch_id,
    'demo',
    'member-' || p.no,
    p.joined_at,
    p.deactivated_at,
    p.joined_at
from demo_people as p
inner join demo_workspaces as w on w.no = p.workspace_no
left join demo_branches as b on b.workspace_no = p.workspace_no and b.no = p.branch_no
union all
-- The owner of the gyms advises the agency too: somebody with two workspaces.
select
    w.workspace_id,
    p.user_id,
    'admin',
    null,
    'demo',
    'member-' || p.no,
    p.joined_at,
    null,
    p.joined_at
from demo_people as p
inner join demo_workspaces as w on w.no = 2
where p.no = 1;

-- Industries are shared by everybody, so some may be there already.
insert into crm.industries (id, name)
select
    pg_temp.named('industry ' || i.name),
    i.name
from (
    values
    ('Construction'),
    ('Energy'),
    ('Finance'),
    ('Fitness'),
    ('Food'),
    ('Health'),
    ('Real estate'),
    ('Retail'),
    ('Software'), ('Transport')
) as i (name)
on conflict (name) do nothing;

insert into crm.profiles
(
    workspace_id,
    user_id,
    primary_branch,
    regions,
    lead_industries,
    max_open_leads,
    daily_cap,
    monthly_cap,
    is_active_for_routing,
    paused_until,
    routing_priority,
    base_weight,
    ai_risk_score,
    ai_risk_level,
    ai_risk_assessed_at,
    created_at
)
select
    w.workspace_id,
    p.user_id,
    (array['Solar panels', 'Roofing', 'Moving', 'Mortgages', 'Heat pumps', 'Insulation'])[
        1 + p.no % 6
    ],
    case when p.no % 3 <> 0 then b.provinces[1:1 + p.no % 2] else '{}' end,
    case when p.no % 4 = 0 then array['Energy', 'Construction'] else '{}' end,
    case when p.no % 5 <> 0 then 40 + p.no % 7 * 20 end,
    case when p.no % 2 = 0 then 5 + p.no % 5 end,
    case when p.no % 3 = 0 then 60 + p.no % 5 * 20 end,
    p.deactivated_at is null,
    case when p.no in (15, 39) then pg_temp.present() + interval '6 days' end,
    p.no % 3,
    round(p.weight::numeric, 2),
    a.score,
    case
        when a.score < 34 then 'low' when a.score < 67 then 'medium' when a.score >= 67 then 'high'
    end,
    case when a.score is not null then pg_temp.present() - make_interval(days => 1 + p.no % 25) end,
    p.joined_at
from demo_people as p
inner join demo_workspaces as w on w.no = p.workspace_no
inner join
    demo_branches as b
    on b.workspace_no = p.workspace_no and b.no = coalesce(p.branch_no, 1 + p.no % 3)
inner join lateral (
    select
    -- Some have not been assessed yet.
        case
            when p.no % 11 <> 0
                then
                    least(
                        greatest(round(40 - 15 * p.skill + 12 * pg_temp.bell(p.no, 41)), 1), 99
                    )::integer
        end as score
) as a on true
where p.role in ('agent', 'partner');

-- Monthly goals of the last three months and this one, for every agent and for the team.
insert into crm.goals
(
    workspace_id,
    id,
    user_id,
    period,
    goal_type,
    target_value,
    period_start,
    period_end,
    created_by_user_id,
    created_at
)
select
    w.workspace_id,
    pg_temp.key(
        s.starts_on::timestamptz, 11, coalesce(p.no, 0) * 64 + w.no * 16 + m.no * 4 + t.no, 0
    ),
    p.user_id,
    'monthly',
    t.goal_type,
    case t.goal_type
        when
            'conversions'
            then greatest(round(coalesce(p.weight::numeric, 8) * w.share::numeric * 12), 2)
        when 'revenue'
            then
                greatest(round(coalesce(p.weight::numeric, 8) * w.share::numeric * 12), 2)
                * w.median_deal
        else 4
    end,
    s.starts_on,
    (s.starts_on + interval '1 month')::date,
    o.user_id,
    s.starts_on::timestamptz
from demo_workspaces as w
cross join generate_series(0, 3) as m (no)
cross join (values (0, 'conversions'), (1, 'revenue'), (2, 'response_time')) as t (no, goal_type)
inner join lateral (
    select
        (date_trunc('month', w.today::timestamp) - make_interval(months => m.no))::date
            as starts_on
) as s on true
inner join demo_people as o on o.workspace_no = w.no and o.role = 'owner'
inner join (
    select
        workspace_no,
        no,
        user_id,
        weight,
        deactivated_at
    from demo_people
    where role = 'agent'
    union all
    select
        no,
        0,
        null,
        null,
        null
    from demo_workspaces
) as p on p.workspace_no = w.no
where p.deactivated_at is null;

insert into crm.segments (
    workspace_id, id, name, filter, archived_at, created_by_user_id, created_at
)
select
    w.workspace_id,
    s.id,
    s.name,
    s.filter,
    case when s.is_archived then pg_temp.present() - interval '200 days' end,
    o.user_id,
    pg_temp.present() - interval '420 days'
from demo_segments as s
inner join demo_workspaces as w on w.no = s.workspace_no
inner join demo_people as o on o.workspace_no = w.no and o.role = 'admin';

-- Written by trigger, unless the load bypasses triggers.
insert into crm.segment_versions (
    workspace_id, segment_id, version, filter, created_by_user_id, created_at
)
select
    s.workspace_id,
    s.id,
    s.version,
    s.filter,
    s.created_by_user_id,
    s.created_at
from crm.segments as s
inner join demo_workspaces as w on w.workspace_id = s.workspace_id
on conflict do nothing;

insert into crm.campaigns
(
    workspace_id,
    id,
    name,
    segment_id,
    variants,
    created_by_user_id,
    source_system,
    external_id,
    created_at
)
select
    c.workspace_id,
    c.id,
    c.name,
    c.segment_id,
    c.variants,
    o.user_id,
    'demo',
    c.external_id,
    c.sent_at - interval '2 days'
from demo_campaigns as c
inner join demo_people as o on o.workspace_no = c.workspace_no and o.role = 'admin';
