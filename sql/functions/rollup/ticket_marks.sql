-- The cells that one ticket belongs to: those of whom it is about and, for a complaint, its lead's,
-- which the refresh looks up (mark lead).
-- Every time is cut to its hour: the local day is the refresh's business, which knows the zones.
create function rollup.ticket_marks(
    p_lead_id uuid,
    p_user_id uuid,
    p_type text,
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
        ('service_day', p_user_id, p_created_at),
        ('lead', case when p_type = 'complaint' then p_lead_id end, '-infinity')
    ) as m (family, subject_id, at)
    where m.subject_id is not null and m.at is not null
$$;
alter function rollup.ticket_marks(uuid, uuid, text, timestamptz) owner to leadboard_owner;

comment on function rollup.ticket_marks(uuid, uuid, text, timestamptz) is
'Entries of rollup.dirty_cells for one row of crm.support_tickets.';
