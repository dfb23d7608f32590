-- Sums of the daily rollups per member, for days and for weeks: figures of a long window, or of
-- many people, add up few rows.
-- depends: 0020.log-unmatched-history

-- A rollup is small: its key is built while the deploy holds the table.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
-- squawk-ignore-file adding-serial-primary-key-field

-- The deploy that brings the definitions fills them.
create table rollup.member_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    leads bigint not null,
    source_leads jsonb not null,
    contacted bigint not null,
    response_seconds numeric not null,
    won bigint not null,
    first_worked bigint not null,
    works bigint not null,
    tasks_created bigint not null,
    tasks_created_completed bigint not null,
    tasks_completed bigint not null,
    sent bigint not null,
    opened bigint not null,
    machine_opened bigint not null,
    clicked bigint not null,
    replied bigint not null,
    bounced bigint not null,
    primary key (workspace_id, day, subject_id)
);
create index member_day_subject on rollup.member_day (workspace_id, subject_id, day);
alter table rollup.member_day owner to leadboard_rollup;

comment on table rollup.member_day is 'One row per member and local day: sums of lead_day, worked_day, task_day and campaign_day.';
comment on column rollup.member_day.workspace_id is 'The tenant.';
comment on column rollup.member_day.day is 'Local day, as in the rollups that are summed.';
comment on column rollup.member_day.subject_id is 'The member.';
comment on column rollup.member_day.leads is 'Cohort: leads created and credited to the member.';
comment on column rollup.member_day.source_leads is 'Of those, by source.';
comment on column rollup.member_day.contacted is 'Of those, contacted.';
comment on column rollup.member_day.response_seconds is 'Sum of first_contact_at - created_at over the contacted, in seconds.';
comment on column rollup.member_day.won is 'Of those, won by now.';
comment on column rollup.member_day.first_worked is 'Event: leads the member worked for the first time ever.';
comment on column rollup.member_day.works is 'Event: pieces of work on leads.';
comment on column rollup.member_day.tasks_created is 'Event: tasks the member created.';
comment on column rollup.member_day.tasks_created_completed is 'Of those created, completed by now.';
comment on column rollup.member_day.tasks_completed is 'Event: tasks the member completed.';
comment on column rollup.member_day.sent is 'Event by send day: recipients sent to, of whose leads the member was the credited owner.';
comment on column rollup.member_day.opened is 'Of those, opened by a person.';
comment on column rollup.member_day.machine_opened is 'Of those, opened by a machine.';
comment on column rollup.member_day.clicked is 'Of those, clicked.';
comment on column rollup.member_day.replied is 'Of those, replied, not before it was sent.';
comment on column rollup.member_day.bounced is 'Of those, bounced.';

-- The same columns, and what they mean.
create table rollup.member_week (
    like rollup.member_day including comments,
    primary key (workspace_id, day, subject_id)
);
create index member_week_subject on rollup.member_week (workspace_id, subject_id, day);
alter table rollup.member_week owner to leadboard_rollup;

comment on table rollup.member_week is 'One row per member and ISO week: sums of member_day.';
comment on column rollup.member_week.day is 'Monday of the week.';

-- Leads worked again after a pause that reaches back behind a day are found in the key alone, past
-- those of every shorter pause. One member's cells are found by worked_day_subject.
alter table rollup.worked_day drop constraint worked_day_pkey;
alter table rollup.worked_day
add primary key (workspace_id, day, previous_day, subject_id) include (leads);
