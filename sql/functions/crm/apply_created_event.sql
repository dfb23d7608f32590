-- lead.created: a new lead, as it was when it came in. A second lead with the same key is a fault
-- of the sender, who wants lead.updated.
-- A caller who is bound to a branch brings leads into that branch; one who is bound to themselves
-- brings them in for themselves.
create function crm.apply_created_event(
    p_workspace_id uuid,
    p_event jsonb,
    p_source_system text,
    p_at timestamptz,
    p_actor_user_id uuid,
    p_scope text,
    p_user_id uuid,
    p_branch_id uuid
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_owner_user_id uuid := crm.event_person(
        p_workspace_id, p_source_system, p_event ->> 'owner', p_scope, p_user_id, p_branch_id
    );
    v_created_by_user_id uuid := coalesce(
        crm.event_person(
            p_workspace_id, p_source_system, p_event ->> 'created_by', p_scope, p_user_id, p_branch_id
        ),
        p_actor_user_id
    );
    v_branch_id uuid := crm.event_branch(
        p_workspace_id, p_event ->> 'branch', p_scope, p_branch_id
    );
    v_industry_id uuid := crm.event_industry(p_event ->> 'industry');
    v_status text := coalesce(p_event ->> 'status', 'new');
begin
    if p_scope = 'own' and p_event ? 'price_at_purchase' then
        raise exception using
            errcode = 'LB403', message = 'Your role may not set price_at_purchase.';
    end if;
    if p_scope <> 'all' then
        v_branch_id := coalesce(v_branch_id, p_branch_id);
    end if;
    insert into crm.leads (
        workspace_id, id, branch_id, owner_user_id, created_by_user_id, changed_by_user_id,
        source_system, external_id, first_name, last_name, company, job_title, email, phone, source,
        status, status_changed_at, industry_id, country, province, postcode, company_size, tags, score,
        price_at_purchase, deal_value, assigned_at, created_at
    )
    values (
        p_workspace_id,
        coalesce(app.try_uuid(p_event ->> 'lead_id'), app.uuid_v7()),
        v_branch_id,
        v_owner_user_id,
        v_created_by_user_id,
        p_actor_user_id,
        p_source_system,
        nullif(btrim(p_event ->> 'external_id'), ''),
        nullif(btrim(p_event ->> 'first_name'), ''),
        nullif(btrim(p_event ->> 'last_name'), ''),
        nullif(btrim(p_event ->> 'company'), ''),
        nullif(btrim(p_event ->> 'job_title'), ''),
        nullif(btrim(p_event ->> 'email'), ''),
        nullif(btrim(p_event ->> 'phone'), ''),
        coalesce(nullif(btrim(p_event ->> 'source'), ''), 'unknown'),
        v_status,
        p_at,
        v_industry_id,
        nullif(btrim(p_event ->> 'country'), ''),
        nullif(btrim(p_event ->> 'province'), ''),
        nullif(btrim(p_event ->> 'postcode'), ''),
        nullif(btrim(p_event ->> 'company_size'), ''),
        crm.event_list(p_event -> 'tags'),
        (p_event ->> 'score')::numeric,
        (p_event ->> 'price_at_purchase')::numeric,
        (p_event ->> 'deal_value')::numeric,
        case when v_owner_user_id is not null then p_at end,
        p_at
    );
exception
    when unique_violation then
        raise exception using
            errcode = 'LB422',
            message = 'A lead with this external_id or lead_id exists already; send lead.updated.';
end
$$;
alter function crm.apply_created_event(uuid, jsonb, text, timestamptz, uuid, text, uuid, uuid)
owner to leadboard_owner;

comment on function crm.apply_created_event(uuid, jsonb, text, timestamptz, uuid, text, uuid, uuid) is
'Applies lead.created; LB422 when the lead exists already or names something unknown.';
