-- The cells that one recipient's place in a segment belongs to: the segment's.
-- Every time is cut to its hour: the local day is the refresh's business, which knows the zones.
create function rollup.membership_marks(
    p_segment_id uuid,
    p_sent_at timestamptz
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
        ('segment_day', p_segment_id, p_sent_at)
    ) as m (family, subject_id, at)
    where m.subject_id is not null and m.at is not null
$$;
alter function rollup.membership_marks(uuid, timestamptz) owner to leadboard_owner;

comment on function rollup.membership_marks(uuid, timestamptz) is
'Entries of rollup.dirty_cells for one row of crm.campaign_lead_segments.';
