-- The cells that one recipient belongs to: those of the owner at send. The time is cut to its
-- hour: the local day is the refresh's business, which knows the zones.
create function rollup.recipient_marks(p_owner_at_send uuid, p_sent_at timestamptz)
returns table (family text, subject_id uuid, hour_at timestamptz)
language sql
immutable
parallel safe
as $$
    select
        m.family,
        coalesce(p_owner_at_send, app.nobody()) as subject_id,
        date_bin('1 hour', p_sent_at, 'epoch') as hour_at
    from (values ('campaign_day'), ('segment_day')) as m (family)
    where p_sent_at is not null
$$;
alter function rollup.recipient_marks(uuid, timestamptz) owner to leadboard_owner;

comment on function rollup.recipient_marks(uuid, timestamptz) is
'Entries of rollup.dirty_cells for one row of crm.campaign_leads.';
