-- The cells that one lead belongs to: its credited owner's, on the days it came in, was won and
-- lost. p_is_moved says that the lead comes to another cell, or goes: then what was done with it
-- goes along. Every time is cut to its hour: the local day is the refresh's business, which knows
-- the zones.
create function rollup.lead_marks(
    p_credited_user_id uuid,
    p_created_at timestamptz,
    p_won_at timestamptz,
    p_lost_at timestamptz,
    p_is_moved boolean
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
        ('lead_day', coalesce(p_credited_user_id, app.nobody()), p_created_at),
        (
            'lead_contact_day',
            coalesce(p_credited_user_id, app.nobody()),
            case when p_is_moved then p_created_at end
        ),
        (
            'lead_service_day',
            coalesce(p_credited_user_id, app.nobody()),
            case when p_is_moved then p_created_at end
        ),
        ('outcome_day', coalesce(p_credited_user_id, app.nobody()), p_won_at),
        ('outcome_day', coalesce(p_credited_user_id, app.nobody()), p_lost_at)
    ) as m (family, subject_id, at)
    where m.subject_id is not null and m.at is not null
$$;
alter function rollup.lead_marks(
    uuid, timestamptz, timestamptz, timestamptz, boolean
) owner to leadboard_owner;

comment on function rollup.lead_marks(uuid, timestamptz, timestamptz, timestamptz, boolean) is
'Entries of rollup.dirty_cells for one row of crm.leads.';
