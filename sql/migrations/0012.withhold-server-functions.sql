-- A login that may only read must not stall or fill the server: PUBLIC loses what could.
-- depends: 0011.create-ops

-- Advisory locks: the refresh and the deploy wait for one whose number stands in the sources, and a
-- session holds its locks while it idles. Giving locks back stays allowed: client libraries do it
-- whenever they reset a connection.
-- Large objects and logical messages: they write to disk, past temp_file_limit.
-- The functions belong to the superuser. Where another login deploys, nothing is changed and the
-- security guide names what a DBA runs.
do $$
declare
    v_function record;
begin
    for v_function in
        select
            p.oid::regprocedure as signature,
            p.proname ~ 'advisory' as is_lock,
            pg_catalog.pg_has_role(p.proowner, 'usage') as is_ours
        from pg_catalog.pg_proc as p
        where
            p.pronamespace = 'pg_catalog'::regnamespace
            and (
                p.proname ~ '^pg_(try_)?advisory_(xact_)?lock'
                or p.proname in (
                    'lo_create', 'lo_creat', 'lo_from_bytea', 'lo_open', 'lo_put', 'lowrite',
                    'pg_logical_emit_message'
                )
            )
        order by p.oid
    loop
        continue when not v_function.is_ours;
        execute pg_catalog.format('revoke execute on function %s from public', v_function.signature);
        continue when not v_function.is_lock;
        execute pg_catalog.format(
            'grant execute on function %s to '
            'leadboard_owner, leadboard_rollup, leadboard_view, leadboard_api, leadboard_ops',
            v_function.signature
        );
    end loop;
end
$$;
