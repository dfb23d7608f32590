-- The statuses of a lead, in the order of the funnel.
create function crm.lead_statuses()
returns text[]
language sql
immutable
parallel safe
as $$
    select array[
        'new', 'accepted', 'rejected', 'contacted', 'in_progress', 'qualified', 'won', 'lost', 'completed'
    ]
$$;
alter function crm.lead_statuses() owner to leadboard_owner;

comment on function crm.lead_statuses() is 'The statuses of a lead, in the order of the funnel.';
