-- Insights about a member as JSON: figures with four decimals, sentences in English (en) or Dutch
-- (nl). Whoever calls this has asked whether the caller may see the member, and runs as
-- leadboard_view.
create function service.insights_body(
    p_workspace_id uuid, p_user_id uuid, p_days integer, p_language text
)
returns json
language sql
stable
as $$
    select
        coalesce(
            json_agg(
                json_build_object(
                    'type', i.type,
                    'metric', i.metric,
                    'subject', i.subject,
                    'value', trim_scale(round(i.value, 4)),
                    'baseline', trim_scale(round(i.baseline, 4)),
                    'low', trim_scale(round(i.low, 4)),
                    'high', trim_scale(round(i.high, 4)),
                    'cases', i.cases,
                    'better', i.better,
                    'sentence', metrics.insight_sentence(
                        i.type, i.metric, i.subject, i.value, i.baseline, i.cases, p_language
                    )
                )
                order by i.ordinality
            ),
            '[]'
        )
    from metrics.insights(p_workspace_id, p_user_id, p_days) with ordinality as i
$$;
alter function service.insights_body(uuid, uuid, integer, text) owner to leadboard_view;
grant execute on function service.insights_body(uuid, uuid, integer, text) to leadboard_api;

comment on function service.insights_body(uuid, uuid, integer, text) is
'Insights about a member as a JSON list.';
