-- What operators look at: deployments, state of each refreshed object, versions of the workspaces.
-- depends: 0010.create-scoring

create table ops.deployments (
    id bigint generated always as identity primary key,
    version text not null,
    replaceable_hash text not null,
    definitions_hash text not null,
    migrations_hash text not null,
    server_version integer not null,
    duration_ms integer not null,
    deployed_at timestamptz not null default now()
);
alter table ops.deployments owner to leadboard_owner;

create table ops.refresh_state (
    name text primary key,
    generation bigint not null default 0,
    last_success_at timestamptz,
    duration_ms numeric,
    row_count bigint,
    valid_until timestamptz,
    last_error text,
    last_error_at timestamptz,
    updated_at timestamptz not null default now()
);
alter table ops.refresh_state owner to leadboard_rollup;

create table ops.workspace_versions (
    workspace_id uuid primary key,
    version bigint not null,
    generation bigint not null,
    updated_at timestamptz not null default now()
);
alter table ops.workspace_versions owner to leadboard_rollup;

comment on table ops.deployments is 'One row per deployment that changed something.';
comment on column ops.deployments.id is 'Number of the deployment.';
comment on column ops.deployments.version is 'Version of the program that deployed.';
comment on column ops.deployments.replaceable_hash is 'Hash of all replaceable files of sql/.';
comment on column ops.deployments.definitions_hash is 'Hash of the files that define rollups, empty until the rollups are rebuilt by them.';
comment on column ops.deployments.migrations_hash is 'Hash of all migrations.';
comment on column ops.deployments.server_version is 'server_version_num of the server.';
comment on column ops.deployments.duration_ms is 'How long it took, in milliseconds.';
comment on column ops.deployments.deployed_at is 'When it ended.';

comment on table ops.refresh_state is 'One row per refreshed object: rollup for all rollups together, and one per materialized view.';
comment on column ops.refresh_state.name is 'rollup, or schema.name of the materialized view.';
comment on column ops.refresh_state.generation is 'Raised with every refresh that changed or may have changed figures.';
comment on column ops.refresh_state.last_success_at is 'When the last good refresh ended (by app.now()).';
comment on column ops.refresh_state.duration_ms is 'How long it took, in milliseconds.';
comment on column ops.refresh_state.row_count is 'Rows of the view, or cells recomputed.';
comment on column ops.refresh_state.valid_until is 'When a local midnight moves the windows and the figures must be refreshed even without a change.';
comment on column ops.refresh_state.last_error is 'Message of the last failure since the last success; null when there is none.';
comment on column ops.refresh_state.last_error_at is 'When it failed.';
comment on column ops.refresh_state.updated_at is 'When the row was last changed.';

comment on table ops.workspace_versions is 'One row per workspace: a number raised whenever a figure of it may have changed. The ETag reads it.';
comment on column ops.workspace_versions.workspace_id is 'The tenant.';
comment on column ops.workspace_versions.version is 'The number.';
comment on column ops.workspace_versions.generation is 'Generation of the rollups in which a fact of the workspace last changed, or its local day.';
comment on column ops.workspace_versions.updated_at is 'When it was raised.';
