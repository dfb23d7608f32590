-- The cells that one recipient belongs to: those of the owner at send. Its segments' cells are
-- looked up by the refresh (mark recipient). Every time is cut to its hour: the local day is the
-- refresh's business, which knows the zones.
create function rollup.recipient_marks(
    p_lead_id uuid,
    p_owner_at_send uuid,
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
        ('campaign_day', coalesce(p_owner_at_send, app.nobody()), p_sent_at),
        ('recipient', p_lead_id, p_sent_at)
    ) as m (family, subject_id, at)
    where m.subject_id is not null and m.at is not null
$$;
alter function rollup.recipient_marks(uuid, uuid, timestamptz) owner to leadboard_owner;

comment on function rollup.recipient_marks(uuid, uuid, timestamptz) is
'Entries of rollup.dirty_cells for one row of crm.campaign_leads.';
