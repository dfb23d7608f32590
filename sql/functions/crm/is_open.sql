-- Whether a lead in this status still has to be worked.
create function crm.is_open(p_status text)
returns boolean
language sql
immutable
parallel safe
as $$
    select p_status in ('new', 'accepted', 'contacted', 'in_progress', 'qualified')
$$;
alter function crm.is_open(text) owner to leadboard_owner;
grant execute on function crm.is_open(text) to leadboard_rollup, leadboard_view;

comment on function crm.is_open(text) is 'Whether a lead in this status still has to be worked.';
