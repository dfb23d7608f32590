-- The eight parts of the performance score, in the order in which scores and weights travel as
-- arrays.
create function scoring.parts()
returns text[]
language sql
immutable
parallel safe
as $$
    select array[
        'response', 'deal_rate', 'follow_up', 'feedback', 'complaints', 'trust', 'deal_value',
        'consistency'
    ]
$$;
alter function scoring.parts() owner to leadboard_view;
grant execute on function scoring.parts() to leadboard_rollup, leadboard_owner;

comment on function scoring.parts() is 'Names of the parts of the performance score, in the order of every array of parts.';
