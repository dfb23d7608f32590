-- Says how the statements that follow, over so many cells or entries of the log, are planned, to
-- the end of the calling function, which has to set plan_cache_mode itself.
--
-- Planning a definition takes longer than computing a few cells, so for those a plan kept in the
-- session does. It may have been made when tables were empty, and read them whole for each cell
-- until somebody analyses them: not for many cells, which are planned for the tables as they are.
create function rollup.choose_plans(p_count bigint)
returns void
language sql
volatile
as $$
    select set_config(
        'plan_cache_mode',
        case when p_count <= 20 then 'force_generic_plan' else 'force_custom_plan' end,
        true
    )
$$;
alter function rollup.choose_plans(bigint) owner to leadboard_rollup;

comment on function rollup.choose_plans(bigint) is
'Has the statements that follow use plans kept in the session for a few cells, and be planned anew for many.';
