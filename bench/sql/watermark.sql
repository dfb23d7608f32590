-- The negative control: a rollup kept up to date by a watermark on an ascending number, as it is
-- often done. A transaction that took its number early and commits late is passed over for ever.
create table bench.changes (
    id bigint generated always as identity primary key,
    workspace_id uuid not null,
    subject_id uuid not null,
    day date not null
);

create table bench.watermark (id bigint not null);
insert into bench.watermark (id) values (0);

create table bench.leads_per_day (
    workspace_id uuid not null,
    subject_id uuid not null,
    day date not null,
    leads bigint not null,
    primary key (workspace_id, subject_id, day)
);

create function bench.cells()
returns setof bench.leads_per_day
language sql
stable
as $$
    select
        l.workspace_id,
        coalesce(l.credited_user_id, app.nobody()) as subject_id,
        (l.created_at at time zone 'UTC')::date as day,
        count(*) as leads
    from crm.leads as l
    group by 1, 2, 3
$$;

insert into bench.leads_per_day (workspace_id, subject_id, day, leads)
select
    c.workspace_id,
    c.subject_id,
    c.day,
    c.leads
from bench.cells() as c;

-- The triggers of the product change leads too, as another role.
create function bench.log_change()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op <> 'INSERT' then
        insert into bench.changes (workspace_id, subject_id, day)
        values (
            old.workspace_id,
            coalesce(old.credited_user_id, app.nobody()),
            (old.created_at at time zone 'UTC')::date
        );
    end if;
    if tg_op <> 'DELETE' then
        insert into bench.changes (workspace_id, subject_id, day)
        values (
            new.workspace_id,
            coalesce(new.credited_user_id, app.nobody()),
            (new.created_at at time zone 'UTC')::date
        );
    end if;
    return null;
end
$$;

create trigger _990_bench_log_change
after insert or update or delete on crm.leads
for each row execute function bench.log_change();

create function bench.refresh_by_watermark()
returns void
language plpgsql
as $$
declare
    v_from bigint := (select w.id from bench.watermark as w);
    v_to bigint := (select coalesce(max(c.id), 0) from bench.changes as c);
begin
    with cells as (
        select distinct
            c.workspace_id,
            c.subject_id,
            c.day
        from bench.changes as c
        where c.id > v_from and c.id <= v_to
    )

    insert into bench.leads_per_day (workspace_id, subject_id, day, leads)
    select
        c.workspace_id,
        c.subject_id,
        c.day,
        (
            select count(*) from crm.leads as l
            where
                l.workspace_id = c.workspace_id
                and coalesce(l.credited_user_id, '00000000-0000-0000-0000-000000000000'::uuid)
                = c.subject_id
                and l.created_at >= c.day::timestamp at time zone 'UTC'
                and l.created_at < (c.day + 1)::timestamp at time zone 'UTC'
        )
    from cells as c
    on conflict (workspace_id, subject_id, day) do update set leads = excluded.leads;
    update bench.watermark set id = greatest(v_from, v_to);
end
$$;
