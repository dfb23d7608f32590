-- Matches history, the recipients without a snapshot, with the present rule of one segment: who
-- fulfils it becomes is_recomputed. p_lead_ids null means all leads, and those that the former rule
-- had found and this one does not are taken out again. Returns how many recipients changed.
-- The rule is known when the statement is planned, so it is planned for the keys of this rule.
create function crm.match_segment(p_workspace_id uuid, p_segment_id uuid, p_lead_ids uuid[])
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_segment crm.segments;
    v_removed bigint := 0;
    v_changed bigint;
begin
    select * into v_segment
    from crm.segments as s
    where s.workspace_id = p_workspace_id and s.id = p_segment_id;

    if p_lead_ids is null then
        delete from crm.campaign_lead_segments as m
        where
            m.workspace_id = p_workspace_id
            and m.segment_id = p_segment_id
            and m.is_recomputed
            and not exists (
                select from crm.matching_leads(p_workspace_id, v_segment.filter) as l
                where l.id = m.lead_id
            );
        get diagnostics v_removed = row_count;
    end if;

    insert into crm.campaign_lead_segments as m (
        workspace_id, campaign_id, lead_id, segment_id, segment_version, sent_at, is_recomputed
    )
    select
        p_workspace_id,
        r.campaign_id,
        r.lead_id,
        p_segment_id,
        v_segment.version,
        r.sent_at,
        true
    from crm.matching_leads(p_workspace_id, v_segment.filter) as l
    inner join crm.campaign_leads as r
        on
            r.workspace_id = p_workspace_id
            and r.lead_id = l.id
            and r.sent_at is not null
            and r.segments_taken_at is null
    where p_lead_ids is null or l.id = any(p_lead_ids)
    on conflict (workspace_id, campaign_id, lead_id, segment_id) do update
    set segment_version = excluded.segment_version
    where m.is_recomputed and m.segment_version <> excluded.segment_version;
    get diagnostics v_changed = row_count;
    return v_removed + v_changed;
end
$$;
alter function crm.match_segment(uuid, uuid, uuid[]) owner to leadboard_owner;

comment on function crm.match_segment(uuid, uuid, uuid[]) is
'Matches recipients without a snapshot with a segment''s present rule; returns how many changed.';
