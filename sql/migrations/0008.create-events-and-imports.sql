-- How facts come in: the ledger of events and the staging of file imports.
-- depends: 0007.create-service-and-goals

create table crm.events (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    event_id uuid not null,
    type text not null,
    occurred_at timestamptz not null,
    user_id uuid,
    recorded_at timestamptz not null,
    primary key (workspace_id, event_id),
    foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id),
    constraint events_type_shape check (type ~ '^[a-z][a-z0-9_.]{0,59}$')
);
create index events_user_id on crm.events (workspace_id, user_id);

create table crm.imports (
    workspace_id uuid not null references crm.workspaces (workspace_id),
    id uuid not null,
    kind text not null,
    file_name text not null,
    source_system text not null,
    mapping jsonb not null,
    header text[] not null,
    status text not null default 'staging',
    row_count integer not null default 0,
    inserted_count integer not null default 0,
    updated_count integer not null default 0,
    unchanged_count integer not null default 0,
    rejected_count integer not null default 0,
    warning_count integer not null default 0,
    created_by_user_id uuid,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, created_by_user_id) references crm.members (workspace_id, user_id),
    constraint imports_status_known check (status in ('staging', 'applied', 'failed')),
    constraint imports_text_length check (
        char_length(kind) between 1 and 60 and char_length(file_name) between 1 and 300
        and char_length(source_system) between 1 and 100
    )
);
create index imports_created_by on crm.imports (workspace_id, created_by_user_id);

-- Staged rows live for the length of one import; nothing is lost if the server falls over before.
create unlogged table crm.import_rows (
    workspace_id uuid not null,
    import_id uuid not null,
    line integer not null,
    cells text[] not null,
    primary key (workspace_id, import_id, line)
);

create table crm.import_rejects (
    workspace_id uuid not null,
    import_id uuid not null,
    line integer not null,
    column_name text not null,
    reason text not null,
    is_warning boolean not null default false,
    cells text[] not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, import_id, line, column_name, is_warning),
    foreign key (workspace_id, import_id) references crm.imports (
        workspace_id, id
    ) on delete cascade
);

alter table crm.events owner to leadboard_owner;
alter table crm.imports owner to leadboard_owner;
alter table crm.import_rows owner to leadboard_owner;
alter table crm.import_rejects owner to leadboard_owner;

comment on table crm.events is 'One row per event that was applied: a repeat of an event_id is acknowledged and not applied again.';
comment on column crm.events.workspace_id is 'The tenant.';
comment on column crm.events.event_id is 'The sender''s key of the event.';
comment on column crm.events.type is 'lead.created, activity.logged, ...';
comment on column crm.events.occurred_at is 'When it happened, says the sender.';
comment on column crm.events.user_id is 'Who sent it.';
comment on column crm.events.recorded_at is 'When it was applied.';

comment on table crm.imports is 'One row per file import.';
comment on column crm.imports.workspace_id is 'The tenant.';
comment on column crm.imports.id is 'The import.';
comment on column crm.imports.kind is 'What the rows are: leads, members, activities, ...';
comment on column crm.imports.file_name is 'Name of the file, without its folder.';
comment on column crm.imports.source_system is 'The system the keys in the file come from.';
comment on column crm.imports.mapping is 'Column mapping, constants, formats and value maps that were used.';
comment on column crm.imports.header is 'Column names of the file, in order.';
comment on column crm.imports.status is 'staging, applied or failed.';
comment on column crm.imports.row_count is 'Rows in the file.';
comment on column crm.imports.inserted_count is 'Rows that became new facts.';
comment on column crm.imports.updated_count is 'Rows that changed a fact.';
comment on column crm.imports.unchanged_count is 'Rows that said what was known.';
comment on column crm.imports.rejected_count is 'Rows that did not land; kept in crm.import_rejects.';
comment on column crm.imports.warning_count is 'Warnings about rows that landed; kept in crm.import_rejects.';
comment on column crm.imports.created_by_user_id is 'Who imported; null for the command line.';
comment on column crm.imports.created_at is 'When it began.';
comment on column crm.imports.finished_at is 'When it ended.';
comment on column crm.imports.updated_at is 'When the row was last changed.';

comment on table crm.import_rows is 'Rows of a file while it is being imported.';
comment on column crm.import_rows.workspace_id is 'The tenant.';
comment on column crm.import_rows.import_id is 'The import.';
comment on column crm.import_rows.line is 'Line of the file, the header is line 1.';
comment on column crm.import_rows.cells is 'The fields, as read.';

comment on table crm.import_rejects is 'One row per fault of a row that did not land, and per warning about one that did.';
comment on column crm.import_rejects.workspace_id is 'The tenant.';
comment on column crm.import_rejects.import_id is 'The import.';
comment on column crm.import_rejects.line is 'Line of the file, the header is line 1.';
comment on column crm.import_rejects.column_name is 'Column of the file; empty when the fault is the row''s.';
comment on column crm.import_rejects.reason is 'What is wrong, in words.';
comment on column crm.import_rejects.is_warning is 'Whether the row landed all the same.';
comment on column crm.import_rejects.cells is 'The fields, as read.';
comment on column crm.import_rejects.created_at is 'When the row was written.';
