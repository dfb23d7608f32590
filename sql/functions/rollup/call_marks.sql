-- The cells that one call belongs to: those of who called or answered, or nobody's.
-- Every time is cut to its hour: the local day is the refresh's business, which knows the zones.
create function rollup.call_marks(
    p_user_id uuid,
    p_started_at timestamptz
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
        ('call_hour', coalesce(p_user_id, app.nobody()), p_started_at)
    ) as m (family, subject_id, at)
    where m.subject_id is not null and m.at is not null
$$;
alter function rollup.call_marks(uuid, timestamptz) owner to leadboard_owner;

comment on function rollup.call_marks(uuid, timestamptz) is
'Entries of rollup.dirty_cells for one row of crm.call_logs.';
