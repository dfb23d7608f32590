-- A number in [0, 1) that looks random and is the same whenever it is asked again: a decision can
-- be checked afterwards. p_purpose tells apart the draws of one decision.
create function routing.draw(p_lead_id uuid, p_hop integer, p_purpose text)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        (
            'x' || left(
                encode(sha256(convert_to(p_purpose || p_lead_id::text || p_hop::text, 'UTF8')), 'hex'),
                8
            )
        )::bit(32)::bigint / 4294967296.0
$$;
alter function routing.draw(uuid, integer, text) owner to leadboard_owner;

comment on function routing.draw(uuid, integer, text) is
'A reproducible draw from [0, 1) for one decision about a lead.';
