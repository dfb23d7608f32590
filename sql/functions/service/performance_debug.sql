-- GET /api/admin/ai-router/performance-debug: how the performance score of a partner came about,
-- for owners and admins. Every input, shrunk value, curve point, weight and part is that of
-- scoring.explain, with six decimals, so that the contributions can be added up by hand; and the
-- last 20 routing decisions that chose the partner.
create function service.performance_debug(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_partner_id uuid
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
    v_parts json;
    v_decisions jsonb;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    perform scoring.require_admin(v_caller.workspace_id);
    v_decisions := routing.partner_decisions(v_caller.workspace_id, p_partner_id, 20);
    -- Decisions come between two refreshes too.
    etag := service.etag(
        'performance-debug', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, p_partner_id::text, v_decisions::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    select
        json_agg(
            json_build_object(
                'part', e.part,
                'input_name', e.input_name,
                'input_value', round(e.input_value, 6),
                'n', e.n,
                'prior', round(e.prior, 6),
                'shrunk_value', round(e.shrunk_value, 6),
                'curve', case
                    when e.x0 is not null
                        then json_build_object(
                            'x0', round(e.x0, 6),
                            'y0', round(e.y0, 6),
                            'x1', round(e.x1, 6),
                            'y1', round(e.y1, 6)
                        )
                end,
                'score', round(e.score, 6),
                'is_prior', e.is_prior,
                'effective_score', round(e.effective_score, 6),
                'weight', round(e.weight, 6),
                'contribution', round(e.contribution, 6)
            )
            order by e.ordinal
        )
    into v_parts
    from scoring.explain(v_caller.workspace_id, p_partner_id) as e;
    select
        json_build_object(
            'partner', r.body,
            'score', json_build_object(
                'performance_score', round(r.performance_score, 6),
                'weights_version', s.weights_version,
                'weights_are_default', s.weights_are_default,
                'curves_version', s.curves_version,
                'curves_are_default', s.curves_are_default,
                'as_of', s.as_of,
                'parts', v_parts
            ),
            'decisions', v_decisions
        )
    into body
    from service.partner_rows(v_caller.workspace_id) as r
    inner join analytics.partner_performance_stats as s
        on s.workspace_id = v_caller.workspace_id and s.partner_id = r.partner_id
    where r.partner_id = p_partner_id;
    return next;
end
$$;
alter function service.performance_debug(uuid, text, uuid, uuid) owner to leadboard_view;
grant execute on function service.performance_debug(uuid, text, uuid, uuid) to leadboard_api;

comment on function service.performance_debug(uuid, text, uuid, uuid) is
'GET /api/admin/ai-router/performance-debug: the performance score of a partner step by step, and the last routing decisions; owners and admins only.';
