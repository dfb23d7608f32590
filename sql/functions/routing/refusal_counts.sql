-- How many candidates of a decision were refused for each code; a candidate may have several.
create function routing.refusal_counts(p_candidates jsonb)
returns jsonb
language sql
immutable
parallel safe
as $$
    select coalesce(jsonb_object_agg(r.code, r.n), '{}')
    from (
        select
            f.code,
            count(*) as n
        from jsonb_array_elements(p_candidates) as c (candidate)
        cross join jsonb_array_elements_text(c.candidate -> 'refusals') as f (code)
        group by f.code
    ) as r
$$;
alter function routing.refusal_counts(jsonb) owner to leadboard_owner;

comment on function routing.refusal_counts(jsonb) is
'Candidates of a decision per reason code.';
