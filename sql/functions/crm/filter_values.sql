-- The values of one list of a segment's rule. Immutable: with a rule that the planner knows, the
-- list is a constant to it, and `= any(...)` can use an index and its statistics.
create function crm.filter_values(p_filter jsonb, p_key text)
returns text[]
language sql
immutable
parallel safe
as $$
    select array(select v.word from jsonb_array_elements_text(p_filter -> p_key) as v (word))
$$;
alter function crm.filter_values(jsonb, text) owner to leadboard_owner;
grant execute on function crm.filter_values(jsonb, text) to leadboard_rollup, leadboard_view;

comment on function crm.filter_values(jsonb, text) is
'Values of one list of a segment''s rule; empty when the rule has no such list.';
