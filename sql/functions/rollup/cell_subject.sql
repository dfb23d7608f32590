-- Subject of the cell of a family that rows of a subject are summed in: the subject itself, or
-- nobody where the sums are those of the whole workspace.
create function rollup.cell_subject(p_family text, p_subject_id uuid)
returns uuid
language sql
immutable
parallel safe
as $$
    select case when p_family = 'segment_hour' then app.nobody() else p_subject_id end
$$;
alter function rollup.cell_subject(text, uuid) owner to leadboard_rollup;

comment on function rollup.cell_subject(text, uuid) is
'Subject of the cell of a rollup that sums rows of a subject.';
