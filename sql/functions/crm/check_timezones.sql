-- Refuses a time zone that is not a name of the IANA database. PostgreSQL itself takes more:
-- abbreviations, any case, and POSIX rules, in which a misspelt name with a digit at its end is a
-- zone of that offset. Asked once per statement and only for zones that are new to it, because
-- listing the zones of the server reads their files.
create function crm.check_timezones()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_zones text[];
    v_unknown text;
begin
    if tg_op = 'INSERT' then
        v_zones := array(select n.timezone from new_rows as n);
    else
        v_zones := array(
            select n.timezone from new_rows as n
            except
            select o.timezone from old_rows as o
        );
    end if;
    v_unknown := (
        select min(z.name)
        from unnest(v_zones) as z (name)
        where z.name <> 'UTC'
    );
    if v_unknown is null then
        return null;
    end if;

    v_unknown := (
        select min(z.name)
        from (
            select u.name
            from unnest(v_zones) as u (name)
            where u.name is not null
            except
            select k.name
            from pg_timezone_names as k
            where
                k.name !~ '^(posix|right)/'
                and k.name not in ('localtime', 'posixrules', 'Factory')
        ) as z
    );
    if v_unknown is not null then
        raise exception using
            errcode = 'LB422',
            message = format('"%s" is not an IANA time zone.', v_unknown),
            hint = 'Write it as in Europe/Berlin or America/New_York.';
    end if;
    return null;
end
$$;
alter function crm.check_timezones() owner to leadboard_owner;

comment on function crm.check_timezones() is
'Trigger: refuses (LB422) a time zone that is not an IANA name.';
