-- Campaigns, their recipients, segments, and the segments a recipient was in when it was sent to.
-- depends: 0005.create-work

create table crm.segments (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    id uuid not null,
    name text not null,
    filter jsonb not null default '{}',
    version integer not null default 1,
    archived_at timestamptz,
    created_by_user_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint segments_name_unique unique (workspace_id, name),
    constraint segments_name_length check (char_length(name) between 1 and 200),
    constraint segments_filter_is_object
    check (jsonb_typeof(filter) = 'object' and pg_column_size(filter) <= 65536),
    constraint segments_version_positive check (version >= 1)
);
create index segments_created_by on crm.segments (workspace_id, created_by_user_id);

create table crm.campaigns (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    id uuid not null,
    name text not null,
    segment_id uuid,
    variants text[] not null default '{}',
    created_by_user_id uuid,
    source_system text not null default 'leadboard',
    external_id text,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, segment_id) references crm.segments (workspace_id, id),
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint campaigns_external_id_unique unique (workspace_id, source_system, external_id),
    constraint campaigns_name_length check (char_length(name) between 1 and 300),
    constraint campaigns_variants_count check (cardinality(variants) <= 26),
    constraint campaigns_external_id_length
    check (
        char_length(source_system) between 1 and 100 and char_length(external_id) between 1 and 300
    )
);
create index campaigns_segment_id on crm.campaigns (workspace_id, segment_id);
create index campaigns_created_by on crm.campaigns (workspace_id, created_by_user_id);

create table crm.campaign_leads (
    workspace_id uuid not null,
    campaign_id uuid not null,
    lead_id uuid not null,
    owner_at_send uuid,
    variant text not null default '',
    sent_at timestamptz,
    delivered_at timestamptz,
    first_opened_at timestamptz,
    machine_opened boolean not null default false,
    first_clicked_at timestamptz,
    first_replied_at timestamptz,
    bounced_at timestamptz,
    bounce_kind text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, campaign_id, lead_id),
    foreign key (workspace_id, campaign_id)
    references crm.campaigns (workspace_id, id) on delete cascade,
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, owner_at_send) references crm.members (workspace_id, user_id),
    constraint campaign_leads_variant_length check (char_length(variant) <= 100),
    constraint campaign_leads_bounce_kind_known check (bounce_kind in ('hard', 'soft'))
);
create index campaign_leads_lead_id on crm.campaign_leads (workspace_id, lead_id);
create index campaign_leads_owner on crm.campaign_leads (workspace_id, owner_at_send);
-- The cells of rollup.campaign_day.
create index campaign_leads_subject_sent_at on crm.campaign_leads (
    workspace_id, (coalesce(owner_at_send, '00000000-0000-0000-0000-000000000000'::uuid)), sent_at
);

create table crm.campaign_lead_segments (
    workspace_id uuid not null,
    campaign_id uuid not null,
    lead_id uuid not null,
    segment_id uuid not null,
    segment_version integer not null,
    sent_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, campaign_id, lead_id, segment_id),
    foreign key (workspace_id, campaign_id, lead_id)
    references crm.campaign_leads (workspace_id, campaign_id, lead_id) on delete cascade,
    foreign key (workspace_id, segment_id) references crm.segments (workspace_id, id)
);
-- The cells of rollup.segment_day.
create index campaign_lead_segments_segment_sent_at
on crm.campaign_lead_segments (workspace_id, segment_id, sent_at);

alter table crm.segments owner to leadboard_owner;
alter table crm.campaigns owner to leadboard_owner;
alter table crm.campaign_leads owner to leadboard_owner;
alter table crm.campaign_lead_segments owner to leadboard_owner;

comment on table crm.segments is 'One row per saved description of a group of leads.';
comment on column crm.segments.workspace_id is 'The tenant.';
comment on column crm.segments.id is 'The segment.';
comment on column crm.segments.name is 'Name, unique in the workspace.';
comment on column crm.segments.filter is 'The rule: optional keys, ANDed; values of a list ORed.';
comment on column crm.segments.version is 'Raised when the rule changes.';
comment on column crm.segments.archived_at is 'When it was put away; its figures stay.';
comment on column crm.segments.created_by_user_id is 'Who made it.';
comment on column crm.segments.created_at is 'When the row was written.';
comment on column crm.segments.updated_at is 'When the row was last changed.';

comment on table crm.campaigns is 'One row per campaign.';
comment on column crm.campaigns.workspace_id is 'The tenant.';
comment on column crm.campaigns.id is 'The campaign.';
comment on column crm.campaigns.name is 'Name.';
comment on column crm.campaigns.segment_id is 'The segment it was made for.';
comment on column crm.campaigns.variants is 'Names of the A/B variants.';
comment on column crm.campaigns.created_by_user_id is 'Who made it; its results belong to the owners of the leads.';
comment on column crm.campaigns.source_system is 'The system that external_id comes from.';
comment on column crm.campaigns.external_id is 'The campaign''s key in the source system.';
comment on column crm.campaigns.created_at is 'When the campaign was made (event time).';
comment on column crm.campaigns.updated_at is 'When the row was last changed.';

comment on table crm.campaign_leads is 'One row per campaign and recipient, with the first time of each outcome.';
comment on column crm.campaign_leads.workspace_id is 'The tenant.';
comment on column crm.campaign_leads.campaign_id is 'The campaign.';
comment on column crm.campaign_leads.lead_id is 'The recipient.';
comment on column crm.campaign_leads.owner_at_send is 'Whom the result belongs to: the credited owner when it was sent.';
comment on column crm.campaign_leads.variant is 'A/B variant; empty where there is none.';
comment on column crm.campaign_leads.sent_at is 'When it was sent; null while it was not.';
comment on column crm.campaign_leads.delivered_at is 'When it was delivered.';
comment on column crm.campaign_leads.first_opened_at is 'First open by a person.';
comment on column crm.campaign_leads.machine_opened is 'Whether a machine (privacy proxy, scanner) opened it; counted apart.';
comment on column crm.campaign_leads.first_clicked_at is 'First click.';
comment on column crm.campaign_leads.first_replied_at is 'First reply by a person, not by an auto-responder; counted when it does not precede sent_at.';
comment on column crm.campaign_leads.bounced_at is 'When it bounced.';
comment on column crm.campaign_leads.bounce_kind is 'hard or soft.';
comment on column crm.campaign_leads.created_at is 'When the row was written.';
comment on column crm.campaign_leads.updated_at is 'When the row was last changed.';

comment on table crm.campaign_lead_segments is 'The segments a recipient was in when it was sent to: a snapshot.';
comment on column crm.campaign_lead_segments.workspace_id is 'The tenant.';
comment on column crm.campaign_lead_segments.campaign_id is 'The campaign.';
comment on column crm.campaign_lead_segments.lead_id is 'The recipient.';
comment on column crm.campaign_lead_segments.segment_id is 'The segment.';
comment on column crm.campaign_lead_segments.segment_version is 'The version of the segment''s rule that matched.';
comment on column crm.campaign_lead_segments.sent_at is 'Copy of campaign_leads.sent_at, so that a segment''s day is one index range. Kept by trigger.';
comment on column crm.campaign_lead_segments.created_at is 'When the row was written.';
comment on column crm.campaign_lead_segments.updated_at is 'When the row was last changed.';
