-- The cells that one rating belongs to: those of who is rated, and its lead's, which the refresh
-- looks up (mark lead). Every time is cut to its hour: the local day is the refresh's business,
-- which knows the zones.
create function rollup.feedback_marks(
    p_lead_id uuid,
    p_user_id uuid,
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
        ('lead', p_lead_id, '-infinity')
    ) as m (family, subject_id, at)
    where m.subject_id is not null and m.at is not null
$$;
alter function rollup.feedback_marks(uuid, uuid, timestamptz) owner to leadboard_owner;

comment on function rollup.feedback_marks(uuid, uuid, timestamptz) is
'Entries of rollup.dirty_cells for one row of crm.lead_feedback.';
