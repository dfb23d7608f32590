-- ops.verify() for one local day of a workspace, for its owners and admins. As JSON: the day, and
-- one entry per difference between a stored figure and its definition over the facts; none is
-- right. LB400 for a day beyond 1900 to 2999.
create function ops.verify_day(p_workspace_id uuid, p_day date)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform app.check_admin(p_workspace_id);
    if p_day not between '1900-01-01' and '2999-12-31' then
        raise exception using errcode = 'LB400', message = 'The day lies between 1900 and 2999.';
    end if;
    return jsonb_build_object(
        'day', p_day,
        -- And partner_load.
        'families', (select count(*) from rollup.families()) + 1,
        'differences', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'family', d.family,
                            'subject_id', nullif(d.subject_id, app.nobody()),
                            'day', d.day,
                            'what', d.what
                        )
                        order by d.family, d.day, d.subject_id, d.what
                    ),
                    '[]'
                )
            from ops.verify(p_workspace_id, p_day, p_day + 1) as d
        )
    );
end
$$;
alter function ops.verify_day(uuid, date) owner to leadboard_rollup;
grant execute on function ops.verify_day(uuid, date) to leadboard_api;

comment on function ops.verify_day(uuid, date) is
'Differences between stored figures and their definition on one local day, for owners and admins, as JSON.';
