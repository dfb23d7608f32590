-- The cells that one note belongs to: its writer's. Writing it is work on the lead; which later
-- days that touches is looked up by the refresh (mark work). Every time is cut to its hour: the
-- local day is the refresh's business, which knows the zones.
create function rollup.note_marks(
    p_lead_id uuid,
    p_created_by_user_id uuid,
    p_created_at timestamptz
)
returns table (family text, subject_id uuid, hour_at timestamptz)
language sql
immutable
parallel safe
as $$
    select
        m.family,
        m.subject_id,
        date_bin('1 hour', m.at, 'epoch') as hour_at
    from (
        values
        ('worked_day', p_created_by_user_id, p_created_at),
        ('work', case when p_created_by_user_id is not null then p_lead_id end, p_created_at)
    ) as m (family, subject_id, at)
    where m.subject_id is not null and m.at is not null
$$;
alter function rollup.note_marks(uuid, uuid, timestamptz) owner to leadboard_owner;

comment on function rollup.note_marks(uuid, uuid, timestamptz) is
'Entries of rollup.dirty_cells for one row of crm.notes.';
