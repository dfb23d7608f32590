-- Daily rollups and the log of cells that changed.
-- depends: 0008.create-events-and-imports

create table rollup.lead_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    branch_id uuid not null,
    source text not null,
    leads bigint not null,
    assigned bigint not null,
    accepted bigint not null,
    rejected bigint not null,
    acceptance_seconds numeric not null,
    contacted bigint not null,
    contacted_1h bigint not null,
    contacted_24h bigint not null,
    response_seconds numeric not null,
    reached_contacted bigint not null,
    reached_interested bigint not null,
    won bigint not null,
    lost bigint not null,
    won_value numeric not null,
    won_valued bigint not null,
    won_price numeric not null,
    won_priced bigint not null,
    contact_attempts bigint not null,
    leads_min_2_attempts bigint not null,
    complaints bigint not null,
    ratings bigint not null,
    rating_sum bigint not null,
    primary key (workspace_id, day, subject_id, branch_id, source)
);
alter table rollup.lead_day owner to leadboard_rollup;

create table rollup.activity_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    branch_id uuid not null,
    type text not null,
    activities bigint not null,
    duration_seconds bigint not null,
    primary key (workspace_id, day, subject_id, branch_id, type)
);
alter table rollup.activity_day owner to leadboard_rollup;

create table rollup.task_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    created bigint not null,
    created_completed bigint not null,
    completed bigint not null,
    due bigint not null,
    done_on_time bigint not null,
    primary key (workspace_id, day, subject_id)
);
alter table rollup.task_day owner to leadboard_rollup;

create table rollup.outcome_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    branch_id uuid not null,
    source text not null,
    won bigint not null,
    lost bigint not null,
    revenue numeric not null,
    price numeric not null,
    primary key (workspace_id, day, subject_id, branch_id, source)
);
alter table rollup.outcome_day owner to leadboard_rollup;

create table rollup.worked_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    previous_day date not null,
    leads bigint not null,
    primary key (workspace_id, day, subject_id, previous_day)
);
alter table rollup.worked_day owner to leadboard_rollup;

create table rollup.service_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    ratings bigint not null,
    rating_sum bigint not null,
    tickets bigint not null,
    complaints bigint not null,
    upheld_complaints bigint not null,
    primary key (workspace_id, day, subject_id)
);
alter table rollup.service_day owner to leadboard_rollup;

create table rollup.call_hour (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    branch_id uuid not null,
    hour smallint not null,
    direction text not null,
    status text not null,
    outcome text not null,
    calls bigint not null,
    duration_seconds bigint not null,
    primary key (workspace_id, day, subject_id, branch_id, hour, direction, status, outcome)
);
alter table rollup.call_hour owner to leadboard_rollup;

create table rollup.campaign_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    campaign_id uuid not null,
    variant text not null,
    sent bigint not null,
    delivered bigint not null,
    opened bigint not null,
    machine_opened bigint not null,
    clicked bigint not null,
    replied bigint not null,
    bounced bigint not null,
    converted bigint not null,
    reply_seconds numeric not null,
    primary key (workspace_id, day, subject_id, campaign_id, variant)
);
alter table rollup.campaign_day owner to leadboard_rollup;

create table rollup.segment_day (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    variant text not null,
    sent bigint not null,
    delivered bigint not null,
    opened bigint not null,
    machine_opened bigint not null,
    clicked bigint not null,
    replied bigint not null,
    bounced bigint not null,
    converted bigint not null,
    reply_seconds numeric not null,
    primary key (workspace_id, day, subject_id, variant)
);
alter table rollup.segment_day owner to leadboard_rollup;

-- Append-only: no key, no upsert. An `on conflict do nothing` against a row that a refresh is just
-- deleting would lose the change. It fills and empties all day, so it is vacuumed early: an empty
-- log must also be quick to read.
create table rollup.dirty_cells (
    workspace_id uuid not null,
    family text not null,
    subject_id uuid not null,
    hour_at timestamptz not null
) with (
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 0
);
alter table rollup.dirty_cells owner to leadboard_rollup;

comment on table rollup.lead_day is 'One row per branch, credited owner, source and local day the leads came in: everything that ever happened to those leads (cohort).';
comment on column rollup.lead_day.workspace_id is 'The tenant.';
comment on column rollup.lead_day.day is 'Local day the leads were created, in the zone of their branch.';
comment on column rollup.lead_day.subject_id is 'The credited owner of the leads; the nil UUID for nobody.';
comment on column rollup.lead_day.branch_id is 'Branch of the leads; the nil UUID for none.';
comment on column rollup.lead_day.source is 'Source of the leads.';
comment on column rollup.lead_day.leads is 'Leads created.';
comment on column rollup.lead_day.assigned is 'Of those, leads that have an owner (assigned_at set).';
comment on column rollup.lead_day.accepted is 'Of those, accepted.';
comment on column rollup.lead_day.rejected is 'Of those, rejected.';
comment on column rollup.lead_day.acceptance_seconds is 'Sum of accepted_at - created_at over the accepted, in seconds, never below 0 for one lead.';
comment on column rollup.lead_day.contacted is 'Of those, contacted (first_contact_at set).';
comment on column rollup.lead_day.contacted_1h is 'Of those, contacted within an hour.';
comment on column rollup.lead_day.contacted_24h is 'Of those, contacted within 24 hours.';
comment on column rollup.lead_day.response_seconds is 'Sum of first_contact_at - created_at over the contacted, in seconds, never below 0 for one lead.';
comment on column rollup.lead_day.reached_contacted is 'Of those, contacted or past it (interested or won).';
comment on column rollup.lead_day.reached_interested is 'Of those, interested or past it (won).';
comment on column rollup.lead_day.won is 'Of those, won by now.';
comment on column rollup.lead_day.lost is 'Of those, lost by now.';
comment on column rollup.lead_day.won_value is 'Sum of deal_value of the won.';
comment on column rollup.lead_day.won_valued is 'The won whose deal_value is known.';
comment on column rollup.lead_day.won_price is 'Sum of price_at_purchase of the won.';
comment on column rollup.lead_day.won_priced is 'The won whose price_at_purchase is known.';
comment on column rollup.lead_day.contact_attempts is 'Contact activities on those leads, whenever.';
comment on column rollup.lead_day.leads_min_2_attempts is 'Leads with two or more contact activities.';
comment on column rollup.lead_day.complaints is 'Complaints about those leads, whenever.';
comment on column rollup.lead_day.ratings is 'Ratings of those leads, whenever.';
comment on column rollup.lead_day.rating_sum is 'Sum of those ratings.';

comment on table rollup.activity_day is 'One row per branch, actor, type and local day: activities that happened (event).';
comment on column rollup.activity_day.workspace_id is 'The tenant.';
comment on column rollup.activity_day.day is 'Local day they happened, in the zone of the leads branch.';
comment on column rollup.activity_day.subject_id is 'The actor of the activities; the nil UUID for nobody.';
comment on column rollup.activity_day.branch_id is 'Branch of the leads; the nil UUID for none.';
comment on column rollup.activity_day.type is 'Activity type.';
comment on column rollup.activity_day.activities is 'Activities.';
comment on column rollup.activity_day.duration_seconds is 'Sum of their lengths, in seconds.';

comment on table rollup.task_day is 'One row per member and local day: tasks created, completed and due (event).';
comment on column rollup.task_day.workspace_id is 'The tenant.';
comment on column rollup.task_day.day is 'Local day, in the zone of the leads branch.';
comment on column rollup.task_day.subject_id is 'The member: creator, completer or assignee, as each measure says; the nil UUID for nobody.';
comment on column rollup.task_day.created is 'Tasks the member created that day.';
comment on column rollup.task_day.created_completed is 'Of those created, completed by now.';
comment on column rollup.task_day.completed is 'Tasks the member completed that day.';
comment on column rollup.task_day.due is 'Tasks of the member (assignee) due that day and not cancelled.';
comment on column rollup.task_day.done_on_time is 'Of those due, completed by the time they were due.';

comment on table rollup.outcome_day is 'One row per branch, credited owner, source and local day of the outcome (event).';
comment on column rollup.outcome_day.workspace_id is 'The tenant.';
comment on column rollup.outcome_day.day is 'Local day of won_at or lost_at, in the zone of the leads branch.';
comment on column rollup.outcome_day.subject_id is 'The credited owner of the leads; the nil UUID for nobody.';
comment on column rollup.outcome_day.branch_id is 'Branch of the leads; the nil UUID for none.';
comment on column rollup.outcome_day.source is 'Source of the leads.';
comment on column rollup.outcome_day.won is 'Leads won that day and still won.';
comment on column rollup.outcome_day.lost is 'Leads lost that day and still lost.';
comment on column rollup.outcome_day.revenue is 'Sum of deal_value of those won.';
comment on column rollup.outcome_day.price is 'Sum of price_at_purchase of those won.';

comment on table rollup.worked_day is 'One row per actor, local day and the previous day the same actor worked the same lead. Distinct leads worked in [a, b) = sum(leads) where day in [a, b) and previous_day < a.';
comment on column rollup.worked_day.workspace_id is 'The tenant.';
comment on column rollup.worked_day.day is 'Local day of the work, in the zone of the leads branch.';
comment on column rollup.worked_day.subject_id is 'The member who worked the leads: created a task or a note, or logged a contact activity; the nil UUID for nobody.';
comment on column rollup.worked_day.previous_day is 'The day before on which the actor worked the lead; -infinity when there is none.';
comment on column rollup.worked_day.leads is 'Distinct leads worked.';

comment on table rollup.service_day is 'One row per member and local day: ratings given to and tickets opened about the member (event).';
comment on column rollup.service_day.workspace_id is 'The tenant.';
comment on column rollup.service_day.day is 'Local day, in the zone of the leads branch.';
comment on column rollup.service_day.subject_id is 'The rated or addressed member; the nil UUID for nobody.';
comment on column rollup.service_day.ratings is 'Ratings given.';
comment on column rollup.service_day.rating_sum is 'Sum of the ratings, 1-5 each.';
comment on column rollup.service_day.tickets is 'Tickets opened.';
comment on column rollup.service_day.complaints is 'Of those, complaints.';
comment on column rollup.service_day.upheld_complaints is 'Of those, found right.';

comment on table rollup.call_hour is 'One row per branch, member, local day and hour, direction, status and outcome: calls (event).';
comment on column rollup.call_hour.workspace_id is 'The tenant.';
comment on column rollup.call_hour.day is 'Local day the call began, in the zone of its branch.';
comment on column rollup.call_hour.subject_id is 'The member who called or answered; the nil UUID for nobody.';
comment on column rollup.call_hour.branch_id is 'Branch of the call; the nil UUID for none.';
comment on column rollup.call_hour.hour is 'Local hour, 0-23.';
comment on column rollup.call_hour.direction is 'inbound or outbound.';
comment on column rollup.call_hour.status is 'completed, missed or failed.';
comment on column rollup.call_hour.outcome is 'Outcome; empty where none is known.';
comment on column rollup.call_hour.calls is 'Calls.';
comment on column rollup.call_hour.duration_seconds is 'Sum of their lengths, in seconds.';

comment on table rollup.campaign_day is 'One row per campaign, variant, owner at send and local day it was sent (event by send day): recipients, not messages.';
comment on column rollup.campaign_day.workspace_id is 'The tenant.';
comment on column rollup.campaign_day.day is 'Local day of sent_at, in the zone of the leads branch.';
comment on column rollup.campaign_day.subject_id is 'The credited owner when it was sent; the nil UUID for nobody.';
comment on column rollup.campaign_day.campaign_id is 'The campaign.';
comment on column rollup.campaign_day.variant is 'A/B variant; empty where there is none.';
comment on column rollup.campaign_day.sent is 'Recipients sent to.';
comment on column rollup.campaign_day.delivered is 'Of those, delivered.';
comment on column rollup.campaign_day.opened is 'Of those, opened by a person.';
comment on column rollup.campaign_day.machine_opened is 'Of those, opened by a machine.';
comment on column rollup.campaign_day.clicked is 'Of those, clicked.';
comment on column rollup.campaign_day.replied is 'Of those, replied, not before it was sent.';
comment on column rollup.campaign_day.bounced is 'Of those, bounced.';
comment on column rollup.campaign_day.converted is 'Of those, won after it was sent.';
comment on column rollup.campaign_day.reply_seconds is 'Sum of first_replied_at - sent_at over the replied, in seconds.';

comment on table rollup.segment_day is 'One row per segment, variant and local day it was sent (event by send day): recipients, by the segments they were in when sent to.';
comment on column rollup.segment_day.workspace_id is 'The tenant.';
comment on column rollup.segment_day.day is 'Local day of sent_at, in the zone of the leads branch.';
comment on column rollup.segment_day.subject_id is 'The segment.';
comment on column rollup.segment_day.variant is 'A/B variant; empty where there is none.';
comment on column rollup.segment_day.sent is 'Recipients sent to.';
comment on column rollup.segment_day.delivered is 'Of those, delivered.';
comment on column rollup.segment_day.opened is 'Of those, opened by a person.';
comment on column rollup.segment_day.machine_opened is 'Of those, opened by a machine.';
comment on column rollup.segment_day.clicked is 'Of those, clicked.';
comment on column rollup.segment_day.replied is 'Of those, replied, not before it was sent.';
comment on column rollup.segment_day.bounced is 'Of those, bounced.';
comment on column rollup.segment_day.converted is 'Of those, won after it was sent.';
comment on column rollup.segment_day.reply_seconds is 'Sum of first_replied_at - sent_at over the replied, in seconds.';

comment on table rollup.dirty_cells is 'Log of what changed since the last refresh: cells of the rollups, and leads whose cells the refresh looks up. An entry may stand in it many times.';
comment on column rollup.dirty_cells.workspace_id is 'The tenant.';
comment on column rollup.dirty_cells.family is 'The rollup (lead_day, activity_day, ...), or one of the marks that rollup.dirty_cells_of explains: lead, contact, work, recipient, branch, all, shown.';
comment on column rollup.dirty_cells.subject_id is 'Owner, actor or segment of the cell, or the lead of a mark; the nil UUID for nobody.';
comment on column rollup.dirty_cells.hour_at is 'Start of the hour in which the fact lies: the refresh knows the time zones, the writer need not. -infinity when all times are meant.';
