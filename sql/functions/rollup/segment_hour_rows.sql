-- Recipients by the segments they were in when sent to, by local day and hour of sending, whoever
-- owned them: the definition of rollup.segment_hour.
-- Grain: one row per segment, local day and hour.
-- Reads: the stored rows of rollup.segment_day, never a fact: it is written after them
-- (rollup.families, parts). A cell is a day of the workspace (rollup.cell_subject).
-- p_subject_id null means nobody too, who is its only subject. One statement without SET, so it
-- inlines.
create function rollup.segment_hour_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.segment_hour
language sql
stable
parallel safe
as $$
    select
        d.workspace_id,
        d.day,
        app.nobody() as subject_id,
        d.segment_id,
        d.hour,
        sum(d.sent)::bigint as sent,
        sum(d.delivered)::bigint as delivered,
        sum(d.opened)::bigint as opened,
        sum(d.machine_opened)::bigint as machine_opened,
        sum(d.clicked)::bigint as clicked,
        sum(d.replied)::bigint as replied,
        sum(d.bounced)::bigint as bounced,
        sum(d.converted)::bigint as converted,
        sum(d.recomputed)::bigint as recomputed,
        sum(d.reply_seconds) as reply_seconds
    from rollup.segment_day as d
    where
        d.workspace_id = p_workspace_id
        and d.day >= p_from_day
        and d.day < p_to_day
        and coalesce(p_subject_id, app.nobody()) = app.nobody()
    group by d.workspace_id, d.day, d.segment_id, d.hour
$$;
alter function rollup.segment_hour_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.segment_hour_rows(uuid, uuid, date, date) is
'Definition of rollup.segment_hour for the local days [p_from_day, p_to_day): the rows of the workspace, none when p_subject_id is anybody.';
