-- An instant out of a file or an event. Null, never an error, when the text is not exactly a time
-- of the stated format: an impossible date (31-02), a word (today, infinity), a rest behind the
-- time.
--
-- p_format: iso (2018-02-26, 2018-02-26 19:58[:07[.25]], with or without T, with or without Z or an
-- offset), epoch (seconds), epoch_ms, or a pattern of to_char. to_timestamp alone would forgive too
-- much, so a value has to read back as it was written. A time without an offset is local in p_zone;
-- where the clock jumps over it, as much later as it jumps; where it comes twice, the second one.
create function app.try_time(p_text text, p_format text, p_zone text)
returns timestamptz
language plpgsql
stable
parallel safe
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
    v_local timestamp;
    v_at timestamptz;
begin
    if p_text is null then
        return null;
    end if;
    case p_format
        when 'iso' then
            if p_text !~* '^\d{4}-\d\d-\d\d([t ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?( ?(z|[+-]\d\d(:?\d\d)?))?)?$' then
                return null;
            end if;
            if p_text ~* '(z|:\d.*[+-]\d\d(:?\d\d)?)$' then
                v_at := p_text::timestamptz;
            else
                v_at := p_text::timestamp at time zone p_zone;
            end if;
        when 'epoch' then
            if p_text !~ '^\d{1,11}(\.\d{1,6})?$' then
                return null;
            end if;
            v_at := to_timestamp(p_text::double precision);
        when 'epoch_ms' then
            if p_text !~ '^\d{1,14}$' then
                return null;
            end if;
            v_at := to_timestamp(p_text::double precision / 1000);
        else
            v_local := to_timestamp(p_text, p_format)::timestamp;
            if upper(to_char(v_local, p_format)) <> upper(p_text) then
                return null;
            end if;
            v_at := v_local at time zone p_zone;
    end case;
    return case when isfinite(v_at) then v_at end;
exception
    when data_exception or feature_not_supported or syntax_error then
        return null;
end
$$;
alter function app.try_time(text, text, text) owner to leadboard_owner;
grant execute on function app.try_time(text, text, text) to leadboard_view;

comment on function app.try_time(text, text, text) is
'The instant a text says in a format (iso, epoch, epoch_ms, or a to_char pattern) and, where it has no offset, in a time zone; null when it says none.';
