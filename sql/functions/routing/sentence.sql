-- A decision in one or a few sentences, in English (en) or Dutch (nl): who got the lead and why, or
-- why nobody did, and what became of it. Figures to one decimal, the decimal sign of the language.
create function routing.sentence(p_decision routing.lead_assignment_logs, p_language text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_dutch boolean := p_language = 'nl';
    v_name text := routing.person_name(p_decision.chosen_user_id);
    v_chosen jsonb;
    v_second jsonb;
    v_settings record;
    v_eligible integer;
    v_all integer;
    v_reasons text;
    v_words text;
begin
    select
        count(*),
        count(*) filter (where jsonb_array_length(c.candidate -> 'refusals') = 0)
    into v_all, v_eligible
    from jsonb_array_elements(p_decision.candidates) as c (candidate);

    if p_decision.kind = 'human_queue' then
        return case
            when v_is_dutch then 'Deze lead is te vaak geweigerd en wacht op een mens.'
            else 'This lead was refused too often and waits for a human.'
        end;
    elsif p_decision.kind = 'unroutable' then
        select string_agg(routing.refusal_words(r.key, p_language) || ' ' || r.value, ', ' order by r.key)
        into v_reasons
        from jsonb_each_text(routing.refusal_counts(p_decision.candidates)) as r;
        return case
            when v_is_dutch then format(
                'Niemand kon deze lead krijgen: geen van de %s kandidaten kwam in aanmerking%s. '
                'De lead wacht tot er iemand is.',
                v_all, coalesce(' (' || v_reasons || ')', '')
            )
            else format(
                'Nobody could get this lead: none of %s candidates was eligible%s. '
                'It waits until somebody is.',
                v_all, coalesce(' (' || v_reasons || ')', '')
            )
        end;
    end if;

    select c.candidate into v_chosen
    from jsonb_array_elements(p_decision.candidates) as c (candidate)
    where (c.candidate ->> 'partner_id')::uuid = p_decision.chosen_user_id;
    -- Whom the chosen one was ahead of, or, when drawn or sticky, behind.
    select c.candidate into v_second
    from jsonb_array_elements(p_decision.candidates) as c (candidate)
    where
        (c.candidate ->> 'rank')::integer
        = case when (v_chosen ->> 'rank')::integer = 1 then 2 else 1 end;
    select * into v_settings
    from routing.known_settings(p_decision.workspace_id) as s
    where s.version = p_decision.settings_version;

    v_words := case
        when p_decision.kind = 'sticky' and v_is_dutch
            then format('%s kreeg deze lead omdat een andere open lead van dezelfde persoon daar al ligt.', v_name)
        when p_decision.kind = 'sticky'
            then format('%s got this lead because another open lead of the same person is theirs.', v_name)
        when p_decision.kind = 'explored' and v_is_dutch
            then format('%s kreeg deze lead door loting onder %s geschikte kandidaten.', v_name, v_eligible)
        when p_decision.kind = 'explored'
            then format('%s got this lead by a draw among %s eligible candidates.', v_name, v_eligible)
        when v_second is null and v_is_dutch
            then format('%s kreeg deze lead als enige geschikte van %s kandidaten.', v_name, v_all)
        when v_second is null
            then format('%s got this lead, the only one eligible of %s candidates.', v_name, v_all)
        when v_is_dutch then format(
            '%s kreeg deze lead met %s van de 100 punten, voor %s met %s; %s van de %s kandidaten kwamen in aanmerking.',
            v_name,
            routing.figure(v_chosen ->> 'total', p_language),
            routing.person_name((v_second ->> 'partner_id')::uuid),
            routing.figure(v_second ->> 'total', p_language),
            v_eligible,
            v_all
        )
        else format(
            '%s got this lead with %s of 100 points, ahead of %s with %s; %s of %s candidates were eligible.',
            v_name,
            routing.figure(v_chosen ->> 'total', p_language),
            routing.person_name((v_second ->> 'partner_id')::uuid),
            routing.figure(v_second ->> 'total', p_language),
            v_eligible,
            v_all
        )
    end;
    v_words := v_words || format(
        case
            when v_is_dutch then ' Regio %s (gewicht %s), prestatie %s (gewicht %s), eerlijke verdeling %s (gewicht %s).'
            else ' Region fit %s (weight %s), performance %s (weight %s), fairness %s (weight %s).'
        end,
        routing.figure(v_chosen ->> 'region', p_language),
        v_settings.region_weight,
        routing.figure(v_chosen ->> 'performance', p_language),
        v_settings.performance_weight,
        routing.figure(v_chosen ->> 'fairness', p_language),
        v_settings.fairness_weight
    );
    v_words := v_words || case
        when v_chosen ->> 'region_match' <> 'unknown' then ''
        when v_is_dutch then ' De lead zegt niet waar die is.'
        else ' The lead does not say where it is.'
    end;
    v_words := v_words || case
        when v_chosen ->> 'industry_match' <> 'unknown' then ''
        when v_is_dutch then ' De lead noemt geen branche.'
        else ' The lead names no industry.'
    end;
    v_words := v_words || case
        when v_chosen ->> 'performance_basis' = 'measured' then ''
        when v_is_dutch then format(' Van %s zijn er nog geen cijfers; het gemiddelde telt.', v_name)
        else format(' There are no figures of %s yet; the mean counts.', v_name)
    end;
    return v_words || case
        when p_decision.outcome is null then ''
        when v_is_dutch then format(
            case p_decision.outcome
                when 'accepted' then ' %s heeft de lead geaccepteerd.'
                when 'rejected' then ' %s heeft de lead geweigerd.'
                when 'timed_out' then ' %s heeft niet op tijd geantwoord.'
                else ' De lead is buiten de routering om verder gegaan.'
            end,
            v_name
        )
        else format(
            case p_decision.outcome
                when 'accepted' then ' %s accepted it.'
                when 'rejected' then ' %s rejected it.'
                when 'timed_out' then ' %s did not answer in time.'
                else ' The lead moved on without routing.'
            end,
            v_name
        )
    end;
end
$$;
alter function routing.sentence(routing.lead_assignment_logs, text) owner to leadboard_owner;

comment on function routing.sentence(routing.lead_assignment_logs, text) is
'A routing decision explained in English (en) or Dutch (nl).';
