-- A value of an answer as a cell of a CSV file. Numbers and times stand as in the JSON, lists and
-- objects as JSON, null as nothing.
-- A text that a spreadsheet would take for a formula gets an apostrophe in front, which makes it
-- text again: names come from strangers, and =HYPERLINK(...) in one of them would run on the desk
-- of whoever opens the file. Numbers are no text: -3 stays a number.
create function service.csv_cell(p_value jsonb)
returns text
language sql
immutable
parallel safe
as $$
    select
        case
            when pg_catalog.jsonb_typeof(p_value) = 'string' and p_value #>> '{}' ~ '^[-=+@＝＋－＠\t\r\n]'
                then '''' || (p_value #>> '{}')
            else p_value #>> '{}'
        end
$$;
alter function service.csv_cell(jsonb) owner to leadboard_view;
grant execute on function service.csv_cell(jsonb) to leadboard_api;

comment on function service.csv_cell(jsonb) is
'A value of an answer as a cell of a CSV file: texts that look like a formula begin with an apostrophe; null for null.';
