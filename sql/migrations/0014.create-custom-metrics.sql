-- Metrics that a workspace defines for its leaderboard, and how much work was done on worked leads.
-- depends: 0013.create-routing

-- The deploy that brings the new definition computes every row again.
-- squawk-ignore adding-required-field
alter table rollup.worked_day add column works bigint not null default 0;
-- squawk-ignore ban-drop-default
alter table rollup.worked_day alter column works drop default;
comment on column rollup.worked_day.works is 'Pieces of that work: tasks and notes created, contact activities logged.';

-- The figures of one person over any stretch of days.
-- squawk-ignore require-concurrent-index-creation
create index worked_day_subject on rollup.worked_day (workspace_id, subject_id, day);
-- squawk-ignore require-concurrent-index-creation
create index campaign_day_subject on rollup.campaign_day (workspace_id, subject_id, day);

create table crm.custom_metrics (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    id uuid not null,
    key text not null,
    title text not null,
    expression jsonb not null,
    is_lower_better boolean not null default false,
    version integer not null default 1,
    created_by_user_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint custom_metrics_key_unique unique (workspace_id, key),
    constraint custom_metrics_key_shape check (key ~ '^[a-z][a-z0-9_]{0,59}$'),
    constraint custom_metrics_title_length check (char_length(title) between 1 and 100),
    constraint custom_metrics_expression_is_object
    check (jsonb_typeof(expression) = 'object' and pg_column_size(expression) <= 16384),
    constraint custom_metrics_version_positive check (version >= 1)
);
create index custom_metrics_created_by on crm.custom_metrics (workspace_id, created_by_user_id);
alter table crm.custom_metrics owner to leadboard_owner;

comment on table crm.custom_metrics is 'One row per metric that a workspace has defined: a closed form over the columns of rep performance.';
comment on column crm.custom_metrics.workspace_id is 'The tenant.';
comment on column crm.custom_metrics.id is 'The metric.';
comment on column crm.custom_metrics.key is 'Its name in sort_by; unique in the workspace.';
comment on column crm.custom_metrics.title is 'Title shown to people.';
comment on column crm.custom_metrics.expression is 'ratio of two columns, sum of columns or weighted sum of columns, see metrics.expression_faults.';
comment on column crm.custom_metrics.is_lower_better is 'Whether the smallest value ranks first.';
comment on column crm.custom_metrics.version is 'Raised with every change, so that answers made before are known to be old.';
comment on column crm.custom_metrics.created_by_user_id is 'Who defined it.';
comment on column crm.custom_metrics.created_at is 'When the row was written.';
comment on column crm.custom_metrics.updated_at is 'When the row was last changed.';
