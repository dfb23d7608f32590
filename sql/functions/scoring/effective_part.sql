-- What stands for a part in the total: the part itself, else the workspace's mean part, else 50
-- where nobody has one. So a newcomer is neither rewarded nor punished for what was not measured
-- yet.
create function scoring.effective_part(p_part numeric, p_workspace_mean numeric)
returns numeric
language sql
immutable
parallel safe
as $$
    select coalesce(p_part, p_workspace_mean, 50)
$$;
alter function scoring.effective_part(numeric, numeric) owner to leadboard_view;
grant execute on function scoring.effective_part(numeric, numeric) to leadboard_rollup;

comment on function scoring.effective_part(numeric, numeric) is
'The part, else the mean part of the workspace, else 50.';
