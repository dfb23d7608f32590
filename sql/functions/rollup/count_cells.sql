-- How many cells of one family a workspace has in a window of local days.
create function rollup.count_cells(
    p_family text, p_workspace_id uuid, p_from_day date, p_to_day date
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
        ) as c
        $statement$,
        p_family
    )
    into v_cells
    using p_workspace_id, p_from_day, p_to_day;
    return v_cells;
end
$$;
alter function rollup.count_cells(text, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.count_cells(text, uuid, date, date) is
'Stored cells of a rollup in one workspace and window of local days.';
