-- No rule enters crm.segments that crm.filter_faults finds a fault in, whoever writes it; a changed
-- rule is the next version. Rules that mean the same in other words (order of keys) are the same.
create function crm.check_segment()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' or new.filter <> old.filter then
        perform crm.refuse_faulty_filter(new.filter);
    end if;
    if tg_op = 'UPDATE' and new.filter <> old.filter then
        new.version := old.version + 1;
    end if;
    return new;
end
$$;
alter function crm.check_segment() owner to leadboard_owner;

comment on function crm.check_segment() is
'Trigger: refuses a faulty rule (LB400), counts versions.';
