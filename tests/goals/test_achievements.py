"""What the refresh records: goals reached and badges earned, once, with the day."""

import re
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import LockNotAvailable

from tests import builders as make
from tests.sessions import freeze

Earned = list[tuple[str, date | None, date]]


@pytest.fixture
def gym(conn: psycopg.Connection) -> UUID:
    freeze(conn, "2026-03-20 12:00+00")
    return make.workspace(conn)


def win(connection: psycopg.Connection, workspace: UUID, person: UUID, day: date | str) -> UUID:
    return make.lead(
        connection,
        workspace,
        person,
        "2026-01-02 09:00+00",
        status="won",
        won_at=f"{day} 09:00+00",
        deal_value=100,
    )


def done(
    connection: psycopg.Connection, workspace: UUID, lead: UUID, person: UUID, day: date | str
) -> None:
    make.task(
        connection,
        workspace,
        lead,
        person,
        "2026-01-02 09:00+00",
        completed_at=f"{day} 09:00+00",
        completed_by_user_id=person,
    )


def badges(connection: psycopg.Connection, person: UUID) -> Earned:
    return connection.execute(
        "select badge, period_start, earned_on from goals.badges_earned where user_id = %s"
        " order by earned_on, badge",
        (person,),
    ).fetchall()


def best(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    """Who was best in March 2026."""
    return connection.execute(
        "select user_id, badge, earned_on from goals.badges_earned"
        " where period_start = '2026-03-01'"
        " and badge in ('fastest_responder', 'biggest_improvement') order by badge, user_id"
    ).fetchall()


def reached(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select goal_type, target_value::integer, reached_value::integer, achieved_on,"
        " user_id is null from goals.achievements order by id"
    ).fetchall()


def version(connection: psycopg.Connection, workspace: UUID) -> int:
    row = connection.execute(
        "select version from ops.workspace_versions where workspace_id = %s", (workspace,)
    ).fetchone()
    assert row is not None
    return row[0]


# Goals.


def test_a_goal_is_reached_once_and_again_when_its_target_is_edited(
    conn: psycopg.Connection, gym: UUID
) -> None:
    agent = make.member(conn, gym, "agent")
    goal = make.goal(conn, gym, agent, "conversions", 2)
    make.goal(conn, gym, None, "conversions", 3)
    win(conn, gym, agent, "2026-03-03")
    conn.execute("call ops.refresh()")
    assert reached(conn) == []
    win(conn, gym, agent, "2026-03-10")
    before = version(conn, gym)
    conn.execute("call ops.refresh()")
    # Rollups, each view, and what was reached.
    views = conn.execute("select count(*) from ops.materialized_views()").fetchone()
    assert views is not None
    assert version(conn, gym) == before + 1 + views[0] + 1
    assert reached(conn) == [("conversions", 2, 2, date(2026, 3, 10), False)]

    # A third win reaches the team's goal and the own one no second time.
    third = win(conn, gym, agent, "2026-03-12")
    conn.execute("call ops.refresh()")
    assert reached(conn)[1:] == [("conversions", 3, 3, date(2026, 3, 12), True)]
    # Lost again, and won again: once is once.
    conn.execute("update crm.leads set status = 'lost' where id = %s", (third,))
    conn.execute("call ops.refresh()")
    conn.execute("update crm.leads set status = 'won' where id = %s", (third,))
    conn.execute("call ops.refresh()")
    assert len(reached(conn)) == 2

    conn.execute("update crm.goals set target_value = 3 where id = %s", (goal,))
    conn.execute("call ops.refresh()")
    assert reached(conn)[2:] == [("conversions", 3, 3, date(2026, 3, 12), False)]
    conn.execute("update crm.goals set target_value = 2 where id = %s", (goal,))
    conn.execute("call ops.refresh()")
    assert len(reached(conn)) == 3
    history = conn.execute(
        "select target_value from goals.changes where goal_id = %s order by id", (goal,)
    ).fetchall()
    assert history == [(2,), (3,), (2,)]


def test_lower_is_better_is_reached_when_the_period_is_over(
    conn: psycopg.Connection, gym: UUID
) -> None:
    """No fact changes: the new local day alone settles it."""
    agent = make.member(conn, gym, "agent")
    make.goal(conn, gym, agent, "response_time", 2)
    lead = make.lead(conn, gym, agent, "2026-03-03 09:00+00")
    make.activity(conn, gym, lead, agent, "sms", "2026-03-03 10:00+00")
    conn.execute("call ops.refresh()")
    freeze(conn, "2026-03-31 23:59+00")
    conn.execute("call ops.refresh()")
    assert reached(conn) == []
    freeze(conn, "2026-04-01 00:00+00")
    assert conn.execute("select ops.refresh_due()").fetchone() == (True,)
    conn.execute("call ops.refresh()")
    assert reached(conn) == [("response_time", 2, 1, date(2026, 3, 31), False)]


def test_a_goal_that_was_met_before_it_was_set(conn: psycopg.Connection, gym: UUID) -> None:
    agent = make.member(conn, gym, "agent")
    win(conn, gym, agent, "2026-03-03")
    conn.execute("call ops.refresh()")
    make.goal(conn, gym, agent, "revenue", 100)
    conn.execute("call ops.refresh()")
    assert reached(conn) == [("revenue", 100, 100, date(2026, 3, 3), False)]


def test_late_news_reaches_a_goal_of_last_month(conn: psycopg.Connection, gym: UUID) -> None:
    agent = make.member(conn, gym, "agent", joined_at="2026-01-02 09:00+00")
    make.goal(
        conn,
        gym,
        agent,
        "conversions",
        1,
        period_start="2026-02-01",
        period_end="2026-03-01",
    )
    conn.execute("call ops.refresh()")
    win(conn, gym, agent, "2026-02-10")
    conn.execute("call ops.refresh()")
    assert reached(conn) == [("conversions", 1, 1, date(2026, 2, 10), False)]


# Badges.


def test_first_win_and_ten_in_a_month(conn: psycopg.Connection, gym: UUID) -> None:
    agent = make.member(conn, gym, "agent")
    for day in range(1, 10):
        win(conn, gym, agent, date(2026, 3, day))
    conn.execute("call ops.refresh()")
    assert badges(conn, agent) == [("first_win", None, date(2026, 3, 1))]
    # The tenth in the month, and an earlier first that is logged late: earned is earned.
    win(conn, gym, agent, "2026-03-15")
    win(conn, gym, agent, "2026-02-15")
    win(conn, gym, agent, "2026-03-16")
    conn.execute("call ops.refresh()")
    assert badges(conn, agent) == [
        ("first_win", None, date(2026, 3, 1)),
        ("ten_wins_in_a_month", date(2026, 3, 1), date(2026, 3, 15)),
    ]


def test_a_streak_of_working_days(conn: psycopg.Connection, gym: UUID) -> None:
    """From Thursday 5 March over two weekends; one badge however long it gets."""
    agent = make.member(conn, gym, "agent")
    lead = make.lead(conn, gym, agent, "2026-01-02 09:00+00")
    for day in (5, 6, 9, 10, 11, 12):
        done(conn, gym, lead, agent, date(2026, 3, day))
    # A weekend counts for nothing.
    done(conn, gym, lead, agent, "2026-03-07")
    conn.execute("call ops.refresh()")
    assert badges(conn, agent) == []
    done(conn, gym, lead, agent, "2026-03-13")
    conn.execute("call ops.refresh()")
    earned = [("seven_day_streak", date(2026, 3, 5), date(2026, 3, 13))]
    assert badges(conn, agent) == earned
    for day in (16, 17, 18):
        done(conn, gym, lead, agent, date(2026, 3, day))
    # Logged late: the streak began a day earlier, and is the same one.
    done(conn, gym, lead, agent, "2026-03-04")
    conn.execute("call ops.refresh()")
    assert badges(conn, agent) == earned


def test_best_of_the_month(conn: psycopg.Connection, gym: UUID) -> None:
    """Settled when the month is over in every zone of the workspace, for active members only."""
    make.branch(conn, gym, timezone="Pacific/Pago_Pago")
    ann, ben, cas, dan = (make.member(conn, gym, "agent") for _ in range(4))
    conn.execute(
        "update crm.members set deactivated_at = '2026-03-19 09:00+00' where user_id = %s", (dan,)
    )
    # Won of five in February and in March, and hours to the first contact in March.
    for person, won_before, won_now, hours, contacted in (
        (ann, 1, 3, 2, 5),
        (ben, 3, 4, 1, 5),
        (cas, 0, 2, 0, 4),  # contacted too few; rose as much as Ann
        (dan, 0, 5, 0, 5),  # left
    ):
        for month, won in ((2, won_before), (3, won_now)):
            for number in range(5):
                created = f"2026-{month:02}-03 09:00+00"
                make.lead(
                    conn,
                    gym,
                    person,
                    created,
                    status="won" if number < won else "lost",
                    first_contact_at=f"2026-{month:02}-03 {9 + hours:02}:00+00"
                    if number < contacted
                    else None,
                )
    conn.execute("call ops.refresh()")
    freeze(conn, "2026-04-01 10:59+00")
    conn.execute("call ops.refresh()")
    assert best(conn) == []
    # Midnight in Pago Pago, eleven hours after Greenwich.
    freeze(conn, "2026-04-01 11:00+00")
    conn.execute("call ops.refresh()")
    last = date(2026, 3, 31)
    assert best(conn) == [
        (ann, "biggest_improvement", last),
        (cas, "biggest_improvement", last),
        (ben, "fastest_responder", last),
    ]
    # Nobody takes them away again.
    for _ in range(5):
        make.lead(
            conn,
            gym,
            cas,
            "2026-03-03 09:00+00",
            status="won",
            first_contact_at="2026-03-03 09:00+00",
        )
    freeze(conn, "2026-04-02 12:00+00")
    conn.execute("call ops.refresh()")
    assert len(best(conn)) == 3


def test_a_workspace_has_badges_of_its_own(conn: psycopg.Connection, gym: UUID) -> None:
    conn.execute(
        """
        insert into goals.badges
            (workspace_id, badge, title, description, rule, measure, threshold)
        values
            (%(gym)s, 'first_win', 'Two', 'Two wins.', 'total', 'wins', 2),
            (%(gym)s, 'big_month', 'Big', '150 in a month.', 'month', 'revenue', 150)
        """,
        {"gym": gym},
    )
    agent = make.member(conn, gym, "agent")
    elsewhere = make.workspace(conn)
    other = make.member(conn, elsewhere, "agent")
    win(conn, elsewhere, other, "2026-03-03")
    win(conn, gym, agent, "2026-03-03")
    win(conn, gym, agent, "2026-03-04")
    conn.execute("call ops.refresh()")
    assert badges(conn, agent) == [
        ("big_month", date(2026, 3, 1), date(2026, 3, 4)),
        ("first_win", None, date(2026, 3, 4)),
    ]
    assert badges(conn, other) == [("first_win", None, date(2026, 3, 3))]


@pytest.mark.parametrize(
    "values",
    [
        ("x y", "X", "X.", "total", "wins", 1),
        ("x", "X", "X.", "total", "response_time", 1),
        ("x", "X", "X.", "fastest_of_month", "wins", 1),
        ("x", "X", "X.", "total", "wins", 0),
        ("x", "X", "X.", "streak", "wins", 1.5),
        ("x", "", "X.", "total", "wins", 1),
    ],
)
def test_badges_that_cannot_be(tx: psycopg.Connection, values: tuple[object, ...]) -> None:
    workspace = make.workspace(tx)
    with pytest.raises(psycopg.errors.CheckViolation), tx.transaction():
        tx.execute(
            "insert into goals.badges (workspace_id, badge, title, description, rule, measure,"
            " threshold) values (%s, %s, %s, %s, %s, %s, %s)",
            (workspace, *values),
        )


# The refresh.


def test_only_those_whose_figures_changed_are_looked_at(
    conn: psycopg.Connection, gym: UUID
) -> None:
    """Ann's old win, written past the triggers, is not noticed while only Ben works."""
    ann, ben = (make.member(conn, gym, "agent") for _ in range(2))
    conn.execute("call ops.refresh()")
    conn.execute(
        "insert into rollup.outcome_day values"
        " (%s, '2026-03-03', %s, app.nobody(), 'x', 1, 0, 0, 0)",
        (gym, ann),
    )
    make.lead(conn, gym, ben, "2026-03-03 09:00+00")
    conn.execute("call ops.refresh()")
    assert badges(conn, ann) == []
    # The name that callers know looks at her, and at everybody when nobody is named.
    assert conn.execute("select goals.check_achievements(%s, %s)", (gym, ann)).fetchone() == (1,)
    assert badges(conn, ann) == [("first_win", None, date(2026, 3, 3))]
    assert conn.execute("select goals.check_achievements(%s)", (gym,)).fetchone() == (0,)


def test_nothing_is_lost_when_the_step_fails(conn: psycopg.Connection, gym: UUID) -> None:
    agent = make.member(conn, gym, "agent")
    conn.execute("call ops.refresh()")
    conn.execute(
        "alter table goals.badges_earned add constraint broken check (badge <> 'first_win')"
    )
    win(conn, gym, agent, "2026-03-03")
    with pytest.raises(psycopg.Error, match="Not refreshed: goals"):
        conn.execute("call ops.refresh()")
    # The figures are there, the error is noted, and it is tried again after a while.
    assert conn.execute("select sum(won) from rollup.outcome_day").fetchone() == (1,)
    assert conn.execute("select last_errors ? 'goals' from ops.health()").fetchone() == (True,)
    assert conn.execute("select ops.refresh_due()").fetchone() == (False,)
    freeze(conn, "2026-03-20 12:00:10+00")
    assert conn.execute("select ops.refresh_due()").fetchone() == (True,)
    conn.execute("alter table goals.badges_earned drop constraint broken")
    conn.execute("call ops.refresh()")
    assert badges(conn, agent) == [("first_win", None, date(2026, 3, 3))]
    assert conn.execute("select last_errors from ops.health()").fetchone() == ({},)
    assert conn.execute("select ops.refresh_due()").fetchone() == (False,)


def test_after_a_rebuild_everybody_is_looked_at(conn: psycopg.Connection, gym: UUID) -> None:
    agent = make.member(conn, gym, "agent")
    conn.execute("call ops.refresh()")
    conn.execute("set session_replication_role = replica")
    make.lead(
        conn,
        gym,
        agent,
        "2026-01-02 09:00+00",
        credited_user_id=agent,
        owner_basis="owner",
        status="won",
        status_changed_at="2026-03-03 09:00+00",
        won_at="2026-03-03 09:00+00",
    )
    conn.execute("set session_replication_role = origin")
    conn.execute("call ops.rebuild()")
    conn.execute("call ops.refresh()")
    assert badges(conn, agent) == [("first_win", None, date(2026, 3, 3))]


def test_many_people_over_years_in_one_refresh(tx: psycopg.Connection) -> None:
    """A year of wins and tasks of 30 people against a recomputation in plain Python."""
    freeze(tx, "2026-03-20 12:00+00")
    workspace = make.workspace(tx)
    people = [make.member(tx, workspace, "agent") for _ in range(30)]
    wins: dict[UUID, list[date]] = {}
    tasks: dict[UUID, set[date]] = {}
    for number, person in enumerate(people):
        wins[person] = [date(2025, 6, 1) + timedelta(day) for day in range(0, 280, 2 + number % 7)]
        tasks[person] = {
            date(2026, 1, 1) + timedelta(day) for day in range(70) if (day * 7 + number) % 11 > 1
        }
        for day in wins[person]:
            tx.execute(
                "insert into rollup.outcome_day values (%s, %s, %s, app.nobody(), 'x', 1, 0, 5, 0)",
                (workspace, day, person),
            )
        for day in tasks[person]:
            tx.execute(
                "insert into rollup.task_day values (%s, %s, %s, 0, 0, 1, 0, 0)",
                (workspace, day, person),
            )
    tx.execute("select goals.check_achievements(%s)", (workspace,))
    for person in people:
        expected: Earned = [("first_win", None, wins[person][0])]
        months = sorted({day.replace(day=1) for day in wins[person]})
        for month in months:
            own = [day for day in wins[person] if day.replace(day=1) == month]
            if len(own) >= 10:
                expected.append(("ten_wins_in_a_month", month, own[9]))
        streak: list[date] = []
        day = date(2026, 1, 1)
        while day <= date(2026, 3, 20):
            if day.isoweekday() <= 5:
                streak = [*streak, day] if day in tasks[person] else []
                if len(streak) == 7:
                    expected.append(("seven_day_streak", streak[0], day))
            day += timedelta(1)
        assert badges(tx, person) == sorted(expected, key=lambda badge: (badge[2], badge[0]))


def test_the_log_is_emptied_and_short(conn: psycopg.Connection, gym: UUID) -> None:
    agent = make.member(conn, gym, "agent")
    for day in range(1, 20):
        win(conn, gym, agent, date(2026, 3, day))
    conn.execute("select ops.refresh_rollups()")
    # Two entries for the person, one for the day that began.
    assert conn.execute(
        "select user_id, scope, from_day from goals.touched where isfinite(from_day) order by scope"
    ).fetchall() == [(agent, "person", date(2026, 3, 1)), (agent, "response", date(2026, 1, 2))]
    assert conn.execute("select count(*) from goals.touched").fetchone() == (3,)
    conn.execute("select ops.refresh_achievements()")
    assert conn.execute("select count(*) from goals.touched").fetchone() == (0,)
    assert conn.execute("select ops.refresh_achievements()").fetchone() == (None,)


def test_what_moves_response_times_alone_has_nothing_else_looked_at(
    conn: psycopg.Connection, gym: UUID
) -> None:
    """A contact: goals of response time, whose period is over. A win: everything of the winner."""
    agent = make.member(conn, gym, "agent")
    make.goal(conn, gym, agent, "conversions", 5)
    conn.execute("call ops.refresh()")
    conn.execute("alter function goals.check_badges(uuid, uuid, date) rename to gone")
    lead = make.lead(conn, gym, agent, "2026-03-03 09:00+00")
    make.activity(conn, gym, lead, agent, "sms", "2026-03-03 10:00+00")
    conn.execute("call ops.refresh()")
    win(conn, gym, agent, "2026-03-04")
    with pytest.raises(psycopg.Error, match="check_badges"):
        conn.execute("call ops.refresh()")


def test_a_late_contact_reaches_a_goal_that_is_over(conn: psycopg.Connection, gym: UUID) -> None:
    agent = make.member(conn, gym, "agent")
    lead = make.lead(conn, gym, agent, "2026-03-03 09:00+00")
    make.goal(conn, gym, agent, "response_time", 2)
    conn.execute("call ops.refresh()")
    freeze(conn, "2026-04-02 09:00+00")
    conn.execute("call ops.refresh()")
    assert reached(conn) == []
    make.activity(conn, gym, lead, agent, "sms", "2026-03-03 10:00+00")
    conn.execute("call ops.refresh()")
    assert reached(conn) == [("response_time", 2, 1, date(2026, 3, 31), False)]


def test_a_period_is_over_where_the_person_is(conn: psycopg.Connection) -> None:
    """Kiritimati is 14 hours before UTC, further than any other zone."""
    freeze(conn, "2026-03-20 12:00+00")
    gym = make.workspace(conn, timezone="Pacific/Kiritimati")
    agent = make.member(conn, gym, "agent")
    lead = make.lead(conn, gym, agent, "2026-03-03 09:00+00")
    make.activity(conn, gym, lead, agent, "sms", "2026-03-03 10:00+00")
    make.goal(conn, gym, agent, "response_time", 2)
    freeze(conn, "2026-03-31 09:59+00")
    conn.execute("call ops.refresh()")
    assert reached(conn) == []
    freeze(conn, "2026-03-31 10:00+00")
    conn.execute("call ops.refresh()")
    assert reached(conn) == [("response_time", 2, 1, date(2026, 3, 31), False)]


def test_two_checks_at_once_wait_for_each_other(
    conn: psycopg.Connection, gym: UUID, database: str
) -> None:
    with psycopg.connect(database) as other:
        other.execute("select goals.check_achievements(%s)", (gym,))
        conn.execute("set lock_timeout = '100ms'")
        with pytest.raises(LockNotAvailable):
            conn.execute("select goals.check_achievements(%s)", (gym,))


def test_nothing_is_read_that_is_not_followed(tx: psycopg.Connection) -> None:
    """A change that no goal and no badge is said to read (rollup.families) has none looked at."""
    families = tx.execute(
        "select family, measure_columns, read_columns from rollup.families()"
    ).fetchall()
    sources = {
        f"{schema}.{name}": source
        for schema, name, source in tx.execute(
            """
            select pronamespace::regnamespace::text, proname, prosrc from pg_proc
            where pronamespace in ('goals'::regnamespace, 'metrics'::regnamespace)
            """
        )
    }
    asked: set[str] = set()
    found = {name for name in sources if name.startswith("goals.")}
    while found:
        asked |= found
        called = re.findall(r"metrics\.\w+", " ".join(sources[name] for name in found))
        found = {*called} & (sources.keys() - asked)

    used: dict[str, set[str]] = {}
    for name in asked:
        names = set(re.findall(r"\b[a-z]\.(\w+)", sources[name]))
        for family, measures, followed in families:
            if re.search(rf"\brollup\.{family}\b", sources[name]):
                used.setdefault(family, set()).update(names.intersection(measures))
                assert used[family] <= {*followed}, name
    assert used == {
        "lead_day": {"leads", "contacted", "response_seconds", "won"},
        "outcome_day": {"won", "revenue", "price"},
        "task_day": {"completed"},
    }
