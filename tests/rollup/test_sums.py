"""rollup.member_day, member_week and segment_hour: sums of the daily rollups, and windows made of
them.

That they follow every change is in test_history.py, which compares them with the model after each.
"""

from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests import builders as make
from tests.refreshing import refresh
from tests.rollup.model import SUMS
from tests.rollup.tables import rows
from tests.sessions import freeze

COLUMNS = (
    "day::text, subject_id, leads, source_leads::text, contacted, response_seconds::integer, won,"
    " first_worked, works, tasks_created, tasks_created_completed, tasks_completed, sent, opened,"
    " machine_opened, clicked, replied, bounced"
)
SENDINGS = (
    "sent, delivered, opened, machine_opened, clicked, replied, bounced, converted, recomputed,"
    " reply_seconds::integer"
)


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, "2026-03-20 12:00+00")
    return make.workspace(tx)


def test_days_and_weeks_of_two_people(tx: psycopg.Connection, gym: UUID) -> None:
    ann, ben = make.member(tx, gym), make.member(tx, gym)
    north, campaign = make.branch(tx, gym), make.campaign(tx, gym)
    # Three leads of Ann's on Monday the 2nd, two from the web in two branches, one of them
    # contacted by Ben after ten minutes.
    first = make.lead(tx, gym, ann, "2026-03-02 09:00+00", source="web", branch_id=north)
    make.lead(tx, gym, ann, "2026-03-02 09:00+00", source="web")
    make.lead(tx, gym, ann, "2026-03-02 09:00+00", source="fair")
    make.activity(tx, gym, first, ben, "sms", "2026-03-02 09:10+00")
    # On Sunday one more from the web, won, and Ben contacts the first one again.
    last = make.lead(tx, gym, ann, "2026-03-08 09:00+00", source="web", status="won")
    make.activity(tx, gym, first, ben, "sms", "2026-03-08 09:00+00")
    # Ben's task about it is of the next week; it is only due on the 11th, which is no row.
    make.task(
        tx, gym, last, ben, "2026-03-09 09:00+00", due_at="2026-03-11 09:00+00",
        completed_at="2026-03-09 10:00+00", completed_by_user_id=ben,
    )  # fmt: skip
    make.recipient(
        tx, gym, campaign, last, "2026-03-09 09:00+00", first_opened_at="2026-03-09 10:00+00",
        first_replied_at="2026-03-09 11:00+00", machine_opened=True,
    )  # fmt: skip
    # Nobody's lead is nobody's row.
    make.lead(tx, gym, None, "2026-03-02 09:00+00")
    refresh(tx)

    of_ann_on_monday = (ann, 3, '{"web": 2, "fair": 1}', 1, 600, 0, *(0,) * 11)
    of_ben_on_monday = (ben, 0, "{}", 0, 0, 0, 1, 1, *(0,) * 9)
    sent = ("2026-03-09", ann, 0, "{}", *(0,) * 8, 1, 1, 1, 0, 1, 0)
    done = ("2026-03-09", ben, 0, "{}", 0, 0, 0, 1, 1, 1, 1, 1, *(0,) * 6)
    assert rows(tx, "member_day", gym, COLUMNS) == [
        ("2026-03-02", *of_ann_on_monday),
        ("2026-03-02", *of_ben_on_monday),
        ("2026-03-08", ann, 1, '{"web": 1}', 0, 0, 1, *(0,) * 11),
        # Worked again, not for the first time.
        ("2026-03-08", ben, 0, "{}", 0, 0, 0, 0, 1, *(0,) * 9),
        sent,
        done,
    ]
    assert rows(tx, "member_week", gym, COLUMNS) == [
        ("2026-03-02", ann, 4, '{"web": 3, "fair": 1}', 1, 600, 1, *(0,) * 11),
        ("2026-03-02", ben, 0, "{}", 0, 0, 0, 1, 2, *(0,) * 9),
        sent,
        done,
    ]
    # A cell is that of all, and a week is whole although only its Monday is asked for.
    assert rows(
        tx, "member_week", gym, COLUMNS, subject_id=ann, from_day="2026-03-02", to_day="2026-03-03"
    ) == [("2026-03-02", ann, 4, '{"web": 3, "fair": 1}', 1, 600, 1, *(0,) * 11)]
    # A week that began before is not asked for.
    assert rows(
        tx, "member_week", gym, COLUMNS, from_day="2026-03-03", to_day="2026-03-09"
    ) == []  # fmt: skip


def test_any_window_has_each_day_once(tx: psycopg.Connection, gym: UUID) -> None:
    """Leads of day n: n + 1. So a sum tells which days were counted."""
    ann = make.member(tx, gym)
    start = date(2026, 2, 25)
    for n in range(24):
        tx.execute(
            """
            insert into crm.leads (workspace_id, owner_user_id, created_at)
            select %s, %s, %s::date + interval '9 hours' from generate_series(0, %s)
            """,
            (gym, ann, start + timedelta(n), n),
        )
    refresh(tx)

    for begin in range(-3, 24):
        for days in range(27):
            window = (start + timedelta(begin), start + timedelta(begin + days))
            expected = sum(n + 1 for n in range(max(begin, 0), min(begin + days, 24)))
            assert tx.execute(
                "select coalesce(sum(leads), 0)::integer from rollup.member_spans(%s, %s, %s)",
                (gym, *window),
            ).fetchone() == (expected,), window
    # Four whole weeks are four rows.
    assert tx.execute(
        "select count(*) from rollup.member_spans(%s, '2026-02-23', '2026-03-23')", (gym,)
    ).fetchone() == (4,)


def test_parts_are_what_the_definition_reads(tx: psycopg.Connection) -> None:
    """The refresh follows them; one that is missing would leave sums behind."""
    families = tx.execute("select family, level, parts from rollup.families()").fetchall()
    assert {family for family, _, parts in families if parts is not None} == {*SUMS}
    levels = {family: level for family, level, _ in families}
    for family, level, parts in families:
        source = tx.execute(
            "select prosrc from pg_proc where oid = %s::regproc", (f"rollup.{family}_rows",)
        ).fetchone()
        assert source is not None
        read = {name for name in levels if f"rollup.{name} as" in source[0]}
        assert all(levels[name] < level for name in read), family
        assert bool(read) == (level > 0), family
        # Work has leads for subjects, worked_day people: the log names the cells of both.
        assert read == {*(parts or ())} or (family, read) == ("worked_day", {"lead_work_day"})


def test_what_others_read_is_what_changes_them(tx: psycopg.Connection, gym: UUID) -> None:
    """Each measure of each part is raised by one: exactly those that are said to be read show in
    the sums."""
    ann = make.member(tx, gym)
    lead = make.lead(tx, gym, ann, "2026-03-02 09:00+00")
    make.task(tx, gym, lead, ann, "2026-03-02 09:00+00")
    make.note(tx, gym, lead, ann, "2026-03-02 09:00+00")
    campaign = make.campaign(tx, gym)
    make.recipient(tx, gym, campaign, lead, "2026-03-02 09:00+00")
    tx.execute(
        """
        insert into crm.campaign_lead_segments
        (workspace_id, campaign_id, lead_id, segment_id, segment_version)
        values (%s, %s, %s, %s, 1)
        """,
        (gym, campaign, lead, make.segment(tx, gym)),
    )
    refresh(tx)

    seen = 0
    for family, sums in (
        ("lead_day", "member_day"),
        ("worked_day", "member_day"),
        ("task_day", "member_day"),
        ("campaign_day", "member_day"),
        ("member_day", "member_week"),
        ("segment_day", "segment_hour"),
    ):
        found = tx.execute(
            "select measure_columns, read_columns from rollup.families() where family = %s",
            (family,),
        ).fetchone()
        assert found is not None
        columns = SENDINGS if sums == "segment_hour" else COLUMNS
        before = rows(tx, sums, gym, columns)
        for column in found[0]:
            if column == "source_leads":
                continue
            with tx.transaction(force_rollback=True):
                raised = tx.execute(
                    sql.SQL("update rollup.{0} set {1} = {1} + 1").format(
                        sql.Identifier(family), sql.Identifier(column)
                    )
                ).rowcount
                assert raised == 1, family
                changed = rows(tx, sums, gym, columns) != before
            assert changed == (column in found[1]), (family, column)
            seen += changed
    assert seen > 20


def test_sums_are_left_alone_where_nothing_changed_that_they_read(
    tx: psycopg.Connection, gym: UUID
) -> None:
    ann = make.member(tx, gym)
    lead = make.lead(tx, gym, ann, "2026-03-02 09:00+00", first_contact_at="2026-03-02 10:00+00")
    tx.execute("select ops.refresh_rollups()")
    tx.execute("delete from goals.touched")
    # A wrong row stays as long as nobody looks.
    tx.execute("update rollup.member_day set tasks_created = 7")

    make.activity(tx, gym, lead, None, "sms", "2026-03-03 09:00+00")
    tx.execute("select ops.refresh_rollups()")
    assert tx.execute("select contact_attempts from rollup.lead_contact_day").fetchall() == [(1,)]
    assert tx.execute("select tasks_created from rollup.member_day").fetchall() == [(7,)]
    assert tx.execute("select * from goals.touched").fetchall() == []

    make.activity(tx, gym, lead, None, "sms", "2026-03-02 09:30+00")
    tx.execute("select ops.refresh_rollups()")
    assert tx.execute("select tasks_created from rollup.member_day").fetchall() == [(0,)]
    touched = "select user_id, scope from goals.touched"
    assert tx.execute(touched).fetchall() == [(ann, "response")]


def test_a_day_of_a_segment_is_a_cell_of_the_workspace(tx: psycopg.Connection, gym: UUID) -> None:
    """What an owner's sendings change is summed again with those of all others."""
    campaign, segment = make.campaign(tx, gym), make.segment(tx, gym)
    for owner in (make.member(tx, gym), make.member(tx, gym), None):
        lead = make.lead(tx, gym, owner, "2026-03-01 09:00+00")
        make.recipient(tx, gym, campaign, lead, "2026-03-02 09:00+00")
        tx.execute(
            """
            insert into crm.campaign_lead_segments
            (workspace_id, campaign_id, lead_id, segment_id, segment_version)
            values (%s, %s, %s, %s, 1)
            """,
            (gym, campaign, lead, segment),
        )
    tx.execute("select ops.refresh_rollups()")
    shown = "select subject_id = app.nobody(), sent, opened from rollup.segment_hour"
    assert tx.execute(shown).fetchall() == [(True, 3, 0)]

    tx.execute("update crm.campaign_leads set first_opened_at = now() where lead_id = %s", (lead,))
    tx.execute("select ops.refresh_rollups()")
    assert tx.execute(shown).fetchall() == [(True, 3, 1)]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ('{"{\\"a\\": 1}","{\\"a\\": 2, \\"b\\": 3}"}', {"a": 3, "b": 3}),
        ("{null}", {}),
        ("{}", {}),
        (None, {}),
    ],
)
def test_counts_add_up_by_name(
    tx: psycopg.Connection, counts: str | None, expected: dict[str, int]
) -> None:
    found = tx.execute("select counts from rollup.sum_counts(%s::jsonb[])", (counts,)).fetchone()
    assert found == (expected,)


@pytest.mark.parametrize(
    ("family", "day", "expected"),
    [
        ("lead_day", "2026-03-08", "2026-03-08"),
        ("member_day", "2026-03-08", "2026-03-08"),
        ("member_week", "2026-03-08", "2026-03-02"),
        ("member_week", "2026-03-02", "2026-03-02"),
        ("member_week", "2027-01-01", "2026-12-28"),
        ("member_week", "-infinity", "-infinity"),
        ("member_week", "infinity", "infinity"),
    ],
)
def test_a_day_lies_in_one_cell(
    tx: psycopg.Connection, family: str, day: str, expected: str
) -> None:
    found = tx.execute("select rollup.cell_day(%s, %s)::text", (family, day)).fetchone()
    assert found == (expected,)
