-- Work per lead, day and person: a change of one lead's history no longer has the histories of all
-- leads looked up again that the same person worked on that day.
-- depends: 0032.cover-contacts-of-a-lead

-- The deploy that brings the definition fills it.
create table rollup.lead_work_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    actor_id uuid not null,
    previous_day date not null,
    works bigint not null,
    primary key (workspace_id, day, subject_id, actor_id)
);
create index lead_work_day_actor on rollup.lead_work_day (workspace_id, actor_id, day);
alter table rollup.lead_work_day owner to leadboard_rollup;

comment on table rollup.lead_work_day is 'One row per lead, local day and member who worked it.';
comment on column rollup.lead_work_day.workspace_id is 'The tenant.';
comment on column rollup.lead_work_day.day is 'Local day of the work, in the zone of the leads branch.';
comment on column rollup.lead_work_day.subject_id is 'The lead.';
comment on column rollup.lead_work_day.actor_id is 'The member who worked it: created a task or a note, or logged a contact activity.';
comment on column rollup.lead_work_day.previous_day is 'The day before on which the same member worked it; -infinity when there is none.';
comment on column rollup.lead_work_day.works is 'Pieces of that work: tasks and notes created, contact activities logged.';
