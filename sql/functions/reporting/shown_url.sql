-- A webhook as it may be shown: its host and, where enough stays hidden, its last four characters.
create function reporting.shown_url(p_url text)
returns text
language sql
immutable
parallel safe
as $$
    select
        left(substring(p_url from '^https?://[^/?#]*'), 250)
        || '/...'
        || case
            when char_length(substring(p_url from '^https?://[^/?#]*(.*)$')) >= 20
                then right(p_url, 4)
            else ''
        end
$$;
alter function reporting.shown_url(text) owner to leadboard_owner;

comment on function reporting.shown_url(text) is
'A webhook address with what makes it secret left out.';
