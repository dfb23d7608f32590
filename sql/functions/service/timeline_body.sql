-- A page of a member's timeline as JSON, newest first, straight from the facts: one definition for
-- the member and for whoever may see the member's page. Pages by key (time, then id): rows that
-- arrive meanwhile are newer than the page before, or stand where they belong; nothing is skipped
-- or shown twice.
-- Four arms, of which a filter switches two off: own and placed activities (crm.lead_activities.
-- timeline_user_id), of all types or of one. Each is one index, read backwards for a page's rows.
-- Whoever calls this has asked whether the caller may see the member, and runs as leadboard_view:
-- the policies still hold, so a manager sees what was done with leads of the own branch. LB400 for
-- a cursor of another list.
create function service.timeline_body(
    p_workspace_id uuid, p_person_id uuid, p_filter text, p_limit integer, p_cursor text
)
returns json
language plpgsql
stable
as $$
declare
    v_after text[];
    v_at timestamptz := 'infinity';
    v_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    v_body json;
    v_type constant text := case p_filter
        when 'calls' then 'phone_call'
        when 'emails' then 'email_sent'
        when 'meetings' then 'meeting'
        when 'conversions' then 'conversion'
    end;
begin
    if p_cursor is not null then
        v_after := service.decode_cursor(p_cursor, array['text', 'uuid']);
        v_at := app.try_time(v_after[1], 'iso', 'UTC');
        v_id := v_after[2]::uuid;
        if v_at is null then
            raise exception using
                errcode = 'LB400', message = 'The cursor is not one of this list.';
        end if;
    end if;

    with own as (
        select a
        from crm.lead_activities as a
        where
            v_type is null
            and a.workspace_id = p_workspace_id
            and a.actor_user_id = p_person_id
            and a.timeline_user_id is null
            and (a.occurred_at, a.id) < (v_at, v_id)
        order by a.occurred_at desc, a.id desc
        limit p_limit + 1
    ),

    own_of_type as (
        select a
        from crm.lead_activities as a
        where
            a.workspace_id = p_workspace_id
            and a.actor_user_id = p_person_id
            and a.type = v_type
            and a.timeline_user_id is null
            and (a.occurred_at, a.id) < (v_at, v_id)
        order by a.occurred_at desc, a.id desc
        limit p_limit + 1
    ),

    placed as (
        select a
        from crm.lead_activities as a
        where
            v_type is null
            and a.workspace_id = p_workspace_id
            and a.timeline_user_id = p_person_id
            and (a.occurred_at, a.id) < (v_at, v_id)
        order by a.occurred_at desc, a.id desc
        limit p_limit + 1
    ),

    placed_of_type as (
        select a
        from crm.lead_activities as a
        where
            a.workspace_id = p_workspace_id
            and a.timeline_user_id = p_person_id
            and a.type = v_type
            and (a.occurred_at, a.id) < (v_at, v_id)
        order by a.occurred_at desc, a.id desc
        limit p_limit + 1
    ),

    page as materialized (
        select
            x.a,
            row_number() over (order by (x.a).occurred_at desc, (x.a).id desc) as ordinal
        from (
            select o.a
            from own as o
            union all
            select o.a
            from own_of_type as o
            union all
            select p.a
            from placed as p
            union all
            select p.a
            from placed_of_type as p
        ) as x
        order by 2
        limit p_limit + 1
    )

    select
        json_build_object(
            'activities', coalesce(
                json_agg(
                    json_build_object(
                        'id', (p.a).id,
                        'type', crm.timeline_type((p.a).type),
                        'title', crm.timeline_title(
                            (p.a).type, (p.a).title, (p.a).timeline_user_id
                        ),
                        'description', crm.timeline_description(
                            (p.a).description, l.first_name, l.last_name, l.company
                        ),
                        'timestamp', (p.a).occurred_at,
                        'metadata', crm.timeline_metadata(
                            (p.a).metadata,
                            (p.a).lead_id,
                            (p.a).type,
                            case w.deal_value_basis
                                when 'price_at_purchase' then l.price_at_purchase
                                else l.deal_value
                            end
                        )
                    )
                    order by p.ordinal
                ) filter (where p.ordinal <= p_limit),
                '[]'
            ),
            'next_cursor', service.encode_cursor((
                select json_build_array(to_json((l.a).occurred_at) #>> '{}', (l.a).id)
                from page as l
                where l.ordinal = p_limit and exists (select from page as m where m.ordinal > p_limit)
            ))
        )
    into v_body
    from page as p
    inner join crm.workspaces as w on w.workspace_id = p_workspace_id
    left join crm.leads as l on l.workspace_id = p_workspace_id and l.id = (p.a).lead_id;

    return v_body;
end
$$;
alter function service.timeline_body(uuid, uuid, text, integer, text) owner to leadboard_view;
grant execute on function service.timeline_body(uuid, uuid, text, integer, text) to leadboard_api;

comment on function service.timeline_body(uuid, uuid, text, integer, text) is
'A page of a member''s timeline as JSON, newest first, real-time, as far as the caller may see the leads.';
