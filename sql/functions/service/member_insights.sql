-- GET /api/reports/users/{user_id}/insights: what is worth telling about a member, the badges
-- earned and the running streak. A member of the own workspace whom the caller may not see is
-- LB403; everyone else, another tenant's member included, does not exist: LB404.
create function service.member_insights(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_person_id uuid,
    p_days integer,
    p_language text
)
returns table (etag text, body json)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_caller record;
    v_today date;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    perform service.refuse_person(v_caller.workspace_id, p_person_id);
    select app.today(p.timezone) into v_today
    from stats.people as p
    where
        p.workspace_id = v_caller.workspace_id
        and p.user_id = p_person_id
        and p.is_active;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such member.';
    end if;
    etag := service.etag(
        'member-insights', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, p_person_id::text, v_today::text, p_days::text,
        p_language
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    body := json_build_object(
        'user_id', p_person_id,
        'days', p_days,
        'insights', service.insights_body(
            v_caller.workspace_id, p_person_id, p_days, p_language
        ),
        'badges', (
            select
                coalesce(
                    json_agg(
                        json_build_object(
                            'badge', e.badge,
                            'title', e.title,
                            'description', e.description,
                            'earned_on', e.earned_on,
                            'period_start', e.period_start
                        )
                        order by e.earned_on desc, e.badge
                    ),
                    '[]'
                )
            from analytics.badges_earned as e
            where e.workspace_id = v_caller.workspace_id and e.user_id = p_person_id
        ),
        'streak_days', metrics.current_streak(v_caller.workspace_id, p_person_id, v_today)
    );
    return next;
end
$$;
alter function service.member_insights(uuid, text, uuid, uuid, integer, text)
owner to leadboard_view;
grant execute on function service.member_insights(uuid, text, uuid, uuid, integer, text)
to leadboard_api;

comment on function service.member_insights(uuid, text, uuid, uuid, integer, text) is
'GET /api/reports/users/{user_id}/insights: insights, badges and streak of a member the caller may see; LB403, LB404.';
