-- Tenants and people: workspaces, branches, users, members, industries and routing profiles.
-- depends: 0002.create-principals

create table crm.workspaces (
    workspace_id uuid primary key,
    name text not null,
    timezone text not null default 'UTC',
    currency text not null default 'EUR',
    leaderboard_visibility text not null default 'named',
    deal_value_basis text not null default 'deal_value',
    ai_score_measures text not null default 'risk',
    settings jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint workspaces_name_length check (char_length(name) between 1 and 200),
    constraint workspaces_timezone_length check (char_length(timezone) between 1 and 100),
    constraint workspaces_currency_is_iso check (currency ~ '^[A-Z]{3}$'),
    constraint workspaces_leaderboard_visibility_known
    check (leaderboard_visibility in ('named', 'anonymised', 'own_rank_only')),
    constraint workspaces_deal_value_basis_known
    check (deal_value_basis in ('deal_value', 'price_at_purchase')),
    constraint workspaces_ai_score_measures_known check (ai_score_measures in ('risk', 'trust')),
    constraint workspaces_settings_is_object check (jsonb_typeof(settings) = 'object')
);

create table crm.branches (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    id uuid not null,
    name text not null,
    timezone text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    constraint branches_name_unique unique (workspace_id, name),
    constraint branches_name_length check (char_length(name) between 1 and 200),
    constraint branches_timezone_length check (char_length(timezone) between 1 and 100)
);

create table crm.users (
    id uuid primary key,
    email text unique,
    name text,
    erased_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint users_email_is_lower_case check (email = lower(email)),
    constraint users_email_shape check (
        email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and char_length(email) <= 320
    ),
    constraint users_name_length check (char_length(name) between 1 and 200),
    constraint users_erased_keep_no_identity check (
        erased_at is null or (email is null and name is null)
    )
);

create table crm.members (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    user_id uuid not null references crm.users (id),
    role text not null,
    branch_id uuid,
    source_system text not null default 'leadboard',
    external_id text,
    joined_at timestamptz not null,
    deactivated_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, user_id),
    foreign key (workspace_id, branch_id) references crm.branches (workspace_id, id),
    constraint members_external_id_unique unique (workspace_id, source_system, external_id),
    constraint members_role_known check (role in ('owner', 'admin', 'manager', 'agent', 'partner')),
    constraint members_external_id_length
    check (
        char_length(source_system) between 1 and 100 and char_length(external_id) between 1 and 300
    )
);
create index members_user_id on crm.members (user_id);
create index members_branch_id on crm.members (workspace_id, branch_id);

create table crm.industries (
    id uuid primary key,
    name text not null unique,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint industries_name_length check (char_length(name) between 1 and 200)
);

create table crm.profiles (
    workspace_id uuid not null,
    user_id uuid not null,
    primary_branch text,
    regions text[] not null default '{}',
    lead_industries text[] not null default '{}',
    lead_locations text[] not null default '{}',
    max_open_leads integer,
    daily_cap integer,
    monthly_cap integer,
    is_active_for_routing boolean not null default true,
    paused_until timestamptz,
    routing_priority integer not null default 0,
    base_weight numeric not null default 1,
    ai_risk_score integer,
    ai_risk_level text,
    ai_risk_assessed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, user_id),
    foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id),
    constraint profiles_caps_not_negative
    check (max_open_leads >= 0 and daily_cap >= 0 and monthly_cap >= 0),
    constraint profiles_base_weight_bounds check (base_weight > 0 and base_weight <= 1000),
    constraint profiles_routing_priority_bounds check (routing_priority between -1000 and 1000),
    constraint profiles_ai_risk_score_bounds check (ai_risk_score between 0 and 100),
    constraint profiles_primary_branch_length check (char_length(primary_branch) <= 200),
    constraint profiles_ai_risk_level_known check (ai_risk_level in ('low', 'medium', 'high')),
    constraint profiles_lists_length
    check (
        cardinality(regions) <= 1000
        and cardinality(lead_industries) <= 1000
        and cardinality(lead_locations) <= 10000
    )
);

alter table crm.workspaces owner to leadboard_owner;
alter table crm.branches owner to leadboard_owner;
alter table crm.users owner to leadboard_owner;
alter table crm.members owner to leadboard_owner;
alter table crm.industries owner to leadboard_owner;
alter table crm.profiles owner to leadboard_owner;

comment on table crm.workspaces is 'One row per tenant: a gym chain, an agency, a marketplace.';
comment on column crm.workspaces.workspace_id is 'The tenant; first column of every key in schema crm.';
comment on column crm.workspaces.name is 'Name shown to people.';
comment on column crm.workspaces.timezone is 'IANA time zone in which local days are counted where a branch names none.';
comment on column crm.workspaces.currency is 'ISO 4217 code of every money amount of the workspace.';
comment on column crm.workspaces.leaderboard_visibility is 'Whom a leaderboard shows to members: named, anonymised or own_rank_only.';
comment on column crm.workspaces.deal_value_basis is 'Which amount is the value of a won lead: deal_value, or price_at_purchase (what the partner paid).';
comment on column crm.workspaces.ai_score_measures is 'What profiles.ai_risk_score measures: risk (trust = 100 - score) or trust (as it is).';
comment on column crm.workspaces.settings is 'Further settings that no figure depends on (locale, names of pages).';
comment on column crm.workspaces.created_at is 'When the row was written.';
comment on column crm.workspaces.updated_at is 'When the row was last changed.';

comment on table crm.branches is 'One row per branch (location) of a workspace.';
comment on column crm.branches.workspace_id is 'The tenant.';
comment on column crm.branches.id is 'The branch.';
comment on column crm.branches.name is 'Name, unique in the workspace.';
comment on column crm.branches.timezone is 'IANA time zone of the branch; null means the workspace''s.';
comment on column crm.branches.created_at is 'When the row was written.';
comment on column crm.branches.updated_at is 'When the row was last changed.';

comment on table crm.users is 'One row per person, over all workspaces; holds no metric.';
comment on column crm.users.id is 'The person; stays when the person is erased.';
comment on column crm.users.email is 'E-mail address in lower case, unique; null when unknown or erased.';
comment on column crm.users.name is 'Name shown to people; null when unknown or erased.';
comment on column crm.users.erased_at is 'When the person''s identity was erased; totals stay.';
comment on column crm.users.created_at is 'When the row was written.';
comment on column crm.users.updated_at is 'When the row was last changed.';

comment on table crm.members is 'One row per person and workspace: the role there.';
comment on column crm.members.workspace_id is 'The tenant.';
comment on column crm.members.user_id is 'The person.';
comment on column crm.members.role is 'owner, admin, manager, agent or partner.';
comment on column crm.members.branch_id is 'The member''s branch; a manager sees this branch.';
comment on column crm.members.source_system is 'The system that external_id comes from.';
comment on column crm.members.external_id is 'The member''s key in the source system.';
comment on column crm.members.joined_at is 'When the person joined the workspace.';
comment on column crm.members.deactivated_at is 'When the person left; history stays, rights and current rankings end.';
comment on column crm.members.created_at is 'When the row was written.';
comment on column crm.members.updated_at is 'When the row was last changed.';

comment on table crm.industries is 'Reference list of industries, shared by all workspaces.';
comment on column crm.industries.id is 'The industry.';
comment on column crm.industries.name is 'Name, unique.';
comment on column crm.industries.created_at is 'When the row was written.';
comment on column crm.industries.updated_at is 'When the row was last changed.';

comment on table crm.profiles is 'Routing profile of a member: what leads the member takes, how many, and the AI assessment.';
comment on column crm.profiles.workspace_id is 'The tenant.';
comment on column crm.profiles.user_id is 'The member.';
comment on column crm.profiles.primary_branch is 'Main line of business, in words.';
comment on column crm.profiles.regions is 'Provinces or regions served; empty means national.';
comment on column crm.profiles.lead_industries is 'Names of industries taken; empty means all.';
comment on column crm.profiles.lead_locations is 'Postcodes or places served exactly.';
comment on column crm.profiles.max_open_leads is 'Most open leads at a time; null means no cap.';
comment on column crm.profiles.daily_cap is 'Most leads routed per local day; null means no cap.';
comment on column crm.profiles.monthly_cap is 'Most leads routed per local month; null means no cap.';
comment on column crm.profiles.is_active_for_routing is 'Whether the member takes part in routing.';
comment on column crm.profiles.paused_until is 'No leads are routed to the member before this time.';
comment on column crm.profiles.routing_priority is 'Breaks ties in routing, higher first.';
comment on column crm.profiles.base_weight is 'Share of leads relative to the other partners.';
comment on column crm.profiles.ai_risk_score is 'AI assessment 0-100; its meaning is workspaces.ai_score_measures.';
comment on column crm.profiles.ai_risk_level is 'low, medium or high, as assessed.';
comment on column crm.profiles.ai_risk_assessed_at is 'When the assessment was made.';
comment on column crm.profiles.created_at is 'When the row was written.';
comment on column crm.profiles.updated_at is 'When the row was last changed.';
