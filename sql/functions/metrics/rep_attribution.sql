-- How many leads that were created in the local days [p_from_day, p_to_day) one person is credited
-- with, under three ways to attribute a lead, side by side:
--   owner        leads.credited_user_id, which every other figure goes by
--   first_touch  who worked the lead first: created a task or a note, or logged a contact activity
--   last_touch   who worked it last, so far
-- Grain: one row per model, always three: leads, and how many of them are won.
-- Two pieces of work at the same moment: the smaller user id is first, the larger last. Work by
-- nobody is no touch.
-- Reads: crm.leads; the person's own work by index, and all work on those leads.
-- Definer: reads everything of the person, for the functions of leadboard_view, which ask first
-- whose figures the caller may see.
create function metrics.rep_attribution(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_to_day date
)
returns table (model text, leads bigint, won_leads bigint)
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
    with candidates as (
        select x.lead_id
        from crm.tasks as x
        where x.workspace_id = p_workspace_id and x.created_by_user_id = p_user_id
        union
        select x.lead_id
        from crm.notes as x
        where x.workspace_id = p_workspace_id and x.created_by_user_id = p_user_id
        union
        select x.lead_id
        from crm.lead_activities as x
        where
            x.workspace_id = p_workspace_id
            and x.actor_user_id = p_user_id
            and crm.is_contact(x.type)
        union
        select l.id
        from crm.leads as l
        where
            l.workspace_id = p_workspace_id
            and coalesce(l.credited_user_id, app.nobody()) = p_user_id
            and l.created_at >= app.earliest_start(p_from_day)
            and l.created_at < app.latest_end(p_to_day)
    ),

    cohort as (
        select
            l.id,
            l.credited_user_id,
            crm.is_won(l.status, l.won_at) as is_won
        from candidates as c
        inner join crm.workspaces as w on w.workspace_id = p_workspace_id
        inner join crm.leads as l on l.workspace_id = p_workspace_id and l.id = c.lead_id
        left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = l.branch_id
        where
            l.created_at >= app.earliest_start(p_from_day)
            and l.created_at < app.latest_end(p_to_day)
            and app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) >= p_from_day
            and app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) < p_to_day
    ),

    touched as (
        select
            c.credited_user_id,
            c.is_won,
            (array_agg(t.user_id order by t.at, t.user_id))[1] as first_user_id,
            (array_agg(t.user_id order by t.at desc, t.user_id desc))[1] as last_user_id
        from cohort as c
        left join lateral (
            select
                x.created_by_user_id as user_id,
                x.created_at as at
            from crm.tasks as x
            where
                x.workspace_id = p_workspace_id
                and x.lead_id = c.id
                and x.created_by_user_id is not null
            union all
            select
                x.created_by_user_id,
                x.created_at
            from crm.notes as x
            where
                x.workspace_id = p_workspace_id
                and x.lead_id = c.id
                and x.created_by_user_id is not null
            union all
            select
                x.actor_user_id,
                x.occurred_at
            from crm.lead_activities as x
            where
                x.workspace_id = p_workspace_id
                and x.lead_id = c.id
                and x.actor_user_id is not null
                and crm.is_contact(x.type)
        ) as t on true
        group by c.id, c.credited_user_id, c.is_won
    )

    select
        m.model,
        count(*) filter (where m.is_credited) as leads,
        count(*) filter (where m.is_credited and m.is_won) as won_leads
    from (
        select
            v.model,
            v.is_credited,
            t.is_won
        from (values ('owner'), ('first_touch'), ('last_touch')) as k (model)
        left join touched as t on true
        cross join lateral (
            select
                k.model,
                case k.model
                    when 'owner' then t.credited_user_id
                    when 'first_touch' then t.first_user_id
                    else t.last_user_id
                end = p_user_id as is_credited
        ) as v
    ) as m
    group by m.model
$$;
alter function metrics.rep_attribution(uuid, uuid, date, date) owner to leadboard_rollup;
grant execute on function metrics.rep_attribution(uuid, uuid, date, date) to leadboard_view;

comment on function metrics.rep_attribution(uuid, uuid, date, date) is
'Leads of the local days [from, to) credited to one person as owner, by first touch and by last touch, and how many are won.';
