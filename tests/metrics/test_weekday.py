"""The weekday of a day, by counting days."""

from datetime import date

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.dates())
def test_a_weekday_is_that_of_the_calendar(tx: psycopg.Connection, day: date) -> None:
    assert tx.execute("select metrics.weekday(%s)", (day,)).fetchone() == (day.isoweekday(),)


def test_before_our_era_too(tx: psycopg.Connection) -> None:
    wrong = tx.execute(
        """
        select count(*)
        from generate_series('4714-11-24 BC'::date, '4000-12-31 BC', '1 day') as d (day)
        where metrics.weekday(d.day::date) <> extract(isodow from d.day)
        """
    ).fetchone()
    assert wrong == (0,)
