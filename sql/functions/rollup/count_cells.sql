-- How many cells of one family a workspace has in a window of local days, counted no further than
-- p_at_most.
create function rollup.count_cells(
    p_family text, p_workspace_id uuid, p_from_day date, p_to_day date, p_at_most bigint
)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_cells bigint;
begin
    execute format(
        $statement$
        select count(*)
        from (
            select distinct r.day, r.subject_id
            from rollup.%I as r
            where r.workspace_id = $1 and r.day >= $2 and r.day < $3
            limit $4
        ) as c
        $statement$,
        p_family
    )
    into v_cells
    using p_workspace_id, p_from_day, p_to_day, p_at_most;
    return v_cells;
end
$$;
alter function rollup.count_cells(text, uuid, date, date, bigint) owner to leadboard_rollup;

comment on function rollup.count_cells(text, uuid, date, date, bigint) is
'Stored cells of a rollup in one workspace and window of local days, counted up to p_at_most.';
