-- Sets columns of a lead that the caller of this function has locked. Each update is noted as an
-- activity lead_updated that names its columns; a column that a later update has set is left alone,
-- so the order of arrival does not matter.
create function crm.update_lead(
    p_lead crm.leads,
    p_patch jsonb,
    p_at timestamptz,
    p_actor_user_id uuid
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_patch jsonb;
    v_new crm.leads;
begin
    if p_lead.erased_at is not null then
        raise exception using errcode = 'LB422', message = 'This lead was erased.';
    end if;
    select coalesce(jsonb_object_agg(p.field, p.value), '{}')
    into v_patch
    from jsonb_each(p_patch) as p (field, value)
    where
        not exists (
            select from crm.lead_activities as a
            where
                a.workspace_id = p_lead.workspace_id
                and a.lead_id = p_lead.id
                and a.occurred_at > p_at
                and a.type = 'lead_updated'
                and a.metadata -> 'fields' ? p.field
        );
    v_new := jsonb_populate_record(p_lead, v_patch);

    update crm.leads as l
    set
        branch_id = v_new.branch_id,
        first_name = v_new.first_name,
        last_name = v_new.last_name,
        company = v_new.company,
        job_title = v_new.job_title,
        email = v_new.email,
        phone = v_new.phone,
        source = v_new.source,
        industry_id = v_new.industry_id,
        country = v_new.country,
        province = v_new.province,
        postcode = v_new.postcode,
        company_size = v_new.company_size,
        tags = v_new.tags,
        score = v_new.score,
        price_at_purchase = v_new.price_at_purchase,
        deal_value = v_new.deal_value,
        changed_by_user_id = p_actor_user_id
    where l.workspace_id = p_lead.workspace_id and l.id = p_lead.id;

    insert into crm.lead_activities (
        workspace_id, id, lead_id, actor_user_id, type, title, metadata, occurred_at, recorded_at
    )
    values (
        p_lead.workspace_id,
        app.uuid_v7(),
        p_lead.id,
        p_actor_user_id,
        'lead_updated',
        'Lead updated',
        jsonb_build_object('fields', (select jsonb_agg(p.field) from jsonb_object_keys(p_patch) as p (field))),
        p_at,
        app.now()
    );
end
$$;
alter function crm.update_lead(crm.leads, jsonb, timestamptz, uuid) owner to leadboard_owner;

comment on function crm.update_lead(crm.leads, jsonb, timestamptz, uuid) is
'Sets the columns that p_patch names on a locked lead, except those that a later update has set.';
