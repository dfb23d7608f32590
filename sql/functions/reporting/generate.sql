-- Makes a report by hand, for the caller: of a day (date), of days (start_date to end_date, both
-- included, at most 31), or without them yesterday, or the last complete ISO week. With recipients
-- it is sent to them, by e-mail unless delivery_method says otherwise; without, nothing is sent.
-- Without a branch: the manager's own, or the only one there is. Returns the key of the delivery.
-- LB400 with errors per field, LB403, LB404.
create function reporting.generate(p_workspace_id uuid, p_request jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_longest constant integer := 31;
    p constant jsonb := p_request;
    v_branch_id uuid := (p ->> 'branch_id')::uuid;
    v_is_daily constant boolean := p ->> 'report_type' = 'daily';
    v_template_id constant uuid := (p ->> 'template_id')::uuid;
    v_today date;
    v_from date;
    v_to date;
    v_id uuid;
    v_delivery reporting.deliveries;
begin
    perform reporting.require_right(p_workspace_id, v_branch_id);
    if v_branch_id is null then
        v_branch_id := reporting.only_branch(p_workspace_id);
    end if;

    v_today := app.today(reporting.zone_of(p_workspace_id, v_branch_id, null));
    v_from := coalesce(
        (p ->> case when v_is_daily then 'date' else 'start_date' end)::date,
        case when v_is_daily then v_today - 1 else date_trunc('week', v_today)::date - 7 end
    );
    v_to := case
        when v_is_daily then v_from + 1
        when p ->> 'end_date' is not null then (p ->> 'end_date')::date + 1
        else v_from + 7
    end;
    perform reporting.refuse((
        select jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message))
        from (
            values
            (
                case when v_is_daily then 'date' else 'start_date' end,
                case
                    when v_from > v_today then 'A day that has begun.'
                    when v_from < '2000-01-01' then 'Not before 2000-01-01.'
                end
            ),
            (
                case when v_is_daily then 'start_date' else 'date' end,
                case
                    when p ->> case when v_is_daily then 'start_date' else 'date' end is not null
                        then 'Not for a report of this type.'
                end
            ),
            (
                'end_date',
                case
                    when p ->> 'end_date' is null then null
                    when v_is_daily then 'Not for a report of this type.'
                    when p ->> 'start_date' is null then 'Together with start_date.'
                    when v_to <= v_from then 'Not before start_date.'
                    when v_to - v_from > c_longest then format('At most %s days.', c_longest)
                    when v_to - 1 > v_today then 'A day that has begun.'
                end
            ),
            (
                'template_id',
                case
                    when
                        v_template_id is not null
                        and not exists (
                            select from reporting.templates as t
                            where t.workspace_id = p_workspace_id and t.id = v_template_id
                        )
                        then 'There is no such template.'
                end
            )
        ) as f (field, message)
        where f.message is not null
    ));

    v_id := reporting.make_delivery(
        p_workspace_id, v_branch_id, p ->> 'report_type', v_from, v_to, app.current_user_id(),
        v_template_id
    );
    if jsonb_array_length(p -> 'recipients') > 0 then
        v_delivery := reporting.own_delivery(p_workspace_id, v_id);
        perform reporting.add_recipients(
            v_delivery, coalesce(p ->> 'delivery_method', 'email'),
            array(select jsonb_array_elements_text(p -> 'recipients')), p ->> 'signing_key'
        );
    end if;
    return v_id;
end
$$;
alter function reporting.generate(uuid, jsonb) owner to leadboard_owner;
grant execute on function reporting.generate(uuid, jsonb) to leadboard_api;

comment on function reporting.generate(uuid, jsonb) is
'Makes a report by hand and, with recipients, enqueues it; returns the key of the delivery.';
