-- Refuses, in clear words, to go on inside a transaction block of the caller: a procedure that
-- commits step by step cannot run there. A COMMIT below an exception handler always fails; only its
-- message says whether it would have been possible without the handler.
create procedure ops.leave_transaction_block(p_procedure text)
language plpgsql
as $$
declare
    v_refusal text;
begin
    begin
        commit;
    exception
        when invalid_transaction_termination then
            v_refusal := sqlerrm;
    end;
    if v_refusal = ops.commit_refusal() then
        raise exception using
            errcode = 'LB409',
            message = pg_catalog.format(
                'call %s() commits step by step and cannot run inside a transaction block.', p_procedure
            ),
            hint = 'In psql call it without begin; in a driver, on a connection in autocommit mode.';
    end if;
end
$$;
alter procedure ops.leave_transaction_block(text) owner to leadboard_rollup;
grant execute on procedure ops.leave_transaction_block(text) to leadboard_ops;

comment on procedure ops.leave_transaction_block is
'LB409 when the named procedure was called inside a transaction block.';
