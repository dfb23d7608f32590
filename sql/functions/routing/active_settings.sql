-- The settings in force: the workspace's highest version, else the defaults, which are version 0.
-- Grain: always one row.
-- Reads: routing.known_settings.
create function routing.active_settings(p_workspace_id uuid)
returns table (
    version integer,
    region_weight integer,
    performance_weight integer,
    fairness_weight integer,
    accept_minutes integer,
    exploration_share numeric,
    max_hops integer
)
language sql
stable
parallel safe
as $$
    select
        s.version,
        s.region_weight,
        s.performance_weight,
        s.fairness_weight,
        s.accept_minutes,
        s.exploration_share,
        s.max_hops
    from routing.known_settings(p_workspace_id) as s
    order by s.version desc
    limit 1
$$;
alter function routing.active_settings(uuid) owner to leadboard_owner;

comment on function routing.active_settings(uuid) is
'Sliders, accept time limit, exploration share and most refusals of a workspace, with their version (0: the defaults).';
