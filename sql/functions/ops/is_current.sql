-- Whether what was refreshed at a moment still holds now: no local midnight has passed since, and
-- the clock has not gone back behind it (a frozen one may).
create function ops.is_current(p_last_success_at timestamptz, p_valid_until timestamptz)
returns boolean
language sql
stable
as $$
    select
        coalesce(
            app.now() >= p_last_success_at and app.now() < coalesce(p_valid_until, 'infinity'), false
        )
$$;
alter function ops.is_current(timestamptz, timestamptz) owner to leadboard_rollup;

comment on function ops.is_current(timestamptz, timestamptz) is
'Whether windows of days still lie where they lay at the last success; false when there was none.';
