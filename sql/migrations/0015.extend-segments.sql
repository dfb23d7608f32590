-- Segments: versions of their rules, history matched afterwards, and recipients by campaign, owner
-- and hour.
-- depends: 0013.create-routing

-- Everything is one transaction, which knows no concurrent index; the rollup is emptied before its
-- key changes, so there is nothing to scan and no row without a value.
-- squawk-ignore-file require-concurrent-index-creation, adding-required-field, ban-drop-constraint
-- squawk-ignore-file constraint-missing-not-valid, adding-serial-primary-key-field

create table crm.segment_versions (
    workspace_id uuid not null,
    segment_id uuid not null,
    version integer not null,
    filter jsonb not null,
    created_by_user_id uuid,
    created_at timestamptz not null,
    primary key (workspace_id, segment_id, version),
    foreign key (workspace_id, segment_id)
    references crm.segments (workspace_id, id) on delete cascade,
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint segment_versions_version_positive check (version >= 1),
    constraint segment_versions_filter_is_object
    check (jsonb_typeof(filter) = 'object' and pg_column_size(filter) <= 65536)
);
create index segment_versions_created_by
on crm.segment_versions (workspace_id, created_by_user_id);
alter table crm.segment_versions owner to leadboard_owner;

insert into crm.segment_versions (
    workspace_id, segment_id, version, filter, created_by_user_id, created_at
)
select
    s.workspace_id,
    s.id,
    s.version,
    s.filter,
    s.created_by_user_id,
    s.updated_at
from crm.segments as s;

alter table crm.segments add column matched_version integer not null default 0;

alter table crm.campaign_leads add column segments_taken_at timestamptz;
update crm.campaign_leads as r
set segments_taken_at = r.sent_at
where
    exists (
        select from crm.campaign_lead_segments as s
        where
            s.workspace_id = r.workspace_id
            and s.campaign_id = r.campaign_id
            and s.lead_id = r.lead_id
    );
-- History that is matched with a rule afterwards.
create index campaign_leads_history on crm.campaign_leads (workspace_id, lead_id)
where sent_at is not null and segments_taken_at is null;

alter table crm.campaign_lead_segments
add column is_recomputed boolean not null default false;
create index campaign_lead_segments_recomputed
on crm.campaign_lead_segments (workspace_id, segment_id) where is_recomputed;

-- Lists of leads, newest first, and rules about when a lead came in.
create index leads_created_at on crm.leads (workspace_id, created_at, id);

-- The deploy that changes the definition fills it again.
truncate rollup.segment_day;
alter table rollup.segment_day
add column segment_version integer not null,
add column campaign_id uuid not null,
add column owner_id uuid not null,
add column hour smallint not null,
add column recomputed bigint not null;
alter table rollup.segment_day drop constraint segment_day_pkey;
alter table rollup.segment_day
add primary key (
    workspace_id, day, subject_id, segment_version, campaign_id, variant, owner_id, hour
);

comment on table crm.segment_versions is 'One row per version of a segment''s rule.';
comment on column crm.segment_versions.workspace_id is 'The tenant.';
comment on column crm.segment_versions.segment_id is 'The segment.';
comment on column crm.segment_versions.version is 'The version, counted from 1.';
comment on column crm.segment_versions.filter is 'The rule of that version.';
comment on column crm.segment_versions.created_by_user_id is 'Who made it, where known.';
comment on column crm.segment_versions.created_at is 'Since when it holds.';
comment on column crm.segments.matched_version is 'Version that history (recipients without a snapshot) was last matched with; 0 before the first time. The refresh catches up.';
comment on column crm.campaign_leads.segments_taken_at is 'When the recipient was sent to, if its segments are known from then; null for history, which is matched with the current rules.';
comment on column crm.campaign_lead_segments.is_recomputed is 'Whether the recipient has no snapshot and was matched with the rule afterwards.';
comment on table rollup.segment_day is 'One row per segment, version of its rule, campaign, variant, owner at send, local day and hour of sending (event by send day): recipients, by the segments they were in when sent to.';
comment on column rollup.segment_day.segment_version is 'Version of the segment''s rule that matched.';
comment on column rollup.segment_day.campaign_id is 'The campaign.';
comment on column rollup.segment_day.owner_id is 'The credited owner when it was sent; the nil UUID for nobody.';
comment on column rollup.segment_day.hour is 'Local hour of sent_at, 0-23, in the zone of the leads branch.';
comment on column rollup.segment_day.recomputed is 'Of the recipients, those without a snapshot, matched with the rule afterwards.';
