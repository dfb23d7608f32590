-- Every version of a workspace's settings, and the defaults, which are version 0: old decisions are
-- explained with those they were made under.
-- Grain: one row per version, always one at least.
-- Reads: routing.settings.
create function routing.known_settings(p_workspace_id uuid)
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
    from routing.settings as s
    where s.workspace_id = p_workspace_id
    union all
    values (0, 30, 40, 30, 60, 0.0, 5)
$$;
alter function routing.known_settings(uuid) owner to leadboard_owner;

comment on function routing.known_settings(uuid) is
'All versions of a workspace''s routing settings, and the defaults as version 0.';
