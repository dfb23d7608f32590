-- An insight in a sentence, in English (en) or Dutch (nl), the same for whom it is about and
-- for whom else it is shown to. Arguments as metrics.insights gives them.
create function metrics.insight_sentence(
    p_type text,
    p_metric text,
    p_subject text,
    p_value numeric,
    p_baseline numeric,
    p_cases bigint,
    p_language text
)
returns text
language sql
immutable
parallel safe
as $$
    select
        format(
            case p_language
                when 'nl' then t.dutch
                else t.english
            end,
            case p_language
                when 'nl' then coalesce(w.dutch, p_subject)
                else coalesce(w.english, p_subject)
            end,
            metrics.spoken(p_value, metrics.unit(p_metric), p_language),
            metrics.spoken(p_baseline, metrics.unit(p_metric), p_language),
            p_cases
        )
    from (
        values
        (
            'change',
            'The %1$s went from %3$s to %2$s.',
            'Het %1$s ging van %3$s naar %2$s.'
        ),
        (
            'strongest',
            'The strongest figure is the %1$s: %2$s, where half of the team have %3$s.',
            'Het sterkste cijfer is het %1$s: %2$s, waar de helft van het team %3$s heeft.'
        ),
        (
            'weakest',
            'Most to gain is in the %1$s: %2$s, where half of the team have %3$s.',
            'Het meest te winnen is er bij het %1$s: %2$s, waar de helft van het team %3$s heeft.'
        ),
        (
            'best_weekday',
            'Most wins are on a %1$s: %2$s of %4$s.',
            'De meeste deals worden op %1$s gewonnen: %2$s van %4$s.'
        ),
        (
            'best_hour',
            'Calls between %1$s:00 and %1$s:59 are answered most: %2$s, against %3$s over the day.',
            'Tussen %1$s:00 en %1$s:59 wordt het vaakst opgenomen: %2$s, tegen %3$s over de dag.'
        ),
        (
            'best_source',
            'Leads from %1$s convert best: %2$s, against %3$s of all.',
            'Leads van %1$s worden het vaakst klant: %2$s, tegen %3$s van alle.'
        ),
        (
            'streak',
            'Tasks were completed on %2$s working days in a row.',
            'Op %2$s werkdagen op rij zijn er taken afgerond.'
        )
    ) as t (type, english, dutch)
    left join (
        values
        ('conversion_rate', 'conversion rate', 'conversiepercentage'),
        ('contact_rate', 'share of leads contacted', 'aandeel benaderde leads'),
        ('response_time', 'time to first contact', 'aantal uren tot het eerste contact'),
        ('satisfaction', 'customer rating', 'klantcijfer'),
        ('task_completion_rate', 'share of tasks completed', 'aandeel afgeronde taken'),
        ('reply_rate', 'campaign reply rate', 'antwoordpercentage van campagnes'),
        ('Monday', 'Monday', 'maandag'),
        ('Tuesday', 'Tuesday', 'dinsdag'),
        ('Wednesday', 'Wednesday', 'woensdag'),
        ('Thursday', 'Thursday', 'donderdag'),
        ('Friday', 'Friday', 'vrijdag'),
        ('Saturday', 'Saturday', 'zaterdag'),
        ('Sunday', 'Sunday', 'zondag')
    ) as w (word, english, dutch)
        on
            w.word
            = case
                when p_type in ('change', 'strongest', 'weakest') then p_metric
                when p_type = 'best_weekday' then p_subject
            end
    where t.type = p_type
$$;
alter function metrics.insight_sentence(text, text, text, numeric, numeric, bigint, text)
owner to leadboard_view;

comment on function metrics.insight_sentence(text, text, text, numeric, numeric, bigint, text) is
'An insight in a sentence, in English (en) or Dutch (nl).';
