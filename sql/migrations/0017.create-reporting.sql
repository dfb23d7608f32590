-- Reports: templates, subscriptions, deliveries with one row per recipient, and the secrets of
-- their channels. depends: 0013.create-routing

create schema reporting;
comment on schema reporting is 'Branch reports: what they say, when they are due, and what became of sending them.';
grant usage on schema reporting to leadboard_owner, leadboard_rollup, leadboard_view,
leadboard_api, leadboard_worker;
grant create on schema reporting to leadboard_owner, leadboard_rollup;

create table reporting.templates (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    id uuid not null,
    name text not null,
    description text,
    template_type text not null default 'html',
    template_content text not null,
    created_by_user_id uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint templates_name_unique unique (workspace_id, name),
    constraint templates_type_known check (template_type = 'html'),
    constraint templates_text_length check (
        char_length(name) between 1 and 200 and char_length(description) <= 2000
        and char_length(template_content) between 1 and 100000
    )
);
create index templates_created_by on reporting.templates (workspace_id, created_by_user_id);

create table reporting.subscriptions (
    workspace_id uuid not null,
    id uuid not null,
    branch_id uuid not null,
    report_type text not null,
    template_id uuid,
    is_active boolean not null default true,
    paused_reason text,
    delivery_method text not null,
    delivery_time time not null,
    delivery_days integer[] not null,
    timezone text,
    created_by_user_id uuid not null,
    scheduled_since timestamptz not null,
    last_due_on date,
    next_due_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, branch_id) references crm.branches (workspace_id, id),
    foreign key (workspace_id, template_id) references reporting.templates (workspace_id, id),
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint subscriptions_report_type_known check (report_type in ('daily', 'weekly')),
    constraint subscriptions_delivery_method_known
    check (delivery_method in ('email', 'slack', 'webhook')),
    constraint subscriptions_delivery_time_in_minutes
    check (
        delivery_time = date_trunc('minute', delivery_time::interval)::time
        and delivery_time < '24:00'
    ),
    constraint subscriptions_delivery_days_are_iso check (
        cardinality(delivery_days) between 1 and 7
        and delivery_days <@ array[1, 2, 3, 4, 5, 6, 7]
    ),
    constraint subscriptions_text_length check (
        char_length(timezone) between 1 and 100 and char_length(paused_reason) between 1 and 500
    )
);
create index subscriptions_branch_id on reporting.subscriptions (workspace_id, branch_id);
create index subscriptions_template_id on reporting.subscriptions (workspace_id, template_id);
create index subscriptions_created_by on reporting.subscriptions (workspace_id, created_by_user_id);
-- What is due, over all workspaces: asked every second.
create index subscriptions_due on reporting.subscriptions (workspace_id, next_due_at)
where is_active;

create table reporting.channel_secrets (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    id uuid not null,
    subscription_id uuid,
    channel text not null,
    url text not null,
    signing_key text,
    display text not null,
    created_at timestamptz not null,
    primary key (workspace_id, id),
    foreign key (workspace_id, subscription_id)
    references reporting.subscriptions (workspace_id, id) on delete cascade,
    constraint channel_secrets_channel_known check (channel in ('slack', 'webhook')),
    constraint channel_secrets_url_shape check (url ~ '^https?://[[:graph:]]+$'),
    constraint channel_secrets_signing_key_shape
    check ((signing_key is not null) = (channel = 'webhook')),
    constraint channel_secrets_text_length check (
        char_length(url) <= 2000 and char_length(signing_key) between 16 and 200
        and char_length(display) between 1 and 300
    )
);
create index channel_secrets_subscription_id
on reporting.channel_secrets (workspace_id, subscription_id);

create table reporting.subscription_recipients (
    workspace_id uuid not null,
    subscription_id uuid not null,
    position integer not null,
    email text,
    secret_id uuid,
    created_at timestamptz not null default now(),
    primary key (workspace_id, subscription_id, position),
    foreign key (workspace_id, subscription_id)
    references reporting.subscriptions (workspace_id, id) on delete cascade,
    foreign key (workspace_id, secret_id)
    references reporting.channel_secrets (workspace_id, id) on delete cascade,
    constraint subscription_recipients_one_address check (num_nonnulls(email, secret_id) = 1),
    constraint subscription_recipients_position_positive check (position >= 1),
    constraint subscription_recipients_email_shape check (
        email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$' and char_length(email) <= 320
    )
);
create index subscription_recipients_secret_id
on reporting.subscription_recipients (workspace_id, secret_id) where secret_id is not null;

create table reporting.deliveries (
    workspace_id uuid not null,
    id uuid not null,
    subscription_id uuid,
    branch_id uuid not null,
    report_type text not null,
    template_id uuid,
    delivery_method text,
    period_from date not null,
    period_to date not null,
    due_on date,
    due_at timestamptz,
    is_late boolean not null default false,
    missed_on date[] not null default '{}',
    status text not null,
    report_data jsonb not null,
    as_of timestamptz,
    generation bigint,
    computed_for_user_id uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, subscription_id)
    references reporting.subscriptions (workspace_id, id) on delete set null (subscription_id),
    foreign key (workspace_id, branch_id) references crm.branches (workspace_id, id),
    foreign key (workspace_id, template_id)
    references reporting.templates (workspace_id, id) on delete set null (template_id),
    foreign key (workspace_id, computed_for_user_id)
    references crm.members (workspace_id, user_id),
    constraint deliveries_report_type_known check (report_type in ('daily', 'weekly')),
    constraint deliveries_delivery_method_known
    check (delivery_method in ('email', 'slack', 'webhook')),
    constraint deliveries_period_half_open check (period_to > period_from),
    constraint deliveries_status_known
    check (status in ('generated', 'pending', 'sent', 'failed', 'suppressed')),
    constraint deliveries_missed_count check (cardinality(missed_on) <= 1000),
    constraint deliveries_report_data_bounds
    check (jsonb_typeof(report_data) = 'object' and pg_column_size(report_data) <= 1048576)
);
-- One report per subscription and local day on which it is due, whoever enqueues it.
create unique index deliveries_due_once
on reporting.deliveries (workspace_id, subscription_id, due_on);
create index deliveries_branch_id on reporting.deliveries (workspace_id, branch_id, id);
create index deliveries_template_id on reporting.deliveries (workspace_id, template_id);
create index deliveries_computed_for
on reporting.deliveries (workspace_id, computed_for_user_id);

create table reporting.delivery_recipients (
    workspace_id uuid not null,
    id uuid not null,
    delivery_id uuid not null,
    kind text not null default 'report',
    position integer not null,
    channel text not null,
    email text,
    secret_id uuid,
    display text not null,
    status text not null default 'pending',
    attempts integer not null default 0,
    next_attempt_at timestamptz,
    lease_until timestamptz,
    token bigint not null default 0,
    claimed_by text,
    message_id text,
    last_error_class text,
    last_error text,
    sent_at timestamptz,
    requested_by_user_id uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, delivery_id)
    references reporting.deliveries (workspace_id, id) on delete cascade,
    foreign key (workspace_id, requested_by_user_id)
    references crm.members (workspace_id, user_id),
    foreign key (workspace_id, secret_id)
    references reporting.channel_secrets (workspace_id, id) on delete set null (secret_id),
    constraint delivery_recipients_kind_known check (kind in ('report', 'notice')),
    constraint delivery_recipients_channel_known check (channel in ('email', 'slack', 'webhook')),
    constraint delivery_recipients_status_known
    check (status in ('pending', 'claimed', 'sent', 'failed', 'suppressed', 'dead')),
    constraint delivery_recipients_waiting_true
    check ((status in ('pending', 'claimed', 'failed')) = (next_attempt_at is not null)),
    constraint delivery_recipients_lease_true
    check ((status = 'claimed') = (lease_until is not null)),
    constraint delivery_recipients_sent_true check ((status = 'sent') = (sent_at is not null)),
    constraint delivery_recipients_email_shape check (
        email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$' and char_length(email) <= 320
    ),
    constraint delivery_recipients_text_length check (
        char_length(display) between 1 and 320 and char_length(claimed_by) <= 200
        and char_length(message_id) <= 500 and char_length(last_error_class) <= 60
        and char_length(last_error) <= 1000
    )
) with (fillfactor = 70);
create index delivery_recipients_delivery_id
on reporting.delivery_recipients (workspace_id, delivery_id, position);
create index delivery_recipients_secret_id
on reporting.delivery_recipients (workspace_id, secret_id) where secret_id is not null;
create index delivery_recipients_requested_by
on reporting.delivery_recipients (workspace_id, requested_by_user_id);
-- What can be claimed, over all workspaces: a claim pushes next_attempt_at to the end of its lease,
-- so that a worker that died needs nobody to notice. Holds what waits and nothing else.
create index delivery_recipients_waiting
on reporting.delivery_recipients (workspace_id, next_attempt_at) where next_attempt_at is not null;

alter table reporting.templates owner to leadboard_owner;
alter table reporting.subscriptions owner to leadboard_owner;
alter table reporting.channel_secrets owner to leadboard_owner;
alter table reporting.subscription_recipients owner to leadboard_owner;
alter table reporting.deliveries owner to leadboard_owner;
alter table reporting.delivery_recipients owner to leadboard_owner;

comment on table reporting.templates is 'Templates for reports, written by members in Jinja, rendered in a sandbox.';
comment on column reporting.templates.workspace_id is 'The tenant.';
comment on column reporting.templates.id is 'The template.';
comment on column reporting.templates.name is 'Name, unique in the workspace.';
comment on column reporting.templates.description is 'What it is for.';
comment on column reporting.templates.template_type is 'html.';
comment on column reporting.templates.template_content is 'The template, MiniJinja.';
comment on column reporting.templates.created_by_user_id is 'Who made it.';
comment on column reporting.templates.created_at is 'When it was made.';
comment on column reporting.templates.updated_at is 'When the row was last changed.';

comment on table reporting.subscriptions is 'Who gets which report of which branch when.';
comment on column reporting.subscriptions.workspace_id is 'The tenant.';
comment on column reporting.subscriptions.id is 'The subscription.';
comment on column reporting.subscriptions.branch_id is 'The branch the report is about.';
comment on column reporting.subscriptions.report_type is 'daily (yesterday) or weekly (the last complete ISO week).';
comment on column reporting.subscriptions.template_id is 'Template of the members own; null for the built-in one.';
comment on column reporting.subscriptions.is_active is 'False while paused.';
comment on column reporting.subscriptions.paused_reason is 'Why it was paused by itself; null when a person did.';
comment on column reporting.subscriptions.delivery_method is 'email, slack or webhook.';
comment on column reporting.subscriptions.delivery_time is 'Local time of day.';
comment on column reporting.subscriptions.delivery_days is 'ISO weekdays, 1 is Monday.';
comment on column reporting.subscriptions.timezone is 'IANA zone of the schedule; null for the branch''s.';
comment on column reporting.subscriptions.created_by_user_id is 'Who made it: the report is computed under the rights of this person.';
comment on column reporting.subscriptions.scheduled_since is 'Times before this moment are not due: when it was made, resumed or its schedule changed.';
comment on column reporting.subscriptions.last_due_on is 'Local day of the last report enqueued.';
comment on column reporting.subscriptions.next_due_at is 'No report is due before this; -infinity to be looked at at once.';
comment on column reporting.subscriptions.created_at is 'When it was made.';
comment on column reporting.subscriptions.updated_at is 'When the row was last changed.';

comment on table reporting.channel_secrets is 'Addresses that are secrets: whoever has a webhook URL can post to it. Never returned in full, never logged.';
comment on column reporting.channel_secrets.workspace_id is 'The tenant.';
comment on column reporting.channel_secrets.id is 'The secret.';
comment on column reporting.channel_secrets.subscription_id is 'The subscription it belongs to; null when it was given for one delivery.';
comment on column reporting.channel_secrets.channel is 'slack or webhook.';
comment on column reporting.channel_secrets.url is 'The address.';
comment on column reporting.channel_secrets.signing_key is 'Key of the HMAC of a generic webhook.';
comment on column reporting.channel_secrets.display is 'The address as it is shown: host and last characters.';
comment on column reporting.channel_secrets.created_at is 'When the row was written.';

comment on table reporting.subscription_recipients is 'Recipients of a subscription, in order.';
comment on column reporting.subscription_recipients.workspace_id is 'The tenant.';
comment on column reporting.subscription_recipients.subscription_id is 'The subscription.';
comment on column reporting.subscription_recipients.position is 'Place in the list, from 1.';
comment on column reporting.subscription_recipients.email is 'E-mail address, for the method email.';
comment on column reporting.subscription_recipients.secret_id is 'Where the webhook is kept, for the others.';
comment on column reporting.subscription_recipients.created_at is 'When the row was written.';

comment on table reporting.deliveries is 'Reports that were made: figures as they were then, and what became of sending them.';
comment on column reporting.deliveries.workspace_id is 'The tenant.';
comment on column reporting.deliveries.id is 'The delivery.';
comment on column reporting.deliveries.subscription_id is 'The subscription; null when asked for by hand, or when it is gone.';
comment on column reporting.deliveries.branch_id is 'The branch.';
comment on column reporting.deliveries.report_type is 'daily or weekly.';
comment on column reporting.deliveries.template_id is 'Template of the members own; null for the built-in one.';
comment on column reporting.deliveries.delivery_method is 'email, slack or webhook; null when it was not to be sent.';
comment on column reporting.deliveries.period_from is 'First local day of the report.';
comment on column reporting.deliveries.period_to is 'The local day after its last.';
comment on column reporting.deliveries.due_on is 'Local day on which it was due; null when asked for by hand.';
comment on column reporting.deliveries.due_at is 'The moment it was due.';
comment on column reporting.deliveries.is_late is 'Enqueued more than 15 minutes after it was due.';
comment on column reporting.deliveries.missed_on is 'Earlier local days on which nobody could enqueue: reports that are not sent any more.';
comment on column reporting.deliveries.status is 'generated (nobody to send to), pending, sent (to all), failed (at least one recipient failed, tried again or given up), suppressed.';
comment on column reporting.deliveries.report_data is 'The report, without names of people: they are looked up when it is read.';
comment on column reporting.deliveries.as_of is 'When the figures it was made of were refreshed.';
comment on column reporting.deliveries.generation is 'Number of that refresh.';
comment on column reporting.deliveries.computed_for_user_id is 'Under whose rights it was computed.';
comment on column reporting.deliveries.created_at is 'When it was made.';
comment on column reporting.deliveries.updated_at is 'When the row was last changed.';

comment on table reporting.delivery_recipients is 'One row per recipient and channel of a delivery: what became of it.';
comment on column reporting.delivery_recipients.workspace_id is 'The tenant.';
comment on column reporting.delivery_recipients.id is 'The sending.';
comment on column reporting.delivery_recipients.delivery_id is 'The delivery.';
comment on column reporting.delivery_recipients.kind is 'report, or notice (the subscriptions creator is told that it was paused).';
comment on column reporting.delivery_recipients.position is 'Place in the list, from 1.';
comment on column reporting.delivery_recipients.channel is 'email, slack or webhook.';
comment on column reporting.delivery_recipients.email is 'E-mail address; null for the others and for erased people.';
comment on column reporting.delivery_recipients.secret_id is 'Where the webhook is kept; null when it is gone.';
comment on column reporting.delivery_recipients.display is 'The address as it is shown.';
comment on column reporting.delivery_recipients.status is 'pending, claimed (being sent), sent, failed (tried again at next_attempt_at), suppressed (not wanted any more) or dead (given up).';
comment on column reporting.delivery_recipients.attempts is 'Times it was claimed to be sent.';
comment on column reporting.delivery_recipients.next_attempt_at is 'When it may be claimed; for a claimed one the end of the lease.';
comment on column reporting.delivery_recipients.lease_until is 'Until when the worker that claimed it has it to itself.';
comment on column reporting.delivery_recipients.token is 'Number of the claim: a worker whose claim was taken over can no longer finish it.';
comment on column reporting.delivery_recipients.claimed_by is 'The worker of the last claim.';
comment on column reporting.delivery_recipients.message_id is 'Message-ID of the mail, the same in every attempt.';
comment on column reporting.delivery_recipients.last_error_class is 'Kind of the last error.';
comment on column reporting.delivery_recipients.last_error is 'The last error in words, without secrets.';
comment on column reporting.delivery_recipients.sent_at is 'When it was taken by the mail server or webhook.';
comment on column reporting.delivery_recipients.requested_by_user_id is 'Who wants it sent: the creator of the subscription, or who asked by hand.';
comment on column reporting.delivery_recipients.created_at is 'When the row was written.';
comment on column reporting.delivery_recipients.updated_at is 'When the row was last changed.';
