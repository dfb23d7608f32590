-- What members do with leads: calls, activities, tasks and notes.
-- depends: 0004.create-leads

create table crm.call_logs (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    id uuid not null,
    branch_id uuid,
    lead_id uuid,
    user_id uuid,
    direction text not null,
    status text not null,
    outcome text,
    duration_seconds integer not null default 0,
    started_at timestamptz not null,
    notes text,
    source_system text not null default 'leadboard',
    external_id text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, branch_id) references crm.branches (workspace_id, id),
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id),
    constraint call_logs_external_id_unique unique (workspace_id, source_system, external_id),
    constraint call_logs_direction_known check (direction in ('inbound', 'outbound')),
    constraint call_logs_status_known check (status in ('completed', 'missed', 'failed')),
    constraint call_logs_outcome_shape check (outcome ~ '^[a-z][a-z0-9_]{0,59}$'),
    constraint call_logs_duration_bounds check (duration_seconds between 0 and 86400),
    constraint call_logs_notes_length check (char_length(notes) <= 20000),
    constraint call_logs_external_id_length
    check (
        char_length(source_system) between 1 and 100 and char_length(external_id) between 1 and 300
    )
);
create index call_logs_branch_id on crm.call_logs (workspace_id, branch_id, started_at);
create index call_logs_lead_id on crm.call_logs (workspace_id, lead_id) where lead_id is not null;
create index call_logs_user_id on crm.call_logs (workspace_id, user_id);
-- The cells of rollup.call_hour.
create index call_logs_subject_started_at on crm.call_logs (
    workspace_id, (coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid)), started_at
);

create table crm.lead_activities (
    workspace_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    actor_user_id uuid,
    type text not null,
    title text not null default '',
    description text,
    duration_seconds integer,
    metadata jsonb not null default '{}',
    call_log_id uuid,
    source_system text not null default 'leadboard',
    external_id text,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, actor_user_id) references crm.members (workspace_id, user_id),
    foreign key (workspace_id, call_log_id)
    references crm.call_logs (workspace_id, id) on delete cascade,
    constraint lead_activities_external_id_unique unique (workspace_id, source_system, external_id),
    constraint lead_activities_type_shape check (type ~ '^[a-z][a-z0-9_]{0,59}$'),
    constraint lead_activities_duration_bounds check (duration_seconds between 0 and 86400),
    constraint lead_activities_text_length
    check (char_length(title) <= 300 and char_length(description) <= 20000),
    constraint lead_activities_metadata_bounds
    check (jsonb_typeof(metadata) = 'object' and pg_column_size(metadata) <= 65536),
    constraint lead_activities_external_id_length
    check (
        char_length(source_system) between 1 and 100 and char_length(external_id) between 1 and 300
    )
);
create index lead_activities_lead_id on crm.lead_activities (workspace_id, lead_id, occurred_at);
create index lead_activities_actor on crm.lead_activities (
    workspace_id, actor_user_id, occurred_at
);
create unique index lead_activities_call_log_id
on crm.lead_activities (workspace_id, call_log_id) where call_log_id is not null;
-- The cells of rollup.activity_day, for the activities nobody is named for.
create index lead_activities_no_actor
on crm.lead_activities (workspace_id, occurred_at) where actor_user_id is null;

create table crm.tasks (
    workspace_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    created_by_user_id uuid,
    assigned_to_user_id uuid,
    title text not null default '',
    due_at timestamptz,
    completed_at timestamptz,
    completed_by_user_id uuid,
    cancelled_at timestamptz,
    source_system text not null default 'leadboard',
    external_id text,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    foreign key (workspace_id, assigned_to_user_id) references crm.members (workspace_id, user_id),
    foreign key (workspace_id, completed_by_user_id) references crm.members (workspace_id, user_id),
    constraint tasks_external_id_unique unique (workspace_id, source_system, external_id),
    constraint tasks_title_length check (char_length(title) <= 300),
    constraint tasks_completed_or_cancelled check (num_nonnulls(completed_at, cancelled_at) <= 1),
    constraint tasks_external_id_length
    check (
        char_length(source_system) between 1 and 100 and char_length(external_id) between 1 and 300
    )
);
create index tasks_lead_id on crm.tasks (workspace_id, lead_id, created_by_user_id);
create index tasks_created_by on crm.tasks (workspace_id, created_by_user_id, created_at);
create index tasks_assigned_to on crm.tasks (workspace_id, assigned_to_user_id, due_at);
create index tasks_completed_by on crm.tasks (workspace_id, completed_by_user_id, completed_at);

create table crm.notes (
    workspace_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    created_by_user_id uuid,
    body text not null,
    source_system text not null default 'leadboard',
    external_id text,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint notes_external_id_unique unique (workspace_id, source_system, external_id),
    constraint notes_body_length check (char_length(body) <= 100000),
    constraint notes_external_id_length
    check (
        char_length(source_system) between 1 and 100 and char_length(external_id) between 1 and 300
    )
);
create index notes_lead_id on crm.notes (workspace_id, lead_id, created_by_user_id);
create index notes_created_by on crm.notes (workspace_id, created_by_user_id, created_at);

alter table crm.call_logs owner to leadboard_owner;
alter table crm.lead_activities owner to leadboard_owner;
alter table crm.tasks owner to leadboard_owner;
alter table crm.notes owner to leadboard_owner;

comment on table crm.call_logs is 'One row per telephone call.';
comment on column crm.call_logs.workspace_id is 'The tenant.';
comment on column crm.call_logs.id is 'The call.';
comment on column crm.call_logs.branch_id is 'The branch that made or took the call; its time zone dates the call.';
comment on column crm.call_logs.lead_id is 'The lead called, where known.';
comment on column crm.call_logs.user_id is 'The member who called or answered, where known.';
comment on column crm.call_logs.direction is 'inbound or outbound.';
comment on column crm.call_logs.status is 'completed, missed or failed.';
comment on column crm.call_logs.outcome is 'interested, not_interested, wrong_number, ...: an open list in lower case.';
comment on column crm.call_logs.duration_seconds is 'Length in seconds.';
comment on column crm.call_logs.started_at is 'When the call began.';
comment on column crm.call_logs.notes is 'Free text.';
comment on column crm.call_logs.source_system is 'The system that external_id comes from.';
comment on column crm.call_logs.external_id is 'The call''s key in the source system.';
comment on column crm.call_logs.created_at is 'When the row was written.';
comment on column crm.call_logs.updated_at is 'When the row was last changed.';

comment on table crm.lead_activities is 'One row per thing that was done with a lead: contacts, changes, conversions.';
comment on column crm.lead_activities.workspace_id is 'The tenant.';
comment on column crm.lead_activities.id is 'The activity.';
comment on column crm.lead_activities.lead_id is 'The lead.';
comment on column crm.lead_activities.actor_user_id is 'The member who did it; null for a system.';
comment on column crm.lead_activities.type is 'Contact types: phone_call, email_sent, whatsapp, sms, meeting, status_change_contacted. Others: an open list in lower case.';
comment on column crm.lead_activities.title is 'Short title.';
comment on column crm.lead_activities.description is 'Free text.';
comment on column crm.lead_activities.duration_seconds is 'Length in seconds, where it has one.';
comment on column crm.lead_activities.metadata is 'Further facts, up to 64 kB.';
comment on column crm.lead_activities.call_log_id is 'The call this activity records, if it was written for one.';
comment on column crm.lead_activities.source_system is 'The system that external_id comes from.';
comment on column crm.lead_activities.external_id is 'The activity''s key in the source system.';
comment on column crm.lead_activities.occurred_at is 'When it happened.';
comment on column crm.lead_activities.recorded_at is 'When Leadboard heard of it.';
comment on column crm.lead_activities.created_at is 'When the row was written.';
comment on column crm.lead_activities.updated_at is 'When the row was last changed.';

comment on table crm.tasks is 'One row per task on a lead.';
comment on column crm.tasks.workspace_id is 'The tenant.';
comment on column crm.tasks.id is 'The task.';
comment on column crm.tasks.lead_id is 'The lead.';
comment on column crm.tasks.created_by_user_id is 'Who created it.';
comment on column crm.tasks.assigned_to_user_id is 'Who is to do it.';
comment on column crm.tasks.title is 'What is to be done.';
comment on column crm.tasks.due_at is 'When it is due.';
comment on column crm.tasks.completed_at is 'When it was completed.';
comment on column crm.tasks.completed_by_user_id is 'Who completed it.';
comment on column crm.tasks.cancelled_at is 'When it was cancelled.';
comment on column crm.tasks.source_system is 'The system that external_id comes from.';
comment on column crm.tasks.external_id is 'The task''s key in the source system.';
comment on column crm.tasks.created_at is 'When the task was created (event time).';
comment on column crm.tasks.updated_at is 'When the row was last changed.';

comment on table crm.notes is 'One row per note on a lead.';
comment on column crm.notes.workspace_id is 'The tenant.';
comment on column crm.notes.id is 'The note.';
comment on column crm.notes.lead_id is 'The lead.';
comment on column crm.notes.created_by_user_id is 'Who wrote it.';
comment on column crm.notes.body is 'The text.';
comment on column crm.notes.source_system is 'The system that external_id comes from.';
comment on column crm.notes.external_id is 'The note''s key in the source system.';
comment on column crm.notes.created_at is 'When the note was written (event time).';
comment on column crm.notes.updated_at is 'When the row was last changed.';
