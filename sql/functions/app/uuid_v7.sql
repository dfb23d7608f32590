-- Time-ordered keys (RFC 9562, version 7): rows that come together lie together in every index. The
-- server's own uuidv7() where it has one (PostgreSQL 18), else the same layout from random bytes.
do $do$
begin
    if pg_catalog.current_setting('server_version_num')::integer >= 180000 then
        create function app.uuid_v7()
        returns uuid
        language sql
        volatile
        parallel safe
        as $$
            select pg_catalog.uuidv7()
        $$;
    else
        -- As there: 48 bits of milliseconds, the version, 12 bits of the fraction of the millisecond,
        -- the variant and the rest at random. The moment itself, not the start of the transaction:
        -- keys of one transaction sort in the order they were made.
        create function app.uuid_v7()
        returns uuid
        language sql
        volatile
        parallel safe
        as $$
            select (
                overlay(
                    pg_catalog.lpad(
                        pg_catalog.to_hex(
                            (extract(epoch from pg_catalog.clock_timestamp()) * 4096000)::bigint
                        ),
                        15,
                        '0'
                    )
                    placing '7' from 13 for 0
                )
                || pg_catalog.right(pg_catalog.gen_random_uuid()::text, 17)
            )::uuid
        $$;
    end if;
end
$do$;
alter function app.uuid_v7() owner to leadboard_owner;
grant execute on function app.uuid_v7() to leadboard_rollup;

comment on function app.uuid_v7() is 'A new time-ordered UUID, version 7.';
