-- A reason code in words, English (en) or Dutch (nl).
create function routing.refusal_words(p_code text, p_language text)
returns text
language sql
immutable
parallel safe
as $$
    select
        case
            when p_language = 'nl' then
                case p_code
                    when 'deactivated' then 'niet meer actief'
                    when 'inactive' then 'doet niet mee'
                    when 'paused' then 'gepauzeerd'
                    when 'open_cap' then 'te veel open leads'
                    when 'daily_cap' then 'daglimiet bereikt'
                    when 'monthly_cap' then 'maandlimiet bereikt'
                    when 'industry' then 'andere branche'
                    when 'region' then 'andere regio'
                    when 'already_refused' then 'heeft al geweigerd'
                    else p_code
                end
            else
                case p_code
                    when 'deactivated' then 'no longer a member'
                    when 'inactive' then 'not taking part'
                    when 'paused' then 'paused'
                    when 'open_cap' then 'too many open leads'
                    when 'daily_cap' then 'daily cap reached'
                    when 'monthly_cap' then 'monthly cap reached'
                    when 'industry' then 'another industry'
                    when 'region' then 'another region'
                    when 'already_refused' then 'refused it before'
                    else p_code
                end
        end
$$;
alter function routing.refusal_words(text, text) owner to leadboard_owner;

comment on function routing.refusal_words(text, text) is 'A reason code of routing in words.';
