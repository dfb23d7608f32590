-- Erases who a lead is: the person and company, free text written about them (activities, notes,
-- tasks, calls, feedback, tickets), and rows of imports that did not land and name them. What
-- figures read stays: times, types, lengths, ratings, amounts, country, province, size, tags, and
-- of the metadata only what a campaign's figures are settled from. Again is harmless. For
-- operators: granted to nobody. LB404: no such lead. Lock order: lead, then its rows.
create function crm.erase_lead(p_workspace_id uuid, p_lead_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_lead record;
begin
    select
        l.external_id,
        l.email,
        l.phone
    into v_lead
    from crm.leads as l
    where l.workspace_id = p_workspace_id and l.id = p_lead_id
    for update;
    if not found then
        raise exception using errcode = 'LB404', message = 'There is no such lead.';
    end if;

    update crm.leads as l
    set
        first_name = null,
        last_name = null,
        company = null,
        job_title = null,
        email = null,
        phone = null,
        postcode = null,
        external_id = case when l.external_id not like '%@%' then l.external_id end,
        erased_at = coalesce(l.erased_at, app.now())
    where l.workspace_id = p_workspace_id and l.id = p_lead_id;

    update crm.lead_activities as a
    set
        title = '',
        description = null,
        metadata = (
            select coalesce(jsonb_object_agg(m.key, m.value), '{}')
            from jsonb_each(a.metadata) as m (key, value)
            where
                a.type like 'campaign\_%'
                and m.key in (
                    'campaign_id', 'variant', 'delivered_at', 'machine', 'auto_reply', 'bounce_kind'
                )
        )
    where a.workspace_id = p_workspace_id and a.lead_id = p_lead_id;

    update crm.call_logs as c
    set notes = null
    where c.workspace_id = p_workspace_id and c.lead_id = p_lead_id and c.notes is not null;

    update crm.notes as n
    set body = ''
    where n.workspace_id = p_workspace_id and n.lead_id = p_lead_id;

    update crm.tasks as t
    set title = ''
    where t.workspace_id = p_workspace_id and t.lead_id = p_lead_id;

    update crm.lead_feedback as f
    set comment = null
    where f.workspace_id = p_workspace_id and f.lead_id = p_lead_id;

    update crm.support_tickets as t
    set subject = null
    where t.workspace_id = p_workspace_id and t.lead_id = p_lead_id;

    update crm.import_rejects as r
    set cells = '{}'
    where
        r.workspace_id = p_workspace_id
        and exists (
            select from unnest(r.cells) as c (cell)
            where
                lower(btrim(c.cell))
                in (lower(v_lead.external_id), lower(v_lead.email), lower(v_lead.phone))
        );
end
$$;
alter function crm.erase_lead(uuid, uuid) owner to leadboard_owner;

comment on function crm.erase_lead(uuid, uuid) is
'Erases a lead''s personal data and the free text about it; figures stay.';
