-- What the page of one person shows beside the row: median response, days, best segments, and how
-- leads are attributed. Only for people who are the caller's to see by role; NULL for all others,
-- who are no business of theirs. Definer, because the parts read facts and rollups of the person
-- whom the caller manages.
-- Rounded here: minutes to one decimal; rates of segments are fractions of four, as everywhere in
-- segments.
create function service.rep_details(p_workspace_id uuid, p_user_id uuid, p_days integer)
returns json
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_from date;
    v_to date;
begin
    select
        app.today(p.timezone) - p_days + 1,
        app.today(p.timezone) + 1
    into v_from, v_to
    from stats.people as p
    where
        p.workspace_id = p_workspace_id
        and p.user_id = p_user_id
        and p.is_active
        and p.workspace_id = any(app.member_workspaces())
        and (
            p.workspace_id = any(app.admin_workspaces())
            or p.user_id = app.current_user_id()
            or p.branch_id = any(app.managed_branches())
        );
    if not found then
        return null;
    end if;

    return json_build_object(
        'median_first_response_time_minutes',
        round(metrics.median_response_minutes(p_workspace_id, p_user_id, v_from, v_to), 1),
        'attribution', (
            select
                json_object_agg(
                    a.model, json_build_object('leads', a.leads, 'won_leads', a.won_leads)
                    order by a.model desc
                )
            from metrics.rep_attribution(p_workspace_id, p_user_id, v_from, v_to) as a
        ),
        'daily', (
            select json_agg(row_to_json(d) order by d.day)
            from metrics.rep_days(p_workspace_id, p_user_id, v_from, v_to) as d
        ),
        'top_segments', (
            select coalesce(json_agg(row_to_json(t) order by t.ordinal), '[]')
            from (
                select
                    row_number() over (
                        order by s.replied desc, s.reply_rate desc, g.name, s.segment_id
                    ) as ordinal,
                    s.segment_id,
                    g.name as segment_name,
                    s.leads_sent,
                    s.opened,
                    s.replied,
                    s.bounced,
                    s.clicked,
                    s.converted,
                    round(s.open_rate, 4) as open_rate,
                    round(s.reply_rate, 4) as reply_rate,
                    round(s.bounce_rate, 4) as bounce_rate,
                    round(s.click_rate, 4) as click_rate,
                    round(s.conversion_rate, 4) as conversion_rate
                from metrics.segment_performance(
                    p_workspace_id, v_from, v_to, array[p_user_id]
                ) as s
                inner join crm.segments as g
                    on g.workspace_id = s.workspace_id and g.id = s.segment_id
                where s.leads_sent > 0
                order by ordinal
                limit 5
            ) as t
        )
    );
end
$$;
alter function service.rep_details(uuid, uuid, integer) owner to leadboard_view;
grant execute on function service.rep_details(uuid, uuid, integer) to leadboard_api;

comment on function service.rep_details(uuid, uuid, integer) is
'Median response, attribution, days and best segments of one person; null for people who are not the caller''s to see.';
