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
        -- Bits 52 and 53 turn the version of gen_random_uuid() from 4 (0100) into 7 (0111).
        create function app.uuid_v7()
        returns uuid
        language sql
        volatile
        parallel safe
        as $$
            select pg_catalog.encode(
                pg_catalog.set_bit(
                    pg_catalog.set_bit(
                        overlay(
                            pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
                            placing substring(
                                pg_catalog.int8send((extract(epoch from app.now()) * 1000)::bigint) from 3
                            )
                            from 1 for 6
                        ),
                        52, 1
                    ),
                    53, 1
                ),
                'hex'
            )::uuid
        $$;
    end if;
end
$do$;
alter function app.uuid_v7() owner to leadboard_owner;
grant execute on function app.uuid_v7() to leadboard_rollup;

comment on function app.uuid_v7() is 'A new time-ordered UUID, version 7.';
