-- Routing: settings, decisions, what each partner carries and is owed, offers and waiting leads.
-- depends: 0012.withhold-server-functions

create schema routing;
comment on schema routing is 'Who gets this lead: candidates, decisions, offers, and the explanation of each.';
grant usage on schema routing to leadboard_owner, leadboard_rollup, leadboard_view, leadboard_api,
leadboard_router, leadboard_ops;
grant create on schema routing to leadboard_owner;

create table routing.settings (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    version integer not null,
    region_weight integer not null,
    performance_weight integer not null,
    fairness_weight integer not null,
    accept_minutes integer not null,
    exploration_share numeric not null,
    max_hops integer not null,
    created_by_user_id uuid,
    created_at timestamptz not null default now(),
    primary key (workspace_id, version),
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint settings_version_positive check (version >= 1),
    constraint settings_sliders_bounds check (
        region_weight between 0 and 100
        and performance_weight between 0 and 100
        and fairness_weight between 0 and 100
    ),
    constraint settings_sliders_not_all_zero
    check (region_weight + performance_weight + fairness_weight > 0),
    constraint settings_accept_minutes_bounds check (accept_minutes between 1 and 43200),
    constraint settings_exploration_share_bounds check (exploration_share between 0 and 0.5),
    constraint settings_max_hops_bounds check (max_hops between 1 and 50)
);
create index settings_created_by on routing.settings (workspace_id, created_by_user_id);

create table routing.lead_assignment_logs (
    workspace_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    hop integer not null,
    kind text not null,
    chosen_user_id uuid,
    routed_on date,
    idempotency_key text,
    lead_snapshot jsonb not null,
    candidates jsonb not null,
    settings_version integer not null,
    weights_version integer,
    curves_version integer,
    probability numeric,
    credit_before numeric,
    credit_after numeric,
    outcome text,
    outcome_reason text,
    outcome_at timestamptz,
    requested_by text not null,
    latency_ms numeric not null,
    decided_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, chosen_user_id) references crm.members (workspace_id, user_id),
    constraint lead_assignment_logs_key_unique unique (workspace_id, idempotency_key),
    constraint lead_assignment_logs_kind_known
    check (kind in ('best', 'explored', 'sticky', 'unroutable', 'human_queue')),
    constraint lead_assignment_logs_hop_positive check (hop >= 1),
    constraint lead_assignment_logs_chosen_true check (
        (chosen_user_id is null) = (kind in ('unroutable', 'human_queue'))
        and (chosen_user_id is null) = (routed_on is null)
    ),
    constraint lead_assignment_logs_outcome_known
    check (outcome in ('accepted', 'rejected', 'timed_out', 'withdrawn')),
    constraint lead_assignment_logs_text_length check (
        char_length(idempotency_key) between 1 and 200 and char_length(outcome_reason) <= 1000
        and char_length(requested_by) <= 200
    )
);
create unique index lead_assignment_logs_hop
on routing.lead_assignment_logs (workspace_id, lead_id, hop);
create index lead_assignment_logs_chosen
on routing.lead_assignment_logs (workspace_id, chosen_user_id, routed_on, decided_at);
create index lead_assignment_logs_decided_at
on routing.lead_assignment_logs (workspace_id, decided_at);

create table routing.partner_load (
    workspace_id uuid not null,
    user_id uuid not null,
    open_leads integer not null default 0,
    day date,
    routed_today integer not null default 0,
    routed_this_month integer not null default 0,
    last_lead_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, user_id),
    foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id)
) with (fillfactor = 50);

-- Written by every path that opens, closes or moves a lead, without waiting for anybody; no unique
-- key, no upsert. Folded into partner_load by whoever holds the workspace's routing lock.
create table routing.load_changes (
    workspace_id uuid not null,
    user_id uuid not null,
    open_delta integer not null,
    routed_on date,
    routed_delta integer not null
);
create index load_changes_user_id on routing.load_changes (workspace_id, user_id);

create table routing.partner_credit (
    workspace_id uuid not null,
    user_id uuid not null,
    credit numeric not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, user_id),
    foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id)
) with (fillfactor = 50);

create table routing.offers (
    workspace_id uuid not null,
    decision_id uuid not null,
    lead_id uuid not null,
    user_id uuid not null,
    offered_at timestamptz not null,
    deadline timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, decision_id),
    foreign key (workspace_id, decision_id)
    references routing.lead_assignment_logs (workspace_id, id) on delete cascade,
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id)
);
create unique index offers_one_per_lead on routing.offers (workspace_id, lead_id);
create index offers_user_id on routing.offers (workspace_id, user_id);
create index offers_deadline on routing.offers (workspace_id, deadline);

create table routing.waiting_leads (
    workspace_id uuid not null,
    lead_id uuid not null,
    queue text not null,
    reasons jsonb not null,
    hops integer not null,
    since timestamptz not null,
    tried_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, lead_id),
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    constraint waiting_leads_queue_known check (queue in ('eligibility', 'human'))
);

-- The other open leads of the same person: a relation stays with its partner. Migrations run in a
-- transaction, where an index cannot be made concurrently; nothing was released before this one.
-- squawk-ignore require-concurrent-index-creation
create index leads_email on crm.leads (workspace_id, lower(email)) where email is not null;
-- squawk-ignore require-concurrent-index-creation
create index leads_phone on crm.leads (workspace_id, phone) where phone is not null;

alter table routing.settings owner to leadboard_owner;
alter table routing.lead_assignment_logs owner to leadboard_owner;
alter table routing.partner_load owner to leadboard_owner;
alter table routing.load_changes owner to leadboard_owner;
alter table routing.partner_credit owner to leadboard_owner;
alter table routing.offers owner to leadboard_owner;
alter table routing.waiting_leads owner to leadboard_owner;

comment on table routing.settings is 'How leads are routed in a workspace; the highest version counts, routing.active_settings() has the defaults.';
comment on column routing.settings.workspace_id is 'The tenant.';
comment on column routing.settings.version is 'Raised with every change; old decisions stay explicable.';
comment on column routing.settings.region_weight is 'Slider 0-100: weight of the region fit.';
comment on column routing.settings.performance_weight is 'Slider 0-100: weight of the performance score.';
comment on column routing.settings.fairness_weight is 'Slider 0-100: weight of fairness.';
comment on column routing.settings.accept_minutes is 'Minutes that a partner has to accept an offered lead.';
comment on column routing.settings.exploration_share is 'Share 0-0.5 of decisions that take any eligible partner at random, so that other settings can be judged by what happened.';
comment on column routing.settings.max_hops is 'Refusals (rejected or timed out) after which a lead waits for a human.';
comment on column routing.settings.created_by_user_id is 'Who made this version; null for a login that stands for a workspace.';
comment on column routing.settings.created_at is 'When the row was written.';

comment on table routing.lead_assignment_logs is 'One row per decision about a lead: who could have had it, who got it, why, and what became of it.';
comment on column routing.lead_assignment_logs.workspace_id is 'The tenant.';
comment on column routing.lead_assignment_logs.id is 'The decision.';
comment on column routing.lead_assignment_logs.lead_id is 'The lead.';
comment on column routing.lead_assignment_logs.hop is 'Number of the decision among those about this lead, from 1.';
comment on column routing.lead_assignment_logs.kind is 'best, explored (drawn at random), sticky (back to the partner of the same person), unroutable (nobody eligible) or human_queue (too many refusals).';
comment on column routing.lead_assignment_logs.chosen_user_id is 'The partner; null when there is none.';
comment on column routing.lead_assignment_logs.routed_on is 'The local day of the partner that the decision counts for under the caps.';
comment on column routing.lead_assignment_logs.idempotency_key is 'Key of the request, given by the caller: the same key gets the same decision.';
comment on column routing.lead_assignment_logs.lead_snapshot is 'What routing knew of the lead: postcode, province, country, industry, status. An erased lead loses its postcode.';
comment on column routing.lead_assignment_logs.candidates is 'Every candidate: rank, parts, total, share accrued, or the codes why refused.';
comment on column routing.lead_assignment_logs.settings_version is 'Version of routing.settings; 0 for the defaults.';
comment on column routing.lead_assignment_logs.weights_version is 'Version of scoring.weights behind the chosen partners score; null without one.';
comment on column routing.lead_assignment_logs.curves_version is 'Version of scoring.curves behind it.';
comment on column routing.lead_assignment_logs.probability is 'Probability 0-1 with which this partner was to be chosen.';
comment on column routing.lead_assignment_logs.credit_before is 'Credit of the chosen partner before the decision, in leads.';
comment on column routing.lead_assignment_logs.credit_after is 'The same after it.';
comment on column routing.lead_assignment_logs.outcome is 'accepted, rejected, timed_out, or withdrawn (re-assigned or closed by others); null while the offer stands.';
comment on column routing.lead_assignment_logs.outcome_reason is 'Why the partner rejected, in the partners words.';
comment on column routing.lead_assignment_logs.outcome_at is 'When.';
comment on column routing.lead_assignment_logs.requested_by is 'The login that asked, or the person as a UUID.';
comment on column routing.lead_assignment_logs.latency_ms is 'Milliseconds that the decision took, waiting for locks left out.';
comment on column routing.lead_assignment_logs.decided_at is 'When the decision was made.';
comment on column routing.lead_assignment_logs.created_at is 'When the row was written.';
comment on column routing.lead_assignment_logs.updated_at is 'When the row was last changed.';

comment on table routing.partner_load is 'What each partner carries; together with routing.load_changes kept equal to the facts, as ops.verify() proves.';
comment on column routing.partner_load.workspace_id is 'The tenant.';
comment on column routing.partner_load.user_id is 'The partner.';
comment on column routing.partner_load.open_leads is 'Leads owned in an open status.';
comment on column routing.partner_load.day is 'Latest local day on which the partner was routed a lead; the two counts below are of it.';
comment on column routing.partner_load.routed_today is 'Leads routed on that day; rejected ones gave their place back.';
comment on column routing.partner_load.routed_this_month is 'Leads routed in the month of that day.';
comment on column routing.partner_load.last_lead_at is 'When the partner was last routed a lead.';
comment on column routing.partner_load.created_at is 'When the row was written.';
comment on column routing.partner_load.updated_at is 'When the row was last changed.';

comment on table routing.load_changes is 'Changes of what partners carry that are not yet folded into routing.partner_load.';
comment on column routing.load_changes.workspace_id is 'The tenant.';
comment on column routing.load_changes.user_id is 'The partner.';
comment on column routing.load_changes.open_delta is 'How many more leads are open.';
comment on column routing.load_changes.routed_on is 'The local day of a routed lead; null for a change that routing did not make.';
comment on column routing.load_changes.routed_delta is 'How many more leads were routed on it.';

comment on table routing.partner_credit is 'What each partner is owed, in leads: shares accrued less leads received. Sums to zero in every workspace.';
comment on column routing.partner_credit.workspace_id is 'The tenant.';
comment on column routing.partner_credit.user_id is 'The partner.';
comment on column routing.partner_credit.credit is 'Leads owed; negative when the partner had more than the share.';
comment on column routing.partner_credit.created_at is 'When the row was written.';
comment on column routing.partner_credit.updated_at is 'When the row was last changed.';

comment on table routing.offers is 'One row per lead that a partner was offered and has not yet accepted.';
comment on column routing.offers.workspace_id is 'The tenant.';
comment on column routing.offers.decision_id is 'The decision that offered it.';
comment on column routing.offers.lead_id is 'The lead.';
comment on column routing.offers.user_id is 'The partner.';
comment on column routing.offers.offered_at is 'When it was offered.';
comment on column routing.offers.deadline is 'When the offer times out.';
comment on column routing.offers.created_at is 'When the row was written.';

comment on table routing.waiting_leads is 'Leads that nobody has got: nothing is dropped.';
comment on column routing.waiting_leads.workspace_id is 'The tenant.';
comment on column routing.waiting_leads.lead_id is 'The lead.';
comment on column routing.waiting_leads.queue is 'eligibility (tried again when somebody may have become eligible) or human.';
comment on column routing.waiting_leads.reasons is 'How many candidates were refused for each code.';
comment on column routing.waiting_leads.hops is 'Refusals of the lead so far.';
comment on column routing.waiting_leads.since is 'Since when the lead waits.';
comment on column routing.waiting_leads.tried_at is 'When it was last tried; -infinity to try at once.';
comment on column routing.waiting_leads.created_at is 'When the row was written.';
comment on column routing.waiting_leads.updated_at is 'When the row was last changed.';

comment on column crm.profiles.regions is 'Provinces or regions served; empty, as lead_locations is, means national.';

-- What is open already. From here on the triggers of crm.leads count.
insert into routing.partner_load (workspace_id, user_id, open_leads)
select
    l.workspace_id,
    l.owner_user_id,
    count(*)
from crm.leads as l
where
    l.owner_user_id is not null
    and l.status in ('new', 'accepted', 'contacted', 'in_progress', 'qualified')
group by l.workspace_id, l.owner_user_id;
