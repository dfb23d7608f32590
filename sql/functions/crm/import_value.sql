-- The expression that reads one target of a row, as text: cell or constant, trimmed; null for the
-- words that mean "not known"; then through the target's own table of words. p_words is
-- [values.<target>] of the mapping with keys in lower case.
-- Part of a statement over crm.import_rows as r, made by crm.read_import.
create function crm.import_value(
    p_mapping jsonb,
    p_header text[],
    p_target text,
    p_empty text[],
    p_words jsonb
)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_column integer := array_position(p_header, btrim(p_mapping #>> array['columns', p_target]));
    v_constant text := p_mapping #>> array['constants', p_target];
    v_value text;
begin
    if v_column is not null then
        v_value := format(
            'case when lower(btrim(r.cells[%1$s])) <> all(%2$L::text[]) then btrim(r.cells[%1$s]) end',
            v_column, p_empty
        );
    elsif v_constant is not null then
        v_value := format('nullif(btrim(%L), '''')', v_constant);
    else
        return 'null::text';
    end if;
    if p_words is not null then
        v_value := format(
            'nullif(coalesce(%1$L::jsonb ->> lower(%2$s), case when %2$s is not null then %3$s end), '''')',
            p_words,
            v_value,
            case when p_words ? '*' then format('%L', p_words ->> '*') else v_value end
        );
    end if;
    return v_value;
end
$$;
alter function crm.import_value(jsonb, text[], text, text[], jsonb) owner to leadboard_owner;

comment on function crm.import_value(jsonb, text[], text, text[], jsonb) is
'SQL expression that reads one target of a staged row as text.';
