-- The rows of rep performance and of the leaderboard: every active member ranked, and of them only
-- what the caller may see.
-- Grain: one row per active member whom the caller may see. ordinal is the place on the
-- leaderboard.
-- is_entitled: shown because of the caller's role (all to owner and admin, the own branch to a
-- manager, the own row to everyone), not only because leaderboard_visibility of the workspace lets
-- colleagues see each other:
--   named           everyone is shown to every member, without the e-mail address
--   anonymised      the figures of everyone, but not whose they are
--   own_rank_only   nobody else
-- This is decided here, where the ranks are made, and nowhere else: definer, because ranks and
-- priors count colleagues whom the caller may not see.
--
-- Ranks: by the value; of a ratio by the shrunk value (k + 10 p0) / (n + 10), p0 the team's own.
-- Less than 20 in the denominator is provisional and comes after the others. Nothing to divide by,
-- or a part that is not measured: no rank, last. Ties share a rank and are listed by larger
-- denominator, name, id. rank_change is how many places somebody went up against the p_days before,
-- among those who have a rank in both.
-- Rounded here and nowhere else: percents and minutes to one decimal, activities per lead to two,
-- sort_value and its Wilson interval to four.
create function service.rep_rows(p_workspace_id uuid, p_days integer, p_sort_by text)
returns table (ordinal bigint, user_id uuid, is_entitled boolean, body json)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
-- Joins of whole teams, whose size the planner misjudges right after a refresh.
set enable_nestloop = off
set jit = off
as $$
#variable_conflict use_column
declare
    c_firm constant integer := 20;
    v_is_precomputed constant boolean := p_days in (7, 30, 90);
    v_is_member constant boolean := p_workspace_id = any(app.member_workspaces());
    v_is_admin constant boolean := p_workspace_id = any(app.admin_workspaces());
    v_branches constant uuid[] := app.managed_branches();
    v_caller constant uuid := app.current_user_id();
    v_terms record;
begin
    if not v_is_member then
        return;
    end if;
    v_terms := service.leaderboard_terms(p_workspace_id, p_sort_by);

    return query
    with current_figures as materialized (
        -- One definition, from where it is had cheapest; the other half is not executed.
        select
            s.user_id,
            s.window_from_day,
            s.window_to_day,
            s.new_leads_owned,
            s.source_leads,
            s.leads_contacted,
            s.response_seconds,
            s.avg_first_response_time_minutes,
            s.leads_never_contacted,
            s.never_contacted_rate,
            s.won_leads,
            s.conversion_rate,
            s.leads_worked,
            s.activities,
            s.activities_per_lead,
            s.tasks_created,
            s.tasks_created_completed,
            s.tasks_completed,
            s.task_completion_rate,
            s.campaign_leads_sent,
            s.campaign_opens,
            s.campaign_machine_opens,
            s.campaign_clicks,
            s.campaign_replies,
            s.campaign_bounces,
            s.campaign_open_rate,
            s.campaign_reply_rate,
            s.campaign_bounce_rate,
            s.as_of
        from stats.rep_performance_stats as s
        where v_is_precomputed and s.workspace_id = p_workspace_id and s.days = p_days
        union all
        select
            d.user_id,
            d.window_from_day,
            d.window_to_day,
            d.new_leads_owned,
            d.source_leads,
            d.leads_contacted,
            d.response_seconds,
            d.avg_first_response_time_minutes,
            d.leads_never_contacted,
            d.never_contacted_rate,
            d.won_leads,
            d.conversion_rate,
            d.leads_worked,
            d.activities,
            d.activities_per_lead,
            d.tasks_created,
            d.tasks_created_completed,
            d.tasks_completed,
            d.task_completion_rate,
            d.campaign_leads_sent,
            d.campaign_opens,
            d.campaign_machine_opens,
            d.campaign_clicks,
            d.campaign_replies,
            d.campaign_bounces,
            d.campaign_open_rate,
            d.campaign_reply_rate,
            d.campaign_bounce_rate,
            (
                select t.last_success_at
                from ops.refresh_state as t
                where t.name = 'rollup'
            ) as as_of
        from metrics.rep_standing(p_workspace_id, p_days) as d
        where not v_is_precomputed
    ),

    figures as materialized (
        select
            f.*,
            p.name,
            p.email,
            p.role,
            p.branch_id,
            p.branch_name,
            v.value,
            v.hits,
            v.n
        from current_figures as f
        inner join stats.people as p
            on p.workspace_id = p_workspace_id and p.user_id = f.user_id and p.is_active
        cross join lateral metrics.expression_value(v_terms.expression, to_jsonb(f)) as v
    ),

    scored as materialized (
        select
            f.user_id,
            coalesce(f.n < c_firm, false) as is_provisional,
            case when v_terms.is_lower_better then -1 else 1 end
            * case v_terms.expression ->> 'op'
                when 'ratio'
                    then scoring.shrunk_rate(f.hits, f.n, sum(f.hits) over () / nullif(sum(f.n) over (), 0))
                else f.value
            end as score
        from figures as f
    ),

    before as materialized (
        select
            b.user_id,
            coalesce(b.n < c_firm, false) as is_provisional,
            case when v_terms.is_lower_better then -1 else 1 end
            * case v_terms.expression ->> 'op'
                when 'ratio'
                    then scoring.shrunk_rate(b.hits, b.n, sum(b.hits) over () / nullif(sum(b.n) over (), 0))
                else b.value
            end as score
        from (
            select
                r.user_id,
                v.value,
                v.hits,
                v.n
            from metrics.rep_previous(
                p_workspace_id, p_days, metrics.expression_columns(v_terms.expression)
            ) as r
            cross join lateral metrics.expression_value(v_terms.expression, r.figures) as v
        ) as b
    ),

    ranks as (
        select
            s.user_id,
            s.is_provisional,
            rank() over (order by s.is_provisional, s.score desc) as rank,
            count(*) over () as ranked_count
        from scored as s
        where s.score is not null
    ),

    changes as (
        select
            s.user_id,
            rank() over (order by b.is_provisional, b.score desc)
            - rank() over (order by s.is_provisional, s.score desc) as rank_change
        from scored as s
        inner join before as b on b.user_id = s.user_id
        where s.score is not null and b.score is not null
    ),

    listed as (
        select
            f.*,
            r.rank,
            r.ranked_count,
            r.is_provisional,
            c.rank_change,
            row_number() over (
                order by r.rank nulls last, f.n desc nulls last, f.name, f.user_id
            ) as ordinal,
            v_is_admin
            or f.user_id = v_caller
            or coalesce(f.branch_id = any(v_branches), false) as is_entitled
        from figures as f
        left join ranks as r on r.user_id = f.user_id
        left join changes as c on c.user_id = f.user_id
    )

    select
        l.ordinal,
        l.user_id,
        l.is_entitled,
        (
            select row_to_json(j)
            from (
                select
                    case when v_terms.visibility = 'named' or l.is_entitled then l.user_id end as user_id,
                    case when v_terms.visibility = 'named' or l.is_entitled then l.name else 'Anonymous' end
                        as name,
                    case when l.is_entitled then l.email end as email,
                    case when v_terms.visibility = 'named' or l.is_entitled then l.role end as role,
                    l.new_leads_owned,
                    l.leads_worked,
                    l.tasks_created,
                    l.tasks_completed,
                    metrics.percent(l.tasks_created_completed, l.tasks_created) as task_completion_rate,
                    l.campaign_leads_sent,
                    l.campaign_opens,
                    l.campaign_replies,
                    l.campaign_bounces,
                    metrics.percent(l.campaign_replies, l.campaign_leads_sent) as campaign_reply_rate,
                    metrics.percent(l.campaign_opens, l.campaign_leads_sent) as campaign_open_rate,
                    metrics.percent(l.campaign_bounces, l.campaign_leads_sent) as campaign_bounce_rate,
                    metrics.shares(l.source_leads) as source_breakdown,
                    l.rank,
                    l.rank_change,
                    l.ranked_count,
                    coalesce(l.is_provisional, false) as is_provisional,
                    round(l.value, 4) as sort_value,
                    l.n as sort_n,
                    round(scoring.wilson_low(l.hits, l.n), 4) as sort_low,
                    round(scoring.wilson_high(l.hits, l.n), 4) as sort_high,
                    case when v_terms.visibility = 'named' or l.is_entitled then l.branch_id end as branch_id,
                    case when v_terms.visibility = 'named' or l.is_entitled then l.branch_name end
                        as branch_name,
                    l.tasks_created_completed,
                    l.campaign_machine_opens,
                    l.campaign_clicks,
                    l.leads_contacted,
                    round(l.avg_first_response_time_minutes, 1) as avg_first_response_time_minutes,
                    l.leads_never_contacted,
                    metrics.percent(l.leads_never_contacted, l.new_leads_owned) as pct_never_contacted,
                    l.won_leads,
                    metrics.percent(l.won_leads, l.new_leads_owned) as conversion_rate,
                    l.activities,
                    round(l.activities_per_lead, 2) as activities_per_lead,
                    l.window_from_day,
                    l.window_to_day,
                    l.as_of
            ) as j
        )
    from listed as l
    where l.is_entitled or v_terms.visibility <> 'own_rank_only';
end
$$;
alter function service.rep_rows(uuid, integer, text) owner to leadboard_view;
grant execute on function service.rep_rows(uuid, integer, text) to leadboard_api;

comment on function service.rep_rows(uuid, integer, text) is
'One row per active member whom the caller may see: place on the leaderboard, whether by role or by the workspace''s leaderboard_visibility, and the finished JSON.';
