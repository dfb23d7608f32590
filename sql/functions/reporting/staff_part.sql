-- Who did what, most leads won first, then interested calls, calls, and the key. Names are not kept
-- in a report: reporting.named fills them in, so that an erased person has none in old reports.
-- Reads: metrics.branch_staff.
create function reporting.staff_part(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns jsonb
language sql
stable
as $$
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'user_id', nullif(s.user_id, app.nobody()),
                    'calls', s.calls,
                    'answered', s.answered,
                    'interested', s.interested,
                    'leads_contacted', s.leads_contacted,
                    'converted', s.converted,
                    'success_rate', metrics.percent(s.successful, s.answered_outbound),
                    'successful', s.successful,
                    'answered_outbound', s.answered_outbound
                )
                order by s.converted desc, s.interested desc, s.calls desc, s.user_id
            ),
            '[]'
        )
    from metrics.branch_staff(p_workspace_id, p_branch_id, p_from_day, p_to_day) as s
$$;
alter function reporting.staff_part(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function reporting.staff_part(uuid, uuid, date, date) is
'The staff table of a report as JSON, without names.';
