-- Puts down who owns leads from a time on; the arrays are parallel, one element per lead.
--
-- What is known to begin at that time or later is replaced, what began before ends there, and the
-- whole begins with created_at: no overlap, no gap, no empty stretch. p_moves says that the owner
-- is the same and only the time is new: then the open stretch gives way whenever it began. Without
-- a time nothing is put down and only the beginning is set. Called with the leads locked, so nobody
-- else is changing their ownership.
-- Plans: as in crm.settle_new_activities.
create function crm.place_ownership(
    p_workspace_id uuid,
    p_lead_ids uuid[],
    p_owner_user_ids uuid[],
    p_starts timestamptz[],
    p_created timestamptz[],
    p_moves boolean[]
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_nestloop = on
as $$
begin
    if cardinality(p_lead_ids) > 100 then
        perform set_config('plan_cache_mode', 'force_custom_plan', true);
    end if;

    delete from crm.lead_ownership as o
    using unnest(p_lead_ids, p_starts, p_created, p_moves)
        as c (lead_id, start_at, created_at, moves)
    where
        o.workspace_id = p_workspace_id
        and o.lead_id = c.lead_id
        and (
            lower(o.during) >= c.start_at
            or c.start_at <= c.created_at
            or upper(o.during) <= c.created_at
            or (c.moves and c.start_at is not null and upper_inf(o.during))
        );

    update crm.lead_ownership as o
    set during = s.during
    from (
        select
            k.id,
            k.during as known_during,
            tstzrange(
                case when row_number() over earlier = 1 then c.created_at else lower(k.during) end,
                case
                    when row_number() over later = 1 then coalesce(c.start_at, upper(k.during))
                    else upper(k.during)
                end
            ) as during
        from unnest(p_lead_ids, p_starts, p_created) as c (lead_id, start_at, created_at)
        inner join crm.lead_ownership as k
            on k.workspace_id = p_workspace_id and k.lead_id = c.lead_id
        window
            earlier as (partition by k.lead_id order by lower(k.during)),
            later as (partition by k.lead_id order by lower(k.during) desc)
    ) as s
    where o.workspace_id = p_workspace_id and o.id = s.id and s.during <> s.known_during;

    insert into crm.lead_ownership (workspace_id, lead_id, user_id, during)
    select
        p_workspace_id,
        c.lead_id,
        null,
        tstzrange(c.created_at, c.start_at)
    from unnest(p_lead_ids, p_starts, p_created) as c (lead_id, start_at, created_at)
    where
        c.start_at > c.created_at
        and not exists (
            select from crm.lead_ownership as o
            where o.workspace_id = p_workspace_id and o.lead_id = c.lead_id
        )
    union all
    select
        p_workspace_id,
        c.lead_id,
        c.owner_user_id,
        tstzrange(greatest(c.start_at, c.created_at), null)
    from unnest(p_lead_ids, p_owner_user_ids, p_starts, p_created)
        as c (lead_id, owner_user_id, start_at, created_at)
    where c.start_at is not null;
end
$$;
alter function crm.place_ownership(uuid, uuid[], uuid[], timestamptz[], timestamptz[], boolean[])
owner to leadboard_owner;

comment on function crm.place_ownership(
    uuid, uuid[], uuid[], timestamptz[], timestamptz[], boolean[]
) is
'Writes the owner of leads from a time on into crm.lead_ownership, without overlap or gap.';
