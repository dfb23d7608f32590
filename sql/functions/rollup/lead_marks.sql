-- What one row of crm.leads makes dirty: the cells of its own credited owner and times.
create function rollup.lead_marks(
    p_lead_id uuid,
    p_credited_user_id uuid,
    p_created_at timestamptz,
    p_won_at timestamptz,
    p_lost_at timestamptz
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
        ('outcome_day', coalesce(p_credited_user_id, app.nobody()), p_won_at),
        ('outcome_day', coalesce(p_credited_user_id, app.nobody()), p_lost_at)
    ) as m (family, subject_id, at)
    where m.subject_id is not null and m.at is not null
$$;
