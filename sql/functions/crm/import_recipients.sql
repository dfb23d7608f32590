-- Lands the campaign recipients of import_row (see crm.read_import); returns how many were new and
-- how many changed.
--
-- Each time of a row is an activity of the lead with a key of its own, exactly as an event would
-- have left it (crm.apply_campaign_event), and crm.settle_recipients works out the recipient's
-- first times from them. So files and events mix in any order, and a repeat adds nothing.
--
-- Segments are those the file names. A row that names none is history: it is in the campaign's own
-- segment, and the next refresh matches it with the rules (crm.match_history).
create function crm.import_recipients(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_columns jsonb := coalesce(p_import.mapping -> 'columns', '{}');
    v_new text[];
    v_settled text[];
    v_corrected text[];
begin
    insert into pg_temp.import_fault (line, column_name, reason)
    select
        t.line,
        coalesce(v_columns ->> 'segments', ''),
        crm.quoted(min(n.name)) || ' is no known segment'
    from pg_temp.import_row as t
    cross join lateral unnest(t.segments) as n (name)
    where
        not exists (
            select from crm.segments as s
            where
                s.workspace_id = p_import.workspace_id
                and (s.name = n.name or s.id = app.try_uuid(n.name))
        )
    group by t.line;
    perform crm.drop_faulty_rows();

    insert into pg_temp.import_fault (line, column_name, reason, is_warning)
    select
        i.line,
        coalesce(v_columns ->> s.target, ''),
        format('%s lies before it was sent: kept, not counted', s.target),
        true
    from pg_temp.import_row as i
    cross join lateral (
        values
        ('delivered_at', i.delivered_at),
        ('opened_at', i.opened_at),
        ('clicked_at', i.clicked_at),
        ('replied_at', i.replied_at),
        ('bounced_at', i.bounced_at)
    ) as s (target, at)
    where s.at < i.sent_at;

    perform crm.lock_import_leads(p_import.workspace_id);

    insert into crm.lead_activities (
        workspace_id, id, lead_id, actor_user_id, type, title, metadata, source_system, external_id,
        occurred_at, recorded_at
    )
    select
        p_import.workspace_id,
        app.uuid_v7(),
        i.lead,
        null,
        s.type,
        c.name,
        jsonb_strip_nulls(jsonb_build_object('campaign_id', c.id) || coalesce(s.metadata, '{}')),
        p_import.source_system,
        concat_ws(':', s.type, c.id, i.lead, extract(epoch from s.at)),
        s.at,
        app.now()
    from pg_temp.import_row as i
    inner join crm.campaigns as c on c.workspace_id = p_import.workspace_id and c.id = i.campaign
    cross join lateral (
        values
        (
            'campaign_sent', i.sent_at,
            jsonb_build_object(
                'variant', i.variant,
                'delivered_at', case when i.delivered_at >= i.sent_at then i.delivered_at end
            )
        ),
        ('campaign_opened', i.opened_at, null),
        ('campaign_clicked', i.clicked_at, null),
        ('campaign_replied', i.replied_at, jsonb_build_object('auto_reply', i.auto_reply)),
        (
            'campaign_bounced', i.bounced_at,
            jsonb_build_object('bounce_kind', coalesce(i.bounce_kind, 'hard'))
        )
    ) as s (type, at, metadata)
    where s.at is not null
    order by i.line
    on conflict do nothing;

    with added as (
        insert into crm.campaign_leads (workspace_id, campaign_id, lead_id, machine_opened)
        select
            p_import.workspace_id,
            i.campaign,
            i.lead,
            coalesce(i.machine_opened, false)
        from pg_temp.import_row as i
        order by i.campaign, i.lead
        on conflict do nothing
        returning campaign_leads.campaign_id, campaign_leads.lead_id
    )

    select array_agg(a.campaign_id::text || ' ' || a.lead_id::text)
    into v_new
    from added as a;

    select array_agg(s.campaign_id::text || ' ' || s.lead_id::text)
    into v_settled
    from crm.settle_recipients(
        p_import.workspace_id,
        array(select i.campaign from pg_temp.import_row as i order by i.line),
        array(select i.lead from pg_temp.import_row as i order by i.line)
    ) as s;

    -- What no activity tells.
    with corrected as (
        update crm.campaign_leads as r
        set
            owner_at_send = coalesce(i.owner_at_send, r.owner_at_send),
            machine_opened = r.machine_opened or coalesce(i.machine_opened, false)
        from pg_temp.import_row as i
        where
            r.workspace_id = p_import.workspace_id
            and r.lead_id = any(array(select k.lead from pg_temp.import_row as k))
            and r.campaign_id = i.campaign
            and r.lead_id = i.lead
            and (r.owner_at_send, r.machine_opened) is distinct from (
                coalesce(i.owner_at_send, r.owner_at_send),
                r.machine_opened or coalesce(i.machine_opened, false)
            )
        returning i.key
    )

    select array_agg(c.key)
    into v_corrected
    from corrected as c;

    insert into crm.campaign_lead_segments (
        workspace_id, campaign_id, lead_id, segment_id, segment_version, sent_at
    )
    select
        p_import.workspace_id,
        r.campaign_id,
        r.lead_id,
        s.id,
        s.version,
        r.sent_at
    from pg_temp.import_row as i
    inner join lateral (
        select k.*
        from crm.campaign_leads as k
        where
            k.workspace_id = p_import.workspace_id
            and k.campaign_id = i.campaign
            and k.lead_id = i.lead
        offset 0
    ) as r on true
    inner join crm.campaigns as c on c.workspace_id = p_import.workspace_id and c.id = i.campaign
    inner join crm.segments as s
        on
            s.workspace_id = p_import.workspace_id
            and case
                when i.segments is null then s.id = c.segment_id
                else s.name = any(i.segments) or s.id::text = any(i.segments)
            end
    where r.sent_at is not null
    on conflict do nothing;

    update crm.campaign_leads as r
    set segments_taken_at = r.sent_at
    from pg_temp.import_row as i
    where
        r.workspace_id = p_import.workspace_id
        and r.lead_id = any(array(select k.lead from pg_temp.import_row as k))
        and r.campaign_id = i.campaign
        and r.lead_id = i.lead
        and r.sent_at is not null
        and r.segments_taken_at is null
        and i.segments is not null;

    insert into crm.unmatched_history (workspace_id, lead_id)
    select distinct
        p_import.workspace_id,
        i.lead
    from pg_temp.import_row as i
    where i.segments is null;

    return query
    select
        coalesce(cardinality(v_new), 0)::bigint,
        (
            select count(*)
            from (
                (
                    select k.key from unnest(v_settled) as k (key)
                    union
                    select k.key from unnest(v_corrected) as k (key)
                )
                except
                select k.key from unnest(v_new) as k (key)
            ) as known
        );
end
$$;
alter function crm.import_recipients(crm.imports) owner to leadboard_owner;

comment on function crm.import_recipients(crm.imports) is
'Lands the campaign recipients of an import; counts new and changed ones.';
