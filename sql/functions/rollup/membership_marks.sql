-- The cells that one recipient's place in a segment belongs to are those of the owner at send,
-- which the recipient knows: the refresh looks it up (mark recipient). The time is cut to its hour.
create function rollup.membership_marks(p_lead_id uuid, p_sent_at timestamptz)
returns table (family text, subject_id uuid, hour_at timestamptz)
language sql
immutable
parallel safe
as $$
    select
        'recipient',
        p_lead_id,
        date_bin('1 hour', p_sent_at, 'epoch')
    where p_lead_id is not null and p_sent_at is not null
$$;
alter function rollup.membership_marks(uuid, timestamptz) owner to leadboard_owner;

comment on function rollup.membership_marks(uuid, timestamptz) is
'Entries of rollup.dirty_cells for one row of crm.campaign_lead_segments.';
