-- The cells that one activity belongs to. A contact also counts in its lead's cell and as work on
-- the lead; which cells those are is looked up by the refresh (mark contact). Every time is cut to
-- its hour: the local day is the refresh's business, which knows the zones.
create function rollup.activity_marks(
    p_lead_id uuid,
    p_actor_user_id uuid,
    p_type text,
    p_occurred_at timestamptz
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
        ('activity_day', coalesce(p_actor_user_id, app.nobody()), p_occurred_at),
        ('worked_day', case when crm.is_contact(p_type) then p_actor_user_id end, p_occurred_at),
        ('contact', case when crm.is_contact(p_type) then p_lead_id end, p_occurred_at)
    ) as m (family, subject_id, at)
    where m.subject_id is not null and m.at is not null
$$;
alter function rollup.activity_marks(uuid, uuid, text, timestamptz) owner to leadboard_owner;

comment on function rollup.activity_marks(uuid, uuid, text, timestamptz) is
'Entries of rollup.dirty_cells for one row of crm.lead_activities.';
