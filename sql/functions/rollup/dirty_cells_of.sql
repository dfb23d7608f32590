-- Turns entries of the log into the cells to compute again.
-- Grain: one row per family, workspace, subject and local day, each once.
--
-- A writer logs what it knows by itself: the subject and the hour of its own row, before and after.
-- What depends on rows of others (who owns the lead, in which zone its branch lies, what else was
-- done with it) another session may just be changing, unseen. So the writer leaves a mark, and it
-- is looked up here, where every change whose entry is read is also visible; whichever of the two
-- commits last, its own entry brings both together.
--
--   mark       subject, hour        cells
--   lead       a lead               lead_service_day of the lead
--   contact    a lead, the contact  lead_contact_day of the lead, and as work
--   work       a lead, the work     lead_work_day of that hour, and both it and worked_day of all
--                                   work on the lead from then on: a later day may have a new
--                                   previous day
--   recipient  a lead, the sending  campaign_day and segment_day of the owners at send of what was
--                                   sent to the lead in that hour (-infinity: ever)
--   branch     a lead               everything that was done with the lead: its branch dates it
--   all        nobody               family all, day -infinity: everything of the workspace
--   shown      nobody               none: something is shown differently, no rollup reads it
--
-- An hour becomes the local days that it touches in any zone of the workspace. A cell too many
-- costs a look; a cell too few would be a wrong figure.
create function rollup.dirty_cells_of(p_entries rollup.dirty_cells[])
returns table (family text, workspace_id uuid, subject_id uuid, day date)
language sql
stable
as $$
    with entries as (
        select
            e.workspace_id,
            e.family,
            e.subject_id,
            e.hour_at
        from unnest(p_entries) as e
    ),

    zones as (
        select
            w.workspace_id,
            w.timezone as zone
        from crm.workspaces as w
        where w.workspace_id in (select e.workspace_id from entries as e)
        union
        select
            b.workspace_id,
            b.timezone
        from crm.branches as b
        where
            b.workspace_id in (select e.workspace_id from entries as e)
            and b.timezone is not null
    ),

    moments as (
        select
            e.workspace_id,
            e.family,
            e.subject_id,
            e.hour_at as from_at,
            e.hour_at + interval '1 hour' - interval '1 microsecond' as to_at
        from entries as e
        where e.family not in ('lead', 'contact', 'work', 'recipient', 'branch', 'all', 'shown')
        union all
        select
            e.workspace_id,
            'lead_work_day',
            e.subject_id,
            e.hour_at,
            e.hour_at + interval '1 hour' - interval '1 microsecond'
        from entries as e
        where e.family in ('contact', 'work')
        union all
        select
            e.workspace_id,
            case e.family when 'lead' then 'lead_service_day' else 'lead_contact_day' end,
            coalesce(l.credited_user_id, app.nobody()),
            l.created_at,
            l.created_at
        from entries as e
        inner join crm.leads as l on l.workspace_id = e.workspace_id and l.id = e.subject_id
        where e.family in ('lead', 'contact')
        union all
        select
            e.workspace_id,
            c.family,
            c.subject_id,
            d.at,
            d.at
        from entries as e
        cross join lateral rollup.work_on_lead(
            e.workspace_id,
            e.subject_id,
            case when e.family = 'branch' then '-infinity' else e.hour_at end,
            'infinity'
        ) as d
        cross join lateral (
            values
            ('lead_work_day', e.subject_id),
            ('worked_day', d.actor_id)
        ) as c (family, subject_id)
        where e.family in ('contact', 'work', 'branch')
        union all
        select
            e.workspace_id,
            d.family,
            d.subject_id,
            d.at,
            d.at
        from entries as e
        cross join lateral rollup.lead_sendings(e.workspace_id, e.subject_id, e.hour_at) as d
        where e.family in ('recipient', 'branch')
        union all
        select
            e.workspace_id,
            d.family,
            d.subject_id,
            d.at,
            d.at
        from entries as e
        cross join lateral rollup.lead_events(e.workspace_id, e.subject_id) as d
        where e.family = 'branch'
    )

    select
        m.family,
        m.workspace_id,
        m.subject_id,
        app.local_day(m.from_at, z.zone) as day
    from moments as m
    inner join zones as z on z.workspace_id = m.workspace_id
    union
    select
        m.family,
        m.workspace_id,
        m.subject_id,
        app.local_day(m.to_at, z.zone)
    from moments as m
    inner join zones as z on z.workspace_id = m.workspace_id
    where m.to_at > m.from_at
    union
    select
        e.family,
        e.workspace_id,
        e.subject_id,
        '-infinity'
    from entries as e
    where e.family = 'all'
$$;
alter function rollup.dirty_cells_of(rollup.dirty_cells[]) owner to leadboard_rollup;

comment on function rollup.dirty_cells_of(rollup.dirty_cells[]) is
'The rollup cells that entries of rollup.dirty_cells mean; family all with day -infinity for every cell of a workspace.';
