"""rollup.lead_work_day_rows and worked_day_rows: leads worked, exact for any window of days."""

from uuid import UUID, uuid4

import psycopg
import pytest

from tests import builders as make
from tests.rollup.tables import rows
from tests.sessions import freeze

NEVER = "-infinity"


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, "2026-03-20 12:00+00")
    return make.workspace(tx)


def store(tx: psycopg.Connection, gym: UUID) -> None:
    """Writes what worked_day sums."""
    tx.execute(
        "insert into rollup.lead_work_day"
        " select * from rollup.lead_work_day_rows(%s, null, '-infinity', 'infinity')",
        (gym,),
    )


def test_tasks_notes_and_contacts_are_work(tx: psycopg.Connection, gym: UUID) -> None:
    ann, ben = make.member(tx, gym), make.member(tx, gym)
    first, second = make.lead(tx, gym), make.lead(tx, gym)
    # The 2nd: Ann works the first lead three times, which is one lead, and the second once.
    make.task(tx, gym, first, ann)
    make.note(tx, gym, first, ann)
    make.activity(tx, gym, first, ann, type="whatsapp")
    make.note(tx, gym, second, ann)
    # Ben works the same lead: his own count.
    make.activity(tx, gym, first, ben)
    # A status change is no contact; a contact by nobody is nobody's work.
    make.activity(tx, gym, second, ben, type="status_change")
    make.activity(tx, gym, second, None)

    columns = "day::text, subject_id, actor_id, previous_day::text, works"
    assert rows(tx, "lead_work_day", gym, columns) == [
        ("2026-03-02", first, ann, NEVER, 3),
        ("2026-03-02", first, ben, NEVER, 1),
        ("2026-03-02", second, ann, NEVER, 1),
    ]
    assert rows(tx, "lead_work_day", gym, columns, subject_id=second) == [
        ("2026-03-02", second, ann, NEVER, 1)
    ]
    store(tx, gym)
    columns = "day::text, subject_id, previous_day::text, leads, works"
    assert rows(tx, "worked_day", gym, columns) == [
        ("2026-03-02", ann, NEVER, 2, 4),
        ("2026-03-02", ben, NEVER, 1, 1),
    ]
    assert rows(tx, "worked_day", gym, columns, subject_id=ben) == [
        ("2026-03-02", ben, NEVER, 1, 1)
    ]


def test_the_previous_day_is_the_day_before_in_all_history(
    tx: psycopg.Connection, gym: UUID
) -> None:
    ann = make.member(tx, gym)
    first, second = make.lead(tx, gym), make.lead(tx, gym)
    make.task(tx, gym, first, ann, "2026-03-02 09:00+00")
    make.note(tx, gym, first, ann, "2026-03-04 09:00+00")
    make.activity(tx, gym, first, ann, occurred_at="2026-03-09 09:00+00")
    make.activity(tx, gym, first, ann, occurred_at="2026-03-09 10:00+00")
    make.note(tx, gym, second, ann, "2026-03-09 09:00+00")
    columns = "day::text, previous_day::text, works"
    history = [
        ("2026-03-02", NEVER, 1),
        ("2026-03-04", "2026-03-02", 1),
        ("2026-03-09", "-infinity", 1),
        ("2026-03-09", "2026-03-04", 2),
    ]

    assert rows(tx, "lead_work_day", gym, columns) == history
    # A window that begins after the previous day still knows it.
    assert rows(tx, "lead_work_day", gym, columns, from_day="2026-03-05") == history[2:]
    assert (
        rows(tx, "lead_work_day", gym, columns, from_day="2026-03-04", to_day="2026-03-05")
        == (history[1:2])
    )
    store(tx, gym)
    # Distinct leads of a window: those not already worked in it.
    for from_day, to_day, leads in (
        ("2026-03-02", "2026-03-10", 2),
        ("2026-03-04", "2026-03-10", 2),
        ("2026-03-02", "2026-03-05", 1),
        ("2026-03-05", "2026-03-09", None),
    ):
        assert tx.execute(
            """
            select sum(leads)::integer
            from rollup.worked_day_rows(%(gym)s, null, '-infinity', 'infinity')
            where day >= %(a)s and day < %(b)s and previous_day < %(a)s
            """,
            {"gym": gym, "a": from_day, "b": to_day},
        ).fetchone() == (leads,)


def test_a_work_day_is_local(tx: psycopg.Connection) -> None:
    freeze(tx, "2026-04-20 12:00+00")
    gym = make.workspace(tx, timezone="America/Los_Angeles")
    ann = make.member(tx, gym)
    lead = make.lead(tx, gym, created_at="2026-03-01 00:00+00")
    # 06:59 UTC is 23:59 of the 7th (UTC-8); 7:30 UTC on the 8th is still the 7th.
    make.note(tx, gym, lead, ann, "2026-03-08 07:30+00")
    # The clocks go forward on the 8th, which ends at 07:00 UTC (UTC-7).
    make.note(tx, gym, lead, ann, "2026-03-09 06:59+00")
    make.note(tx, gym, lead, ann, "2026-03-09 07:00+00")

    assert rows(tx, "lead_work_day", gym, "day::text, previous_day::text, works") == [
        ("2026-03-07", NEVER, 1),
        ("2026-03-08", "2026-03-07", 1),
        ("2026-03-09", "2026-03-08", 1),
    ]


def test_work_on_each_lead_is_the_work_of_the_members(tx: psycopg.Connection, gym: UUID) -> None:
    """It is found by the lead for a cell, by members and times for all of them: the same work."""
    people = [make.member(tx, gym) for _ in range(3)]
    leads = [make.lead(tx, gym) for _ in range(3)]
    for number, lead in enumerate(leads):
        for day in range(2, 8):
            actor = people[(number + day) % 3]
            at = f"2026-03-{day:02} 09:00+00"
            make.note(tx, gym, lead, actor, at)
            make.task(tx, gym, lead, actor, at)
            make.activity(tx, gym, lead, actor, occurred_at=at)
            make.activity(tx, gym, lead, actor, type="note", occurred_at=at)
            make.activity(tx, gym, lead, None, occurred_at=at)

    window = {"gym": gym, "from": "2026-03-03 09:00+00", "to": "2026-03-07 09:00+00"}
    of_members = tx.execute(
        "select * from rollup.work_of_members(%(gym)s, %(from)s, %(to)s) order by 1, 2, 3", window
    ).fetchall()
    on_leads = tx.execute(
        """
        select l.id, w.actor_id, w.at
        from crm.leads as l
        cross join lateral rollup.work_on_lead(l.workspace_id, l.id, %(from)s, %(to)s) as w
        where l.workspace_id = %(gym)s
        order by 1, 2, 3
        """,
        window,
    ).fetchall()
    assert of_members == on_leads
    # Three leads, four of the days, three kinds.
    assert len(of_members) == 36


def test_work_of_leads_is_written_before_what_sums_it(tx: psycopg.Connection, gym: UUID) -> None:
    """Also where the sums are so many that they are done as one set, and the work is not."""
    ann = make.member(tx, gym)
    lead = make.lead(tx, gym)
    make.note(tx, gym, lead, ann, "2026-03-04 09:00+00")
    subjects = [ann, *(uuid4() for _ in range(999)), lead]
    families = ["worked_day"] * 1000 + ["lead_work_day"]
    cells = len(subjects)

    tx.execute(
        "select rollup.write_dirty(%s, %s::uuid[], %s::uuid[], %s::date[])",
        (families, [gym] * cells, subjects, ["2026-03-04"] * cells),
    )

    assert tx.execute("select subject_id, works from rollup.worked_day").fetchall() == [(ann, 1)]
