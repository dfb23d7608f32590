-- The nil UUID: stands in rollups for "no owner" and "no branch", where a key may not be null.
create function app.nobody()
returns uuid
language sql
immutable
parallel safe
as $$
    select '00000000-0000-0000-0000-000000000000'::uuid
$$;
alter function app.nobody() owner to leadboard_owner;
grant execute on function app.nobody() to leadboard_rollup,
leadboard_view,
leadboard_api,
leadboard_ops;

comment on function app.nobody() is 'The nil UUID: no owner, no branch.';
