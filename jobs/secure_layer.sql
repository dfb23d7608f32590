-- Runs before the replaceable layer is built: a function made from here on, by the deploying login
-- or by an owner of the layer, can be executed by its owner only, until a grant says otherwise.
do $$
declare
    v_role name;
begin
    for v_role in
        select r.rolname
        from pg_catalog.pg_roles as r
        where
            r.rolname in ('leadboard_owner', 'leadboard_rollup', 'leadboard_view')
            or r.rolname = current_user
    loop
        execute pg_catalog.format(
            'alter default privileges for role %I revoke execute on routines from public', v_role
        );
    end loop;
end
$$;
