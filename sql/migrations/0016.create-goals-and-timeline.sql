-- What people aim at and what they earned, whose timeline an activity is in, and reads per person.
-- depends: 0013.create-routing

create schema goals;
comment on schema goals is 'Goals over time: how targets changed, which were reached, and badges.';
grant usage on schema goals to leadboard_owner, leadboard_rollup, leadboard_view, leadboard_api,
leadboard_bi, leadboard_ops;
grant create on schema goals to leadboard_owner, leadboard_rollup, leadboard_view;

-- Keys are copies of those of crm.goals, where they are checked; the history outlives the goal.
create table goals.changes (
    workspace_id uuid not null,
    id uuid not null,
    goal_id uuid not null,
    user_id uuid,
    period text not null,
    goal_type text not null,
    period_start date not null,
    period_end date not null,
    target_value numeric,
    changed_by_user_id uuid,
    changed_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, id)
);
create index changes_goal_id on goals.changes (workspace_id, goal_id, changed_at);

-- What the refresh finds, like a rollup: no foreign keys, so that facts may go.
create table goals.achievements (
    workspace_id uuid not null,
    id uuid not null,
    user_id uuid,
    period text not null,
    goal_type text not null,
    period_start date not null,
    period_end date not null,
    target_value numeric not null,
    reached_value numeric not null,
    achieved_on date not null,
    achieved_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, id),
    constraint achievements_once unique nulls not distinct (
        workspace_id, user_id, period, goal_type, period_start, target_value
    )
);

create table goals.badges (
    workspace_id uuid not null,
    badge text not null,
    title text not null,
    description text not null,
    rule text not null,
    measure text not null,
    threshold numeric not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, badge),
    constraint badges_badge_shape check (badge ~ '^[a-z][a-z0-9_]{0,59}$'),
    constraint badges_text_length check (
        char_length(title) between 1 and 100 and char_length(description) between 1 and 500
    ),
    constraint badges_rule_measures_it check (
        (rule in ('total', 'month', 'streak') and measure in ('wins', 'revenue', 'tasks_completed'))
        or (rule = 'fastest_of_month' and measure = 'response_time')
        or (rule = 'most_improved_of_month' and measure = 'conversion_rate')
    ),
    constraint badges_threshold_bounds check (threshold > 0 and threshold < 1e12),
    constraint badges_streak_is_days check (
        rule <> 'streak' or (threshold = trunc(threshold) and threshold <= 366)
    )
);

create table goals.badges_earned (
    workspace_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    badge text not null,
    period_start date,
    earned_on date not null,
    reached_value numeric not null,
    earned_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, id),
    constraint badges_earned_once unique nulls not distinct (
        workspace_id, user_id, badge, period_start
    )
);
create index badges_earned_period on goals.badges_earned (workspace_id, badge, period_start);

-- Append-only, emptied by the refresh, like rollup.dirty_cells.
create table goals.touched (
    workspace_id uuid not null,
    user_id uuid not null,
    scope text not null,
    from_day date not null,
    constraint touched_scope_known check (scope in ('person', 'day', 'workspace'))
) with (
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 0
);

alter table goals.changes owner to leadboard_owner;
alter table goals.badges owner to leadboard_owner;
alter table goals.achievements owner to leadboard_rollup;
alter table goals.badges_earned owner to leadboard_rollup;
alter table goals.touched owner to leadboard_rollup;

insert into goals.badges (workspace_id, badge, title, description, rule, measure, threshold)
values
(
    '00000000-0000-0000-0000-000000000000', 'first_win', 'First win',
    'The first lead won.', 'total', 'wins', 1
),
(
    '00000000-0000-0000-0000-000000000000', 'ten_wins_in_a_month', 'Ten wins in a month',
    'Ten leads won in one calendar month.', 'month', 'wins', 10
),
(
    '00000000-0000-0000-0000-000000000000', 'seven_day_streak', 'Seven days in a row',
    'A completed task on seven working days in a row.', 'streak', 'tasks_completed', 7
),
(
    '00000000-0000-0000-0000-000000000000', 'fastest_responder', 'Fastest responder of the month',
    'The shortest mean time to the first contact, over at least five contacted leads of the month.',
    'fastest_of_month', 'response_time', 5
),
(
    '00000000-0000-0000-0000-000000000000', 'biggest_improvement', 'Biggest improvement',
    'The largest rise of the conversion rate over the month before, with five leads in both.',
    'most_improved_of_month', 'conversion_rate', 5
);

-- Whose timeline an activity is in, where that is not its actor's: who got the lead, whose lead was
-- won, and whose lead it is where nobody is named. A copy of keys that are checked where they come
-- from.
alter table crm.lead_activities add column timeline_user_id uuid;

update crm.lead_activities as a
set timeline_user_id = x.user_id
from (
    select
        b.workspace_id,
        b.id,
        case
            when
                b.type = 'assignment'
                and b.metadata ->> 'to' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                then (b.metadata ->> 'to')::uuid
            when b.type = 'conversion' or b.actor_user_id is null then l.credited_user_id
        end as user_id
    from crm.lead_activities as b
    inner join crm.leads as l on l.workspace_id = b.workspace_id and l.id = b.lead_id
    where b.type in ('assignment', 'conversion') or b.actor_user_id is null
) as x
where
    a.workspace_id = x.workspace_id
    and a.id = x.id
    and x.user_id is not null
    and x.user_id is distinct from a.actor_user_id;

-- The timeline's filters; unfiltered it is served by lead_activities_actor.
-- squawk-ignore require-concurrent-index-creation
create index lead_activities_actor_type on crm.lead_activities (
    workspace_id, actor_user_id, type, occurred_at
);
-- squawk-ignore require-concurrent-index-creation
create index lead_activities_timeline on crm.lead_activities (
    workspace_id, timeline_user_id, occurred_at
)
where timeline_user_id is not null;
-- squawk-ignore require-concurrent-index-creation
create index lead_activities_timeline_type on crm.lead_activities (
    workspace_id, timeline_user_id, type, occurred_at
)
where timeline_user_id is not null;

-- The figures of one person over any stretch of days.
-- squawk-ignore require-concurrent-index-creation
create index lead_day_subject on rollup.lead_day (workspace_id, subject_id, day);
-- squawk-ignore require-concurrent-index-creation
create index outcome_day_subject on rollup.outcome_day (workspace_id, subject_id, day);
-- squawk-ignore require-concurrent-index-creation
create index service_day_subject on rollup.service_day (workspace_id, subject_id, day);
-- squawk-ignore require-concurrent-index-creation
create index task_day_subject on rollup.task_day (workspace_id, subject_id, day);

comment on column crm.lead_activities.timeline_user_id is 'Whose timeline the activity is in where that is not its actor''s: who got the lead (assignment), whose lead was won (conversion), whose lead it was (no actor). Kept by trigger.';

comment on table goals.changes is 'One row per goal set, edited or removed: the history of targets.';
comment on column goals.changes.workspace_id is 'The tenant.';
comment on column goals.changes.id is 'The change.';
comment on column goals.changes.goal_id is 'The goal.';
comment on column goals.changes.user_id is 'Whose goal; null for the team''s.';
comment on column goals.changes.period is 'monthly, quarterly or yearly.';
comment on column goals.changes.goal_type is 'conversions, revenue, response_time, ...';
comment on column goals.changes.period_start is 'First local day.';
comment on column goals.changes.period_end is 'Day after the last local day.';
comment on column goals.changes.target_value is 'The target from then on, in the unit of the goal type; null when the goal was removed.';
comment on column goals.changes.changed_by_user_id is 'Who changed it, where the service knows.';
comment on column goals.changes.changed_at is 'When.';
comment on column goals.changes.created_at is 'When the row was written.';

comment on table goals.achievements is 'One row per target that was reached, recorded once by the refresh; a target that is edited can be reached again.';
comment on column goals.achievements.workspace_id is 'The tenant.';
comment on column goals.achievements.id is 'The achievement.';
comment on column goals.achievements.user_id is 'Whose goal; null for the team''s.';
comment on column goals.achievements.period is 'monthly, quarterly or yearly.';
comment on column goals.achievements.goal_type is 'conversions, revenue, response_time, ...';
comment on column goals.achievements.period_start is 'First local day of the goal.';
comment on column goals.achievements.period_end is 'Day after the last local day of the goal.';
comment on column goals.achievements.target_value is 'The target that was reached, in the unit of the goal type.';
comment on column goals.achievements.reached_value is 'The value when it was recorded.';
comment on column goals.achievements.achieved_on is 'Local day on which the target was first reached; the last day of the period where lower is better.';
comment on column goals.achievements.achieved_at is 'When the refresh recorded it.';
comment on column goals.achievements.created_at is 'When the row was written.';

comment on table goals.badges is 'One row per badge that can be earned: in every workspace (nil UUID) or in one.';
comment on column goals.badges.workspace_id is 'The tenant; the nil UUID for all.';
comment on column goals.badges.badge is 'The badge.';
comment on column goals.badges.title is 'Title shown to people.';
comment on column goals.badges.description is 'What it is earned for.';
comment on column goals.badges.rule is 'total (running total reaches the threshold, once), month (total of a calendar month does), streak (so many working days in a row), fastest_of_month or most_improved_of_month (best of all with at least the threshold in leads).';
comment on column goals.badges.measure is 'wins, revenue, tasks_completed, response_time or conversion_rate.';
comment on column goals.badges.threshold is 'In the unit of the measure; days for a streak; leads for the best of a month.';
comment on column goals.badges.created_at is 'When the row was written.';

comment on table goals.badges_earned is 'One row per badge earned by a member, recorded once by the refresh.';
comment on column goals.badges_earned.workspace_id is 'The tenant.';
comment on column goals.badges_earned.id is 'The award.';
comment on column goals.badges_earned.user_id is 'The member.';
comment on column goals.badges_earned.badge is 'The badge.';
comment on column goals.badges_earned.period_start is 'The month, or first day of the streak, it was earned in; null for what is earned once.';
comment on column goals.badges_earned.earned_on is 'Local day on which it was earned.';
comment on column goals.badges_earned.reached_value is 'The value that earned it, in the unit of the measure.';
comment on column goals.badges_earned.earned_at is 'When the refresh recorded it.';
comment on column goals.badges_earned.created_at is 'When the row was written.';

comment on table goals.touched is 'Log of whose figures changed since goals and badges were last checked; emptied by the refresh.';
comment on column goals.touched.workspace_id is 'The tenant.';
comment on column goals.touched.user_id is 'The member, the nil UUID for nobody in particular.';
comment on column goals.touched.scope is 'person, day (another local day has begun) or workspace (anybody''s figures may have changed).';
comment on column goals.touched.from_day is 'Earliest local day whose figures changed; -infinity for all.';
