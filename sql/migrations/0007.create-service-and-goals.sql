-- What customers say (feedback, tickets) and what members aim at (goals).
-- depends: 0006.create-campaigns-and-segments

create table crm.lead_feedback (
    workspace_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    user_id uuid,
    rating integer not null,
    comment text,
    source_system text not null default 'leadboard',
    external_id text,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id),
    constraint lead_feedback_external_id_unique unique (workspace_id, source_system, external_id),
    constraint lead_feedback_rating_bounds check (rating between 1 and 5),
    constraint lead_feedback_comment_length check (char_length(comment) <= 20000),
    constraint lead_feedback_external_id_length
    check (
        char_length(source_system) between 1 and 100 and char_length(external_id) between 1 and 300
    )
);
create index lead_feedback_lead_id on crm.lead_feedback (workspace_id, lead_id);
create index lead_feedback_user_id on crm.lead_feedback (workspace_id, user_id, created_at);

create table crm.support_tickets (
    workspace_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    user_id uuid,
    type text not null,
    status text not null default 'open',
    upheld boolean,
    subject text,
    source_system text not null default 'leadboard',
    external_id text,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id),
    constraint support_tickets_external_id_unique unique (workspace_id, source_system, external_id),
    constraint support_tickets_type_shape check (type ~ '^[a-z][a-z0-9_]{0,59}$'),
    constraint support_tickets_status_known check (status in ('open', 'pending', 'closed')),
    constraint support_tickets_subject_length check (char_length(subject) <= 300),
    constraint support_tickets_external_id_length
    check (
        char_length(source_system) between 1 and 100 and char_length(external_id) between 1 and 300
    )
);
create index support_tickets_lead_id on crm.support_tickets (workspace_id, lead_id);
create index support_tickets_user_id on crm.support_tickets (workspace_id, user_id, created_at);

create table crm.goals (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    id uuid not null,
    user_id uuid,
    period text not null,
    goal_type text not null,
    target_value numeric not null,
    period_start date not null,
    period_end date not null,
    created_by_user_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id),
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint goals_unique unique nulls not distinct (
        workspace_id, user_id, period, goal_type, period_start
    ),
    constraint goals_period_known check (period in ('monthly', 'quarterly', 'yearly')),
    constraint goals_goal_type_shape check (goal_type ~ '^[a-z][a-z0-9_]{0,59}$'),
    constraint goals_target_value_bounds check (target_value > 0 and target_value < 1e12),
    constraint goals_period_half_open check (period_end > period_start)
);
create index goals_user_id on crm.goals (workspace_id, user_id);
create index goals_created_by on crm.goals (workspace_id, created_by_user_id);

alter table crm.lead_feedback owner to leadboard_owner;
alter table crm.support_tickets owner to leadboard_owner;
alter table crm.goals owner to leadboard_owner;

comment on table crm.lead_feedback is 'One row per rating a customer gave.';
comment on column crm.lead_feedback.workspace_id is 'The tenant.';
comment on column crm.lead_feedback.id is 'The rating.';
comment on column crm.lead_feedback.lead_id is 'The lead whose customer rated.';
comment on column crm.lead_feedback.user_id is 'Who is rated: the credited owner when it was given, kept from then on.';
comment on column crm.lead_feedback.rating is '1 (worst) to 5 (best).';
comment on column crm.lead_feedback.comment is 'Free text.';
comment on column crm.lead_feedback.source_system is 'The system that external_id comes from.';
comment on column crm.lead_feedback.external_id is 'The rating''s key in the source system.';
comment on column crm.lead_feedback.created_at is 'When it was given (event time).';
comment on column crm.lead_feedback.updated_at is 'When the row was last changed.';

comment on table crm.support_tickets is 'One row per ticket a customer opened.';
comment on column crm.support_tickets.workspace_id is 'The tenant.';
comment on column crm.support_tickets.id is 'The ticket.';
comment on column crm.support_tickets.lead_id is 'The lead whose customer wrote.';
comment on column crm.support_tickets.user_id is 'Whom it is about: the credited owner when it was opened, kept from then on.';
comment on column crm.support_tickets.type is 'complaint, question, ...: an open list in lower case.';
comment on column crm.support_tickets.status is 'open, pending or closed.';
comment on column crm.support_tickets.upheld is 'Whether a complaint was found right; null while undecided.';
comment on column crm.support_tickets.subject is 'Subject line.';
comment on column crm.support_tickets.source_system is 'The system that external_id comes from.';
comment on column crm.support_tickets.external_id is 'The ticket''s key in the source system.';
comment on column crm.support_tickets.created_at is 'When it was opened (event time).';
comment on column crm.support_tickets.updated_at is 'When the row was last changed.';

comment on table crm.goals is 'One row per target of a member or of the team; progress is computed, never stored.';
comment on column crm.goals.workspace_id is 'The tenant.';
comment on column crm.goals.id is 'The goal.';
comment on column crm.goals.user_id is 'Whose goal; null for the team''s.';
comment on column crm.goals.period is 'monthly, quarterly or yearly.';
comment on column crm.goals.goal_type is 'conversions, revenue, response_time, ...: an open list in lower case.';
comment on column crm.goals.target_value is 'What is aimed at, in the unit of the goal type.';
comment on column crm.goals.period_start is 'First local day.';
comment on column crm.goals.period_end is 'Day after the last local day.';
comment on column crm.goals.created_by_user_id is 'Who set it.';
comment on column crm.goals.created_at is 'When the row was written.';
comment on column crm.goals.updated_at is 'When the row was last changed.';
