-- Leads, with the history of their status and of their ownership.
-- depends: 0003.create-workspaces-and-people

-- credited_user_id and changed_by_user_id are copies of keys that are checked where they come from,
-- so they need no foreign key, and no index, of their own.
create table crm.leads (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    id uuid not null,
    branch_id uuid,
    owner_user_id uuid,
    credited_user_id uuid,
    owner_basis text not null default 'nobody',
    created_by_user_id uuid,
    changed_by_user_id uuid,
    source_system text not null default 'leadboard',
    external_id text,
    first_name text,
    last_name text,
    company text,
    job_title text,
    email text,
    phone text,
    source text not null default 'unknown',
    status text not null default 'new',
    status_changed_at timestamptz not null,
    industry_id uuid references crm.industries (id),
    country text,
    province text,
    postcode text,
    company_size text,
    tags text[] not null default '{}',
    score numeric,
    price_at_purchase numeric(14, 2),
    deal_value numeric(14, 2),
    assigned_at timestamptz,
    accepted_at timestamptz,
    rejected_at timestamptz,
    first_contact_at timestamptz,
    interested_at timestamptz,
    won_at timestamptz,
    lost_at timestamptz,
    erased_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, branch_id) references crm.branches (workspace_id, id),
    foreign key (workspace_id, owner_user_id) references crm.members (workspace_id, user_id),
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint leads_external_id_unique unique (workspace_id, source_system, external_id),
    constraint leads_status_known check (
        status in (
            'new', 'accepted', 'rejected', 'contacted', 'in_progress', 'qualified', 'won', 'lost',
            'completed'
        )
    ),
    constraint leads_owner_basis_known
    check (owner_basis in ('owner', 'creator', 'first_actor', 'nobody')),
    constraint leads_owner_basis_true check ((owner_basis = 'nobody') = (credited_user_id is null)),
    constraint leads_source_length check (char_length(source) between 1 and 100),
    constraint leads_external_id_length
    check (
        char_length(source_system) between 1 and 100 and char_length(external_id) between 1 and 300
    ),
    constraint leads_text_length check (
        char_length(first_name) <= 200 and char_length(last_name) <= 200
        and char_length(company) <= 300 and char_length(job_title) <= 200
        and char_length(email) <= 320 and char_length(phone) <= 60
        and char_length(country) <= 100 and char_length(province) <= 100
        and char_length(postcode) <= 20 and char_length(company_size) <= 60
    ),
    constraint leads_tags_count check (cardinality(tags) <= 100),
    constraint leads_erased_keep_no_identity check (
        erased_at is null
        or num_nonnulls(first_name, last_name, company, job_title, email, phone, postcode) = 0
    )
);
create index leads_branch_id on crm.leads (workspace_id, branch_id, created_at);
create index leads_owner_user_id on crm.leads (workspace_id, owner_user_id, assigned_at);
create index leads_created_by_user_id on crm.leads (workspace_id, created_by_user_id);
create index leads_industry_id on crm.leads (industry_id) where industry_id is not null;
-- The cells of rollup.lead_day and rollup.outcome_day: one subject, one stretch of time.
create index leads_subject_created_at on crm.leads (
    workspace_id,
    (coalesce(credited_user_id, '00000000-0000-0000-0000-000000000000'::uuid)),
    created_at
);
create index leads_subject_won_at on crm.leads (
    workspace_id,
    (coalesce(credited_user_id, '00000000-0000-0000-0000-000000000000'::uuid)),
    won_at
) where won_at is not null;
create index leads_subject_lost_at on crm.leads (
    workspace_id,
    (coalesce(credited_user_id, '00000000-0000-0000-0000-000000000000'::uuid)),
    lost_at
) where lost_at is not null;
-- How many leads of a person are open now, counted in the index alone.
create index leads_open on crm.leads (workspace_id, credited_user_id)
where status in ('new', 'accepted', 'contacted', 'in_progress', 'qualified');

create table crm.lead_status_history (
    workspace_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    status text not null,
    changed_at timestamptz not null,
    changed_by_user_id uuid,
    created_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, changed_by_user_id) references crm.members (workspace_id, user_id),
    constraint lead_status_history_status_known check (
        status in (
            'new', 'accepted', 'rejected', 'contacted', 'in_progress', 'qualified', 'won', 'lost',
            'completed'
        )
    )
);
create index lead_status_history_lead_id on crm.lead_status_history (
    workspace_id, lead_id, changed_at
);
create index lead_status_history_changed_by on crm.lead_status_history (
    workspace_id, changed_by_user_id
);

create table crm.lead_ownership (
    workspace_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    user_id uuid,
    during tstzrange not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
    foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id),
    constraint lead_ownership_during_half_open
    check (
        not isempty(during)
        and lower_inc(during)
        and not lower_inf(during)
        and not upper_inc(during)
    )
);
create unique index lead_ownership_starts_once on crm.lead_ownership (
    workspace_id, lead_id, (lower(during))
);
create unique index lead_ownership_one_current
on crm.lead_ownership (workspace_id, lead_id) where upper_inf(during);
create index lead_ownership_user_id on crm.lead_ownership (workspace_id, user_id);

alter table crm.leads owner to leadboard_owner;
alter table crm.lead_status_history owner to leadboard_owner;
alter table crm.lead_ownership owner to leadboard_owner;

comment on table crm.leads is 'One row per lead: who it is, who owns it, where it stands, and when it passed each stage.';
comment on column crm.leads.workspace_id is 'The tenant.';
comment on column crm.leads.id is 'The lead.';
comment on column crm.leads.branch_id is 'The branch the lead belongs to; its time zone dates the lead.';
comment on column crm.leads.owner_user_id is 'The member who owns the lead now (rep, agent, partner, staff member, assignee).';
comment on column crm.leads.credited_user_id is 'The member to whom every figure credits the lead: owner, else creator, else first actor. Kept by trigger.';
comment on column crm.leads.owner_basis is 'Why credited_user_id is who it is: owner, creator, first_actor or nobody. Kept by trigger.';
comment on column crm.leads.created_by_user_id is 'The member who brought the lead in.';
comment on column crm.leads.changed_by_user_id is 'The member who made the latest change, where known; copied to the history.';
comment on column crm.leads.source_system is 'The system that external_id comes from.';
comment on column crm.leads.external_id is 'The lead''s key in the source system.';
comment on column crm.leads.first_name is 'Given name.';
comment on column crm.leads.last_name is 'Family name.';
comment on column crm.leads.company is 'Company of the lead.';
comment on column crm.leads.job_title is 'Role of the person at the company.';
comment on column crm.leads.email is 'E-mail address.';
comment on column crm.leads.phone is 'Telephone number.';
comment on column crm.leads.source is 'Where the lead came from; unknown is a source.';
comment on column crm.leads.status is 'new, accepted, rejected, contacted, in_progress, qualified, won, lost or completed.';
comment on column crm.leads.status_changed_at is 'When the present status was taken: the writer''s event time, else the clock.';
comment on column crm.leads.industry_id is 'Industry of the lead.';
comment on column crm.leads.country is 'Country.';
comment on column crm.leads.province is 'Province or region.';
comment on column crm.leads.postcode is 'Postcode.';
comment on column crm.leads.company_size is 'Size class of the company.';
comment on column crm.leads.tags is 'Free tags.';
comment on column crm.leads.score is 'Lead score given by the source system.';
comment on column crm.leads.price_at_purchase is 'What the partner paid for the lead, in the workspace''s currency.';
comment on column crm.leads.deal_value is 'Value of the deal, in the workspace''s currency; negative for a refund.';
comment on column crm.leads.assigned_at is 'When the present owner got the lead.';
comment on column crm.leads.accepted_at is 'When the lead was first accepted.';
comment on column crm.leads.rejected_at is 'When the lead was first rejected.';
comment on column crm.leads.first_contact_at is 'Time of the earliest contact activity. Kept by trigger.';
comment on column crm.leads.interested_at is 'When the lead was first qualified (interested).';
comment on column crm.leads.won_at is 'When the lead was first won.';
comment on column crm.leads.lost_at is 'When the lead was first lost.';
comment on column crm.leads.erased_at is 'When the lead''s personal data was erased; figures stay.';
comment on column crm.leads.created_at is 'When the lead came in: the cohort''s time.';
comment on column crm.leads.updated_at is 'When the row was last changed.';

comment on table crm.lead_status_history is 'One row per status a lead took, written by trigger.';
comment on column crm.lead_status_history.workspace_id is 'The tenant.';
comment on column crm.lead_status_history.id is 'The entry.';
comment on column crm.lead_status_history.lead_id is 'The lead.';
comment on column crm.lead_status_history.status is 'The status taken.';
comment on column crm.lead_status_history.changed_at is 'When it was taken (event time).';
comment on column crm.lead_status_history.changed_by_user_id is 'Who changed it, where known.';
comment on column crm.lead_status_history.created_at is 'When the row was written.';

comment on table crm.lead_ownership is 'One row per stretch of time in which a lead had one owner: no overlap, no gap. Written by trigger.';
comment on column crm.lead_ownership.workspace_id is 'The tenant.';
comment on column crm.lead_ownership.id is 'The stretch.';
comment on column crm.lead_ownership.lead_id is 'The lead.';
comment on column crm.lead_ownership.user_id is 'The owner; null while nobody owned the lead.';
comment on column crm.lead_ownership.during is 'Half-open stretch of time; the current one has no upper bound.';
comment on column crm.lead_ownership.created_at is 'When the row was written.';
comment on column crm.lead_ownership.updated_at is 'When the row was last changed.';
