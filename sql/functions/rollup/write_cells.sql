-- One function per family, rollup.write_<family>(workspaces, subjects, days): computes the given
-- cells again, stores what changed and says so (rollup.store_statement). The arrays are parallel,
-- one entry per cell, no cell twice.
--
-- Written once, over the list of families, when the layer is built. Whether a statement is planned
-- anew is its caller's to say (rollup.choose_plans). Joins are done in the order in which the
-- definitions write them, which is right for a cell and makes planning cheap. A family that sums
-- others is read through indexes in any case, so its plan is made once in a session.
do $do$
declare
    v record;
begin
    for v in
        select
            f.family,
            f.level > 0 as is_sum,
            format('rollup.%I(uuid[], uuid[], date[])', 'write_' || f.family) as signature,
            rollup.store_statement(
                f.family,
                format(
                    $stored$
                    select r.*
                    from unnest(p_workspace_ids, p_subject_ids, p_days)
                        as c (workspace_id, subject_id, day)
                    inner join rollup.%I as r
                        on
                            r.workspace_id = c.workspace_id
                            and r.day = c.day
                            and r.subject_id = c.subject_id
                    $stored$,
                    f.family
                ),
                format(
                    $computed$
                    select r.*
                    from unnest(p_workspace_ids, p_subject_ids, p_days)
                        as c (workspace_id, subject_id, day)
                    cross join lateral rollup.%I(
                        c.workspace_id, c.subject_id, c.day, c.day + 1
                    ) as r
                    $computed$,
                    f.family || '_rows'
                )
            ) as statement
        from rollup.families() as f
    loop
        execute format(
            $function$
            create function rollup.%I(
                p_workspace_ids uuid[], p_subject_ids uuid[], p_days date[]
            )
            returns table (
                rows_changed bigint, workspace_ids uuid[], subject_ids uuid[], days date[]
            )
            language plpgsql
            volatile
            set search_path = pg_catalog, pg_temp%s
            set join_collapse_limit = 1
            set from_collapse_limit = 1
            as $body$
            begin
                return query %s;
            end
            $body$
            $function$,
            'write_' || v.family,
            case
                when v.is_sum
                    then ' set plan_cache_mode = force_generic_plan set enable_seqscan = off'
            end,
            v.statement
        );
        execute format('alter function %s owner to leadboard_rollup', v.signature);
        execute format(
            'comment on function %s is %L',
            v.signature,
            format('Computes the given cells of rollup.%s again; returns how many rows changed, and the cells that others have to follow.', v.family)
        );
    end loop;
end
$do$;
