"""Erasing a person or a lead: who they are goes, what figures read stays."""

from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests import builders as make
from tests.crm.ledger import at, change, ownership, stages, status_history
from tests.sessions import as_login, freeze


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, at("03-20 12:00"))
    return make.workspace(tx)


def reject(tx: psycopg.Connection, gym: UUID, line: int, cells: list[str]) -> None:
    """A row of an import that did not land."""
    tx.execute(
        """
        insert into crm.imports (workspace_id, id, kind, file_name, source_system, mapping, header)
        values (%s, %s, 'leads', 'leads.csv', 'crm', '{}', '{}') on conflict do nothing
        """,
        (gym, gym),
    )
    tx.execute(
        """
        insert into crm.import_rejects (workspace_id, import_id, line, column_name, reason, cells)
        values (%s, %s, %s, '', 'bad', %s)
        """,
        (gym, gym, line, cells),
    )


def reject_cells(tx: psycopg.Connection) -> list[list[str]]:
    rows = tx.execute("select cells from crm.import_rejects order by line").fetchall()
    return [cells for (cells,) in rows]


def test_erased_person_keeps_the_id_and_the_facts(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.user(tx, "Ann Lee", email="ann@gym.test")
    make.member(tx, gym, user_id=ann, external_id="ann@gym.test")
    lead = make.lead(tx, gym, ann)
    make.activity(tx, gym, lead, ann)
    reject(tx, gym, 2, ["1", " Ann@Gym.test "])
    reject(tx, gym, 3, ["2", "bob@gym.test"])

    tx.execute("select crm.erase_user(%s)", (ann,))
    freeze(tx, at("03-21 12:00"))
    tx.execute("select crm.erase_user(%s)", (ann,))

    assert tx.execute(
        "select id, email, name, to_char(erased_at, 'MM-DD') from crm.users"
    ).fetchall() == [(ann, None, None, "03-20")]
    assert tx.execute("select user_id, external_id from crm.members").fetchall() == [(ann, None)]
    assert tx.execute("select owner_user_id, credited_user_id from crm.leads").fetchall() == [
        (ann, ann)
    ]
    assert tx.execute("select actor_user_id from crm.lead_activities").fetchall() == [(ann,)]
    assert reject_cells(tx) == [[], ["2", "bob@gym.test"]]


def test_key_of_an_erased_person_that_is_no_address_stays(
    tx: psycopg.Connection, gym: UUID
) -> None:
    ann = make.member(tx, gym, external_id="A-17")
    tx.execute("select crm.erase_user(%s)", (ann,))
    assert tx.execute("select external_id from crm.members").fetchall() == [("A-17",)]


def test_erased_lead_keeps_what_figures_read(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym)
    lead = make.lead(
        tx,
        gym,
        ann,
        first_name="Kim",
        last_name="Doe",
        company="Doe Ltd",
        job_title="Boss",
        email="kim@doe.test",
        phone="+49 1",
        postcode="10115",
        country="DE",
        external_id="L-1",
        tags=["vip"],
        deal_value=500,
    )
    other = make.lead(tx, gym, ann, first_name="Ida")
    for each in (lead, other):
        change(tx, each, status="contacted", status_changed_at=at("03-05 10:00"))
        make.call(tx, gym, ann, at("03-06 10:00"), lead_id=each, notes="Kim is ill")
        make.note(tx, gym, each, ann)
        make.task(tx, gym, each, ann)
        make.feedback(tx, gym, each, comment="Kim was happy")
        make.ticket(tx, gym, each, subject="Kim is angry")
        make.activity(
            tx,
            gym,
            each,
            ann,
            "campaign_replied",
            at("03-07 10:00"),
            title="Kim replied",
            description="Dear",
            metadata=Jsonb({"campaign_id": "c", "auto_reply": True, "text": "Kim"}),
        )
        make.activity(
            tx, gym, each, ann, "meeting", at("03-08 10:00"), metadata=Jsonb({"variant": "Kim"})
        )
    reject(tx, gym, 2, ["L-1", "Kim"])
    reject(tx, gym, 3, ["L-2", "Ida"])
    figures = [
        (
            stages(tx, each),
            status_history(tx, each),
            ownership(tx, each),
            tx.execute(
                """
                select type, occurred_at, actor_user_id, duration_seconds
                from crm.lead_activities where lead_id = %s order by occurred_at, id
                """,
                (each,),
            ).fetchall(),
        )
        for each in (lead, other)
    ]

    for _ in range(2):
        tx.execute("select crm.erase_lead(%s, %s)", (gym, lead))

    assert tx.execute(
        """
        select
            num_nonnulls(first_name, last_name, company, job_title, email, phone, postcode),
            country, external_id, tags, deal_value, to_char(erased_at, 'MM-DD')
        from crm.leads where id = %s
        """,
        (lead,),
    ).fetchone() == (0, "DE", "L-1", ["vip"], 500, "03-20")
    texts = """
        select
            (select string_agg(distinct title, ',') from crm.lead_activities where lead_id = l.id),
            (select count(description) from crm.lead_activities where lead_id = l.id),
            (select count(notes) from crm.call_logs where lead_id = l.id),
            (select string_agg(body, ',') from crm.notes where lead_id = l.id),
            (select string_agg(title, ',') from crm.tasks where lead_id = l.id),
            (select count(comment) from crm.lead_feedback where lead_id = l.id),
            (select count(subject) from crm.support_tickets where lead_id = l.id)
        from crm.leads as l where l.id = %s
    """
    assert tx.execute(texts, (lead,)).fetchone() == ("", 0, 0, "", "", 0, 0)
    assert tx.execute(
        "select metadata from crm.lead_activities where lead_id = %s and metadata <> '{}'", (lead,)
    ).fetchall() == [({"campaign_id": "c", "auto_reply": True},)]
    kept = tx.execute(texts, (other,)).fetchone()
    assert kept is not None
    assert kept[1:] == (1, 1, "Asked for an offer.", "Call back", 1, 1)
    assert reject_cells(tx) == [[], ["L-2", "Ida"]]

    assert figures == [
        (
            stages(tx, each),
            status_history(tx, each),
            ownership(tx, each),
            tx.execute(
                """
                select type, occurred_at, actor_user_id, duration_seconds
                from crm.lead_activities where lead_id = %s order by occurred_at, id
                """,
                (each,),
            ).fetchall(),
        )
        for each in (lead, other)
    ]
    # And it does not come back with the next import.
    with pytest.raises(psycopg.errors.CheckViolation), tx.transaction():
        change(tx, lead, email="kim@doe.test")


def test_unknown_person_or_lead(tx: psycopg.Connection, gym: UUID) -> None:
    elsewhere = make.lead(tx, make.workspace(tx, "Elsewhere"), first_name="Kim")
    calls: list[tuple[LiteralString, tuple[UUID, ...]]] = [
        ("select crm.erase_user(%s)", (make.new_id(),)),
        ("select crm.erase_lead(%s, %s)", (gym, make.new_id())),
        ("select crm.erase_lead(%s, %s)", (gym, elsewhere)),
    ]
    for statement, arguments in calls:
        with pytest.raises(psycopg.Error) as refusal, tx.transaction():
            tx.execute(statement, arguments)
        assert refusal.value.sqlstate == "LB404"


@pytest.mark.parametrize("role", ["leadboard_api", "leadboard_worker", "test_bi", "test_ops"])
def test_nobody_else_may_erase(tx: psycopg.Connection, role: str) -> None:
    for statement in (
        "select crm.erase_user(app.nobody())",
        "select crm.erase_lead(app.nobody(), app.nobody())",
    ):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            tx.transaction(),
            as_login(tx, role),
        ):
            tx.execute(statement)
