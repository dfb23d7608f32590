-- The leads that a segment's rule means: THE definition, which preview, lead list, snapshot at send
-- and the matching of history share.
-- Grain: one row per lead of the workspace that fulfils every key of p_filter; a key left out asks
-- nothing, so {} means every lead. Erased leads fulfil no rule: there is nobody to write to.
-- Values are compared as they are written. Ranges are half-open: from created_after, up to but
-- without created_before. A lead without a score fulfils no bound of it.
--
-- No rule becomes text of a statement: values are compared as the parameters they are. One
-- statement without SET, so it inlines: whoever calls it with a rule known at planning (a parameter
-- under plan_cache_mode = force_custom_plan) gets a plan for the keys of that rule alone, the
-- others fold away. Called by a role that policies bind, it gives the leads that role may see.
-- p_filter is a rule that crm.filter_faults finds nothing wrong with.
create function crm.matching_leads(p_workspace_id uuid, p_filter jsonb)
returns setof crm.leads
language sql
stable
parallel safe
as $$
    select l.*
    from crm.leads as l
    where
        l.workspace_id = p_workspace_id
        and l.erased_at is null
        and (not p_filter ? 'sources' or l.source = any(crm.filter_values(p_filter, 'sources')))
        and (not p_filter ? 'statuses' or l.status = any(crm.filter_values(p_filter, 'statuses')))
        and (not p_filter ? 'countries' or l.country = any(crm.filter_values(p_filter, 'countries')))
        and (not p_filter ? 'roles' or l.job_title = any(crm.filter_values(p_filter, 'roles')))
        and (
            not p_filter ? 'company_sizes'
            or l.company_size = any(crm.filter_values(p_filter, 'company_sizes'))
        )
        and (
            not p_filter ? 'industries'
            or l.industry_id in (
                select i.id
                from crm.industries as i
                where
                    i.name = any(crm.filter_values(p_filter, 'industries'))
                    or i.id::text = any(crm.filter_values(p_filter, 'industries'))
            )
        )
        and (not p_filter ? 'tags' or l.tags && crm.filter_values(p_filter, 'tags'))
        and (not p_filter ? 'min_score' or l.score >= (p_filter ->> 'min_score')::numeric)
        and (not p_filter ? 'max_score' or l.score <= (p_filter ->> 'max_score')::numeric)
        and (
            not p_filter ? 'has_email'
            or (coalesce(l.email, '') <> '') = (p_filter ->> 'has_email')::boolean
        )
        and (
            not p_filter ? 'has_phone'
            or (coalesce(l.phone, '') <> '') = (p_filter ->> 'has_phone')::boolean
        )
        and (
            not p_filter ? 'created_after'
            or l.created_at >= (p_filter ->> 'created_after')::timestamptz
        )
        and (
            not p_filter ? 'created_before'
            or l.created_at < (p_filter ->> 'created_before')::timestamptz
        )
$$;
alter function crm.matching_leads(uuid, jsonb) owner to leadboard_owner;
grant execute on function crm.matching_leads(uuid, jsonb) to leadboard_view;

comment on function crm.matching_leads(uuid, jsonb) is
'The leads of a workspace that fulfil a segment''s rule, of those the caller may see.';
