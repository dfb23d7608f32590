-- The words with which PostgreSQL refuses a COMMIT that stands inside somebody else's transaction,
-- in the language of the session. A function is always inside; see ops.leave_transaction_block.
create function ops.commit_refusal()
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    commit;
    return null;
exception
    when invalid_transaction_termination then
        return sqlerrm;
end
$$;
alter function ops.commit_refusal() owner to leadboard_rollup;
grant execute on function ops.commit_refusal() to leadboard_ops;

comment on function ops.commit_refusal() is
'Message of PostgreSQL for a COMMIT inside an outer transaction.';
