-- A segment with its rule and every version of it, as the addresses /api/segments answer it; null
-- for one that the caller cannot know.
create function service.segment_body(p_workspace_id uuid, p_segment_id uuid)
returns json
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        json_build_object(
            'segment_id', s.id,
            'segment_name', s.name,
            'filter', s.filter,
            'version', s.version,
            'archived_at', s.archived_at,
            'created_by_user_id', s.created_by_user_id,
            'created_at', s.created_at,
            'versions', (
                select
                    json_agg(
                        json_build_object('version', v.version, 'filter', v.filter, 'created_at', v.created_at)
                        order by v.version desc
                    )
                from crm.segment_versions as v
                where v.workspace_id = s.workspace_id and v.segment_id = s.id
            )
        )
    from crm.segments as s
    where s.workspace_id = p_workspace_id and s.id = p_segment_id
$$;
alter function service.segment_body(uuid, uuid) owner to leadboard_view;
grant execute on function service.segment_body(uuid, uuid) to leadboard_api;

comment on function service.segment_body(uuid, uuid) is
'A segment with its rule and former rules as JSON; null when there is none.';
