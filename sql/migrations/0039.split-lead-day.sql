-- Contacts, complaints and ratings of a day's leads, apart from the leads themselves: one more
-- contact no longer has all leads of the day read again.
-- depends: 0038.create-segment-hour

-- The deploy that brings the definitions fills the new tables.
-- squawk-ignore-file ban-drop-column, ban-drop-view

create table rollup.lead_contact_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    branch_id uuid not null,
    source text not null,
    contact_attempts bigint not null,
    leads_min_2_attempts bigint not null,
    primary key (workspace_id, day, subject_id, branch_id, source)
);
alter table rollup.lead_contact_day owner to leadboard_rollup;

create table rollup.lead_service_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    branch_id uuid not null,
    source text not null,
    complaints bigint not null,
    ratings bigint not null,
    rating_sum bigint not null,
    primary key (workspace_id, day, subject_id, branch_id, source)
);
alter table rollup.lead_service_day owner to leadboard_rollup;

-- It is made anew by the same deploy.
drop view if exists analytics.lead_day;

alter table rollup.lead_day
drop column contact_attempts,
drop column leads_min_2_attempts,
drop column complaints,
drop column ratings,
drop column rating_sum;

comment on table rollup.lead_day is 'One row per branch, credited owner, source and local day the leads came in: what became of those leads, whenever (cohort).';
comment on table rollup.lead_contact_day is 'One row per branch, credited owner, source and local day the leads came in, where any was contacted: how often they were, whenever (cohort).';
comment on column rollup.lead_contact_day.workspace_id is 'The tenant.';
comment on column rollup.lead_contact_day.day is 'Local day the leads were created, in the zone of their branch.';
comment on column rollup.lead_contact_day.subject_id is 'The credited owner of the leads; the nil UUID for nobody.';
comment on column rollup.lead_contact_day.branch_id is 'Branch of the leads; the nil UUID for none.';
comment on column rollup.lead_contact_day.source is 'Source of the leads.';
comment on column rollup.lead_contact_day.contact_attempts is 'Contact activities on those leads, whenever.';
comment on column rollup.lead_contact_day.leads_min_2_attempts is 'Leads with two or more contact activities.';

comment on table rollup.lead_service_day is 'One row per branch, credited owner, source and local day the leads came in, where any complained or rated: what they said, whenever (cohort).';
comment on column rollup.lead_service_day.workspace_id is 'The tenant.';
comment on column rollup.lead_service_day.day is 'Local day the leads were created, in the zone of their branch.';
comment on column rollup.lead_service_day.subject_id is 'The credited owner of the leads; the nil UUID for nobody.';
comment on column rollup.lead_service_day.branch_id is 'Branch of the leads; the nil UUID for none.';
comment on column rollup.lead_service_day.source is 'Source of the leads.';
comment on column rollup.lead_service_day.complaints is 'Complaints about those leads, whenever.';
comment on column rollup.lead_service_day.ratings is 'Ratings of those leads, whenever.';
comment on column rollup.lead_service_day.rating_sum is 'Sum of those ratings.';
