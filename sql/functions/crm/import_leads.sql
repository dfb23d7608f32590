-- Lands the leads of import_row (see crm.read_import); returns how many were new and how many
-- changed.
--
-- Status. Its time is status_changed_at, else the stage time that belongs to it, else for a new
-- lead created_at and for a known one the time of the import. A status older than the present one
-- is history (crm.change_lead_status). Stage times of a file are facts: they replace what is known,
-- and each is also a step of the status history.
-- Owner. Their time is assigned_at, else for a new lead created_at and for a known one the time of
-- the import. One older than the present ownership divides the history (crm.assign_lead).
-- Warnings: stage times before created_at, a status without any time.
create function crm.import_leads(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_columns jsonb := coalesce(p_import.mapping -> 'columns', '{}');
    v_lead crm.leads;
    v record;
begin
    perform crm.create_import_names(p_import, 'branch');
    perform crm.create_import_names(p_import, 'industry');

    perform 1
    from crm.leads as l
    where
        l.workspace_id = p_import.workspace_id
        and l.id = any(array(select i.existing_id from pg_temp.import_row as i))
    order by l.id
    for no key update;

    insert into pg_temp.import_fault (line, column_name, reason)
    select
        i.line,
        coalesce(v_columns ->> 'external_id', ''),
        'this lead was erased'
    from pg_temp.import_row as i
    inner join lateral (
        select k.*
        from crm.leads as k
        where k.workspace_id = p_import.workspace_id and k.id = i.existing_id
        offset 0
    ) as l on true
    where l.erased_at is not null;
    perform crm.drop_faulty_rows();

    insert into pg_temp.import_fault (line, column_name, reason, is_warning)
    select
        i.line,
        coalesce(v_columns ->> s.target, ''),
        format('%s lies before the lead came in', s.target),
        true
    from pg_temp.import_row as i
    left join lateral (
        select k.*
        from crm.leads as k
        where k.workspace_id = p_import.workspace_id and k.id = i.existing_id
        offset 0
    ) as l on true
    cross join lateral (
        values
        ('assigned_at', i.assigned_at),
        ('accepted_at', i.accepted_at),
        ('rejected_at', i.rejected_at),
        ('first_contact_at', i.first_contact_at),
        ('interested_at', i.interested_at),
        ('won_at', i.won_at),
        ('lost_at', i.lost_at)
    ) as s (target, at)
    where s.at < coalesce(i.created_at, l.created_at) and v_columns ? s.target;

    -- What each row says, on top of what is known.
    create temporary table import_lead on commit drop as
    select
        i.line,
        i.key,
        coalesce(l.id, app.uuid_v7()) as id,
        l.id is null as is_new,
        coalesce(i.branch, l.branch_id) as branch_id,
        coalesce(i.owner, l.owner_user_id) as owner_user_id,
        case
            when l.id is null or i.owner is null or i.owner is not distinct from l.owner_user_id
                then coalesce(i.assigned_at, l.assigned_at)
            else coalesce(i.assigned_at, app.now())
        end as assigned_at,
        -- Not news: the present owner came later.
        coalesce(i.owner is distinct from l.owner_user_id and i.assigned_at < o.since, false)
        and l.id is not null as is_late_owner,
        coalesce(i.created_by, l.created_by_user_id) as created_by_user_id,
        coalesce(i.status, l.status, 'new') as status,
        s.at as status_at,
        coalesce(
            i.status <> l.status
            and s.at < l.status_changed_at
            and not (l.status = 'new' and l.status_changed_at = l.created_at),
            false
        ) as is_late_status,
        case
            when l.id is null then coalesce(s.at, i.created_at)
            when i.status <> l.status then coalesce(s.at, app.now())
            -- A corrected time of the present status.
            when i.status = l.status and i.status_changed_at is not null then i.status_changed_at
            when i.status = l.status and s.at is not null and s.known_at = l.status_changed_at then s.at
            else l.status_changed_at
        end as status_changed_at,
        coalesce(i.accepted_at, l.accepted_at) as accepted_at,
        coalesce(i.rejected_at, l.rejected_at) as rejected_at,
        least(i.first_contact_at, l.first_contact_at) as first_contact_at,
        coalesce(i.interested_at, l.interested_at) as interested_at,
        coalesce(i.won_at, l.won_at) as won_at,
        coalesce(i.lost_at, l.lost_at) as lost_at,
        coalesce(i.source, l.source, 'unknown') as source,
        coalesce(i.deal_value, l.deal_value)::numeric(14, 2) as deal_value,
        coalesce(i.price_at_purchase, l.price_at_purchase)::numeric(14, 2) as price_at_purchase,
        coalesce(i.score, l.score) as score,
        coalesce(i.industry, l.industry_id) as industry_id,
        coalesce(i.first_name, l.first_name) as first_name,
        coalesce(i.last_name, l.last_name) as last_name,
        coalesce(i.company, l.company) as company,
        coalesce(i.job_title, l.job_title) as job_title,
        coalesce(i.email, l.email) as email,
        coalesce(i.phone, l.phone) as phone,
        coalesce(i.country, l.country) as country,
        coalesce(i.province, l.province) as province,
        coalesce(i.postcode, l.postcode) as postcode,
        coalesce(i.company_size, l.company_size) as company_size,
        coalesce(i.tags, l.tags, '{}') as tags,
        coalesce(i.created_at, l.created_at) as created_at
    from pg_temp.import_row as i
    left join lateral (
        select k.*
        from crm.leads as k
        where k.workspace_id = p_import.workspace_id and k.id = i.existing_id
        offset 0
    ) as l on true
    left join lateral (
        select lower(w.during) as since
        from crm.lead_ownership as w
        where
            w.workspace_id = p_import.workspace_id
            and w.lead_id = l.id
            and upper_inf(w.during)
            -- Nobody's since it came in: any assignment follows.
            and not (w.user_id is null and lower(w.during) = l.created_at)
    ) as o on true
    cross join lateral (
        select
            coalesce(
                i.status_changed_at,
                case i.status
                    when 'accepted' then i.accepted_at
                    when 'rejected' then i.rejected_at
                    when 'contacted' then i.first_contact_at
                    when 'qualified' then i.interested_at
                    when 'won' then i.won_at
                    when 'lost' then i.lost_at
                end
            ) as at,
            case i.status
                when 'accepted' then l.accepted_at
                when 'rejected' then l.rejected_at
                when 'qualified' then l.interested_at
                when 'won' then l.won_at
                when 'lost' then l.lost_at
            end as known_at
    ) as s;
    analyze import_lead;

    insert into pg_temp.import_fault (line, column_name, reason, is_warning)
    select
        w.line,
        coalesce(v_columns ->> 'status', ''),
        'the status has no time: '
        || case when w.is_new then 'the time the lead came in' else 'the time of the import' end
        || ' is taken',
        true
    from pg_temp.import_lead as w
    left join lateral (
        select k.*
        from crm.leads as k
        where k.workspace_id = p_import.workspace_id and k.id = w.id
        offset 0
    ) as l on true
    where
        w.status_at is null
        and w.status is distinct from coalesce(l.status, 'new');

    with changed as (
        update crm.leads as l
        set
            branch_id = w.branch_id,
            owner_user_id = case when w.is_late_owner then l.owner_user_id else w.owner_user_id end,
            assigned_at = case when w.is_late_owner then l.assigned_at else w.assigned_at end,
            created_by_user_id = w.created_by_user_id,
            status = case when w.is_late_status then l.status else w.status end,
            status_changed_at = case when w.is_late_status then l.status_changed_at else w.status_changed_at end,
            accepted_at = w.accepted_at,
            rejected_at = w.rejected_at,
            first_contact_at = w.first_contact_at,
            interested_at = w.interested_at,
            won_at = w.won_at,
            lost_at = w.lost_at,
            source = w.source,
            deal_value = w.deal_value,
            price_at_purchase = w.price_at_purchase,
            score = w.score,
            industry_id = w.industry_id,
            first_name = w.first_name,
            last_name = w.last_name,
            company = w.company,
            job_title = w.job_title,
            email = w.email,
            phone = w.phone,
            country = w.country,
            province = w.province,
            postcode = w.postcode,
            company_size = w.company_size,
            tags = w.tags,
            created_at = w.created_at
        from pg_temp.import_lead as w
        where
            l.workspace_id = p_import.workspace_id
            and l.id = any(array(select i.existing_id from pg_temp.import_row as i))
            and l.id = w.id
            and (
                l.branch_id,
                l.owner_user_id,
                l.assigned_at,
                l.created_by_user_id,
                l.status,
                l.status_changed_at,
                l.accepted_at,
                l.rejected_at,
                l.first_contact_at,
                l.interested_at,
                l.won_at,
                l.lost_at,
                l.source,
                l.deal_value,
                l.price_at_purchase,
                l.score,
                l.industry_id,
                l.first_name,
                l.last_name,
                l.company,
                l.job_title,
                l.email,
                l.phone,
                l.country,
                l.province,
                l.postcode,
                l.company_size,
                l.tags,
                l.created_at
            ) is distinct from (
                w.branch_id,
                case when w.is_late_owner then l.owner_user_id else w.owner_user_id end,
                case when w.is_late_owner then l.assigned_at else w.assigned_at end,
                w.created_by_user_id,
                case when w.is_late_status then l.status else w.status end,
                case when w.is_late_status then l.status_changed_at else w.status_changed_at end,
                w.accepted_at,
                w.rejected_at,
                w.first_contact_at,
                w.interested_at,
                w.won_at,
                w.lost_at,
                w.source,
                w.deal_value,
                w.price_at_purchase,
                w.score,
                w.industry_id,
                w.first_name,
                w.last_name,
                w.company,
                w.job_title,
                w.email,
                w.phone,
                w.country,
                w.province,
                w.postcode,
                w.company_size,
                w.tags,
                w.created_at
            )
        returning l.id
    ),

    added as (
        insert into crm.leads (
            workspace_id,
            id,
            branch_id,
            owner_user_id,
            assigned_at,
            created_by_user_id,
            source_system,
            external_id,
            status,
            status_changed_at,
            accepted_at,
            rejected_at,
            first_contact_at,
            interested_at,
            won_at,
            lost_at,
            source,
            deal_value,
            price_at_purchase,
            score,
            industry_id,
            first_name,
            last_name,
            company,
            job_title,
            email,
            phone,
            country,
            province,
            postcode,
            company_size,
            tags,
            created_at
        )
        select
            p_import.workspace_id,
            w.id,
            w.branch_id,
            w.owner_user_id,
            w.assigned_at,
            w.created_by_user_id,
            p_import.source_system,
            w.key,
            w.status,
            w.status_changed_at,
            w.accepted_at,
            w.rejected_at,
            w.first_contact_at,
            w.interested_at,
            w.won_at,
            w.lost_at,
            w.source,
            w.deal_value,
            w.price_at_purchase,
            w.score,
            w.industry_id,
            w.first_name,
            w.last_name,
            w.company,
            w.job_title,
            w.email,
            w.phone,
            w.country,
            w.province,
            w.postcode,
            w.company_size,
            w.tags,
            w.created_at
        from pg_temp.import_lead as w
        where w.is_new
        order by w.line
        on conflict do nothing
        returning 1
    )

    select
        (select count(*) from added as a),
        (select count(*) from changed as c)
    into inserted, updated;

    -- Stage times are steps of the status history, the present status aside.
    insert into crm.lead_status_history (workspace_id, lead_id, status, changed_at)
    select
        p_import.workspace_id,
        n.lead_id,
        n.status,
        n.changed_at
    from (
        select
            w.id as lead_id,
            s.status,
            s.at as changed_at
        from pg_temp.import_row as i
        inner join pg_temp.import_lead as w on w.line = i.line
        cross join lateral (
            values
            ('accepted', i.accepted_at),
            ('rejected', i.rejected_at),
            ('qualified', i.interested_at),
            ('won', i.won_at),
            ('lost', i.lost_at)
        ) as s (status, at)
        where s.at is not null
        except
        select
            h.lead_id,
            h.status,
            h.changed_at
        from crm.lead_status_history as h
        where
            h.workspace_id = p_import.workspace_id
            and h.lead_id = any(array(select w.id from pg_temp.import_lead as w))
    ) as n
    -- Somebody else may have created a lead under the very key in between.
    inner join crm.leads as l
        on
            l.workspace_id = p_import.workspace_id
            and l.id = any(array(select w.id from pg_temp.import_lead as w))
            and l.id = n.lead_id
    order by n.lead_id, n.changed_at;

    -- What came later is known already: these few rows go into the history one by one.
    for v in
        select
            w.id,
            w.status,
            w.status_at,
            w.is_late_status,
            w.owner_user_id,
            w.assigned_at,
            w.is_late_owner
        from pg_temp.import_lead as w
        where w.is_late_status or w.is_late_owner
        order by w.id
    loop
        select l.* into v_lead
        from crm.leads as l
        where l.workspace_id = p_import.workspace_id and l.id = v.id;
        if v.is_late_status then
            perform crm.change_lead_status(v_lead, v.status, v.status_at, null);
        end if;
        if v.is_late_owner then
            perform crm.assign_lead(v_lead, v.owner_user_id, v.assigned_at, null);
        end if;
    end loop;

    drop table pg_temp.import_lead;
    return next;
end
$$;
alter function crm.import_leads(crm.imports) owner to leadboard_owner;

comment on function crm.import_leads(crm.imports) is
'Lands the leads of an import; counts new and changed ones.';
