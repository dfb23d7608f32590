-- The key of the p_number-th thing of a kind in a workspace of the bench.
create or replace function pg_temp.key(p_workspace uuid, p_kind text, p_number bigint)
returns uuid
language sql
immutable
as $$
    select
        (
            left(replace(p_workspace::text, '-', ''), 12)
            || left(md5(p_kind), 4)
            || lpad(to_hex(p_number), 16, '0')
        )::uuid
$$
