-- What refreshes did lately: a state tells of the last one only.
-- depends: 0013.create-routing

create table ops.refresh_runs (
    id bigint generated always as identity primary key,
    name text not null,
    ended_at timestamptz not null,
    duration_ms numeric,
    has_failed boolean not null
);
create index refresh_runs_name on ops.refresh_runs (name, id);
alter table ops.refresh_runs owner to leadboard_rollup;

-- The service tells owners and admins how the refreshing goes, by the functions granted to it.
grant usage on schema ops to leadboard_api;

comment on table ops.refresh_runs is 'One row per refresh of an object that had something to do, the last hundred of each object.';
comment on column ops.refresh_runs.id is 'Number of the run.';
comment on column ops.refresh_runs.name is 'rollup, or schema.name of the materialized view.';
comment on column ops.refresh_runs.ended_at is 'When it ended (by app.now()).';
comment on column ops.refresh_runs.duration_ms is 'How long it took, in milliseconds; null for one that failed.';
comment on column ops.refresh_runs.has_failed is 'Whether it failed: then the figures of the run before stayed.';
