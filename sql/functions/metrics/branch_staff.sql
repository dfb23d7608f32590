-- Who did what in one branch, over the local days [p_from_day, p_to_day), event.
-- Grain: one row per active agent, partner or manager of the branch, and per other member who did
-- something there; the nil UUID holds what nobody is named for.
-- Reads: rollup.call_hour, rollup.outcome_day, crm.members; for the leads contacted, of which no
-- sum of days can count the distinct ones, the window's own contact activities, per actor that
-- rollup.activity_day names, by index lead_activities_actor.
-- leads_contacted: distinct leads of the branch on which the member logged a contact activity;
-- NULL for nobody. converted: leads credited to the member that were won.
create function metrics.branch_staff(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns table (
    user_id uuid,
    calls bigint,
    answered bigint,
    interested bigint,
    leads_contacted bigint,
    converted bigint,
    successful bigint,
    answered_outbound bigint
)
language sql
stable
parallel safe
as $$
    with zone as (
        select coalesce(b.timezone, w.timezone) as name
        from crm.workspaces as w
        inner join crm.branches as b on b.workspace_id = w.workspace_id
        where w.workspace_id = p_workspace_id and b.id = p_branch_id
    ),

    called as (
        select
            c.user_id,
            sum(c.calls) as calls,
            sum(c.answered) as answered,
            sum(c.interested) as interested,
            sum(c.successful) as successful,
            sum(c.answered_outbound) as answered_outbound
        from metrics.branch_calls(p_workspace_id, p_branch_id, p_from_day, p_to_day) as c
        group by c.user_id
    ),

    converted as (
        select
            d.subject_id as user_id,
            sum(d.won) as won
        from rollup.outcome_day as d
        where
            d.workspace_id = p_workspace_id
            and d.branch_id = p_branch_id
            and d.day >= p_from_day
            and d.day < p_to_day
        group by d.subject_id
        having sum(d.won) > 0
    ),

    actors as (
        select distinct d.subject_id as user_id
        from rollup.activity_day as d
        where
            d.workspace_id = p_workspace_id
            and d.branch_id = p_branch_id
            and d.day >= p_from_day
            and d.day < p_to_day
            and crm.is_contact(d.type)
            and d.subject_id <> app.nobody()
    ),

    contacted as (
        select
            x.user_id,
            count(distinct a.lead_id) as leads
        from actors as x
        cross join zone as z
        inner join crm.lead_activities as a
            on
                a.workspace_id = p_workspace_id
                and a.actor_user_id = x.user_id
                and a.occurred_at >= app.day_start(p_from_day, z.name)
                and a.occurred_at < app.day_start(p_to_day, z.name)
        inner join crm.leads as l
            on l.workspace_id = p_workspace_id and l.id = a.lead_id and l.branch_id = p_branch_id
        where crm.is_contact(a.type)
        group by x.user_id
    ),

    people as (
        select m.user_id
        from crm.members as m
        where
            m.workspace_id = p_workspace_id
            and m.branch_id = p_branch_id
            and m.role in ('agent', 'partner', 'manager')
            and m.deactivated_at is null
        union
        select c.user_id
        from called as c
        union
        select c.user_id
        from converted as c
        union
        select c.user_id
        from contacted as c
    )

    select
        p.user_id,
        coalesce(k.calls, 0)::bigint,
        coalesce(k.answered, 0)::bigint,
        coalesce(k.interested, 0)::bigint,
        case when p.user_id <> app.nobody() then coalesce(a.leads, 0)::bigint end,
        coalesce(o.won, 0)::bigint,
        coalesce(k.successful, 0)::bigint,
        coalesce(k.answered_outbound, 0)::bigint
    from people as p
    left join called as k on k.user_id = p.user_id
    left join converted as o on o.user_id = p.user_id
    left join contacted as a on a.user_id = p.user_id
$$;
alter function metrics.branch_staff(uuid, uuid, date, date) owner to leadboard_view;
grant execute on function metrics.branch_staff(uuid, uuid, date, date) to leadboard_rollup;

comment on function metrics.branch_staff(uuid, uuid, date, date) is
'What each member did in a branch in the local days [p_from_day, p_to_day): calls, answered, interested, distinct leads contacted, leads won, successful and answered outbound calls.';
