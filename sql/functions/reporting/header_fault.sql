-- What is wrong with a text that will stand in the header of a mail: control characters, which
-- would begin a header of their own, and encoded words (=?...?=), which hide them. Null when
-- nothing is.
create function reporting.header_fault(p_text text)
returns text
language sql
immutable
parallel safe
as $$
    select
        case
            when p_text ~ '[[:cntrl:]]' then 'No control characters.'
            when p_text like '%=?%' then 'No encoded words.'
        end
$$;
alter function reporting.header_fault(text) owner to leadboard_owner;

comment on function reporting.header_fault(text) is
'Why a text may not stand in the header of a mail; null when it may.';
