-- Leaves an answer with the rest of the transaction, where service.left_rows finds it: the file is
-- made of the very JSON that the endpoint answers, with the rights it was made under, without
-- computing or sending it twice.
create function service.leave_answer(p_body json)
returns void
language plpgsql
volatile
as $$
begin
    perform set_config('app.answer', p_body::text, true);
end
$$;
alter function service.leave_answer(json) owner to leadboard_view;
grant execute on function service.leave_answer(json) to leadboard_api;

comment on function service.leave_answer(json) is
'Keeps an answer until the end of the transaction, for service.left_rows.';
