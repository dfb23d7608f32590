-- What is won (docs/decisions/0004-won.md): status won, or completed after it was won. A lead that
-- was lost or re-opened after it was won is not.
create function crm.is_won(p_status text, p_won_at timestamptz)
returns boolean
language sql
immutable
parallel safe
as $$
    select coalesce(p_status = 'won' or (p_status = 'completed' and p_won_at is not null), false)
$$;
alter function crm.is_won(text, timestamptz) owner to leadboard_owner;
grant execute on function crm.is_won(text, timestamptz) to leadboard_rollup, leadboard_view;

comment on function crm.is_won(text, timestamptz) is 'Whether a lead with this status and time of winning counts as won.';
