-- Where what is kept of a partner's load differs from its definition: nowhere. One statement, so
-- writers may go on. A count of leads routed on a day is compared where both sides mean that day: a
-- deleted lead takes its decision along, and with it perhaps the latest day.
create function routing.load_differences(p_workspace_id uuid)
returns table (user_id uuid, day date, what text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(k.user_id, t.user_id),
        coalesce(k.day, t.day),
        case
            when k.user_id is null then 'missing'
            when t.user_id is null then 'extra'
            else 'different'
        end
    from (
        select l.*
        from routing.current_load(p_workspace_id) as l
        where l.open_leads <> 0 or l.routed_today <> 0 or l.routed_this_month <> 0
    ) as k
    full join (
        select l.*
        from routing.true_load(p_workspace_id) as l
        where l.open_leads <> 0 or l.routed_today <> 0 or l.routed_this_month <> 0
    ) as t on t.user_id = k.user_id
    where
        k.open_leads is distinct from t.open_leads
        or (
            k.day = t.day
            and (k.routed_today, k.routed_this_month)
            is distinct from (t.routed_today, t.routed_this_month)
        )
$$;
alter function routing.load_differences(uuid) owner to leadboard_owner;
grant execute on function routing.load_differences(uuid) to leadboard_rollup;

comment on function routing.load_differences(uuid) is
'Partners whose kept load differs from leads and decisions: missing, extra or different; asked by ops.verify().';
