-- The rows of the answer that service.leave_answer has left, in their order: the elements of the
-- list at p_path, or the one object there. It tells the running transaction what it already knows.
create function service.left_rows(p_path text[])
returns setof jsonb
language sql
stable
parallel safe
as $$
    select r.value
    from (select nullif(current_setting('app.answer', true), '')::jsonb #> p_path as body) as a
    cross join jsonb_array_elements(
        case jsonb_typeof(a.body) when 'array' then a.body else jsonb_build_array(a.body) end
    ) as r
    where jsonb_typeof(r.value) = 'object'
$$;
alter function service.left_rows(text[]) owner to leadboard_view;
grant execute on function service.left_rows(text[]) to leadboard_api;

comment on function service.left_rows(text[]) is
'Rows of the answer that service.leave_answer has left: the list, or the one object, at a path of it.';
