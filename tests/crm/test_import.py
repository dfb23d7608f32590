"""Imports in SQL: what each kind of row becomes, what is wrong with a row, and that a repeat is
harmless. Reading files is in tests/api/test_csv_rows.py, the command line in tests/jobs.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import builders, sessions

NOW = "2026-03-20 12:00+00"

Mapping = dict[str, object]
Rows = Sequence[Sequence[str]]


class Counts(NamedTuple):
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    warnings: int = 0


class Gym(NamedTuple):
    """A workspace in Berlin, with Ada and Bo, known to the source as A and B."""

    id: UUID
    ada: UUID
    bo: UUID


@pytest.fixture
def gym(tx: psycopg.Connection) -> Gym:
    sessions.freeze(tx, NOW)
    gym = builders.workspace(tx, timezone="Europe/Berlin")
    ada, bo = (
        builders.member(
            tx,
            gym,
            "agent",
            builders.user(tx, name, email=f"{name.lower()}@gym.test"),
            source_system="crm",
            external_id=name[0],
        )
        for name in ("Ada", "Bo")
    )
    return Gym(gym, ada, bo)


def create(tx: psycopg.Connection, gym: UUID, kind: str, mapping: object, header: str) -> UUID:
    row = tx.execute(
        "select crm.create_import(%s, %s, 'folder/file.csv', %s, %s)",
        (gym, kind, json.dumps(mapping), header.split(",")),
    ).fetchone()
    assert row is not None
    return row[0]


def stage(tx: psycopg.Connection, gym: UUID, import_id: UUID, rows: Rows) -> None:
    staged = [{"line": line, "cells": list(cells)} for line, cells in enumerate(rows, start=2)]
    tx.execute("select crm.stage_import_rows(%s, %s, %s)", (gym, import_id, json.dumps(staged)))


def apply(tx: psycopg.Connection, gym: UUID, import_id: UUID) -> Counts:
    row = tx.execute(
        """
        select inserted_count, updated_count, unchanged_count, rejected_count, warning_count,
               row_count, status
        from crm.apply_import(%s, %s)
        """,
        (gym, import_id),
    ).fetchone()
    assert row is not None
    assert row[5] == sum(row[:4])
    assert row[6] == "applied"
    return Counts(*row[:5])


def load(
    tx: psycopg.Connection, gym: Gym, kind: str, mapping: Mapping, header: str, *rows: str
) -> tuple[Counts, list[tuple[int, str, str]]]:
    """Imports rows (cells joined by |); counts, and (line, column, reason) of faults, warnings."""
    mapping = {"source_system": "crm"} | mapping
    import_id = create(tx, gym.id, kind, mapping, header)
    stage(tx, gym.id, import_id, [row.split("|") for row in rows])
    counts = apply(tx, gym.id, import_id)
    faults = tx.execute(
        "select line, column_name, reason from crm.import_faults(%s, %s, null, 100)",
        (gym.id, import_id),
    ).fetchall()
    return counts, faults


def all_rows(tx: psycopg.Connection, query: str, *values: object) -> list[tuple[object, ...]]:
    return tx.execute(query.encode(), values).fetchall()


def utc(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


LEADS_COLUMNS = {
    "external_id": "id",
    "created_at": "in",
    "owner": "rep",
    "status": "state",
    "won_at": "won",
}
LEADS: Mapping = {
    "columns": LEADS_COLUMNS,
    "values": {"status": {"Converted": "won", "open": "new"}},
}
LEADS_HEADER = "id,in,rep,state,won"


def leads(
    tx: psycopg.Connection, gym: Gym, *rows: str
) -> tuple[Counts, list[tuple[int, str, str]]]:
    return load(tx, gym, "leads", LEADS, LEADS_HEADER, *rows)


# --- leads ---


def test_new_leads_in_the_workspace_time_zone(tx: psycopg.Connection, gym: Gym) -> None:
    counts, faults = leads(
        tx,
        gym,
        "L1|2026-03-01 10:00|A|converted|2026-03-05",
        "L2|2026-03-02|bo@GYM.test|OPEN|",
        f"L3|2026-03-02T10:00:00Z|{gym.ada}||",
    )
    assert (counts, faults) == (Counts(3, 0, 0, 0), [])
    assert all_rows(
        tx,
        """
        select external_id, owner_user_id, status, created_at, won_at, assigned_at,
               status_changed_at
        from crm.leads order by external_id
        """,
    ) == [
        # Berlin is an hour ahead of UTC before 29 March.
        ("L1", gym.ada, "won", utc(1, 9), utc(4, 23), utc(1, 9), utc(4, 23)),
        ("L2", gym.bo, "new", utc(1, 23), None, utc(1, 23), utc(1, 23)),
        ("L3", gym.ada, "new", utc(2, 10), None, utc(2, 10), utc(2, 10)),
    ]
    assert all_rows(
        tx,
        """
        select h.status, h.changed_at from crm.lead_status_history as h
        inner join crm.leads as l on l.id = h.lead_id where l.external_id = 'L1' order by 2
        """,
    ) == [("new", utc(1, 9)), ("won", utc(4, 23))]


def test_same_file_again_changes_nothing(tx: psycopg.Connection, gym: Gym) -> None:
    rows = ("L1|2026-03-01|A|converted|2026-03-05", "L2|2026-03-02||open|")
    leads(tx, gym, *rows)
    before = all_rows(tx, "select l.*::text from crm.leads as l order by id")
    counts, _ = leads(tx, gym, *rows)
    assert counts == Counts(0, 0, 2, 0)
    assert all_rows(tx, "select l.*::text from crm.leads as l order by id") == before
    assert all_rows(tx, "select count(*) from crm.lead_status_history") == [(3,)]


def test_apply_twice_answers_the_same(tx: psycopg.Connection, gym: Gym) -> None:
    import_id = create(tx, gym.id, "leads", {"source_system": "crm"} | LEADS, LEADS_HEADER)
    stage(tx, gym.id, import_id, [["L1", "2026-03-01", "A", "open", ""]])
    assert apply(tx, gym.id, import_id) == Counts(1, 0, 0, 0)
    assert apply(tx, gym.id, import_id) == Counts(1, 0, 0, 0)
    assert all_rows(tx, "select count(*) from crm.import_rows") == [(0,)]


def test_update_sets_what_the_file_knows_and_keeps_the_rest(
    tx: psycopg.Connection, gym: Gym
) -> None:
    builders.lead(
        tx,
        gym.id,
        gym.bo,
        utc(1),
        source_system="crm",
        external_id="L1",
        first_name="Eva",
        company="Old",
    )
    mapping: Mapping = {
        "columns": {
            "external_id": "id",
            "company": "company",
            "first_name": "name",
            "deal_value": "value",
            "tags": "tags",
        },
        "decimal": ",",
    }
    counts, _ = load(
        tx, gym, "leads", mapping, "id,company,name,value,tags", "L1|New||1.234,50|a; b;;c"
    )
    assert counts == Counts(0, 1, 0, 0)
    assert all_rows(
        tx, "select company, first_name, deal_value::text, tags, owner_user_id from crm.leads"
    ) == [("New", "Eva", "1234.50", ["a", "b", "c"], gym.bo)]


def test_deal_of_a_known_lead(tx: psycopg.Connection, gym: Gym) -> None:
    """Owner and outcome come with a second file, as of the time it names."""
    builders.lead(tx, gym.id, None, utc(1), source_system="crm", external_id="L1")
    mapping: Mapping = {
        "columns": {
            "external_id": "id",
            "owner": "rep",
            "assigned_at": "won",
            "won_at": "won",
        },
        "constants": {"status": "won"},
    }
    counts, _ = load(tx, gym, "leads", mapping, "id,rep,won", "L1|B|2026-03-05")
    assert counts == Counts(0, 1, 0, 0)
    assert all_rows(
        tx, "select owner_user_id, assigned_at, status, won_at, status_changed_at from crm.leads"
    ) == [(gym.bo, utc(4, 23), "won", utc(4, 23), utc(4, 23))]
    assert all_rows(
        tx, "select user_id, lower(during) from crm.lead_ownership order by during"
    ) == [(None, utc(1)), (gym.bo, utc(4, 23))]


def test_old_file_does_not_undo_newer_facts(tx: psycopg.Connection, gym: Gym) -> None:
    """The lead was assigned to Bo and lost later than the file knows."""
    leads(tx, gym, "L1|2026-03-01 00:00Z|A|open|")
    tx.execute(
        """
        update crm.leads set
            status = 'lost', status_changed_at = '2026-03-10 00:00Z',
            owner_user_id = %s, assigned_at = '2026-03-09 00:00Z'
        """,
        (gym.bo,),
    )
    mapping = LEADS | {"columns": LEADS_COLUMNS | {"assigned_at": "in"}}
    counts, _ = load(
        tx,
        gym,
        "leads",
        mapping,
        LEADS_HEADER,
        "L1|2026-03-01 00:00Z|A|converted|2026-03-05 00:00Z",
    )
    assert counts == Counts(0, 1, 0, 0)
    assert all_rows(
        tx, "select status, owner_user_id, assigned_at, won_at, lost_at from crm.leads"
    ) == [("lost", gym.bo, utc(9), utc(5), utc(10))]
    assert all_rows(
        tx, "select status, changed_at from crm.lead_status_history order by changed_at"
    ) == [("new", utc(1)), ("won", utc(5)), ("lost", utc(10))]
    assert all_rows(
        tx, "select user_id, lower(during) from crm.lead_ownership order by during"
    ) == [(gym.ada, utc(1)), (gym.bo, utc(9))]


def test_late_owner_of_a_file_divides_the_history(tx: psycopg.Connection, gym: Gym) -> None:
    builders.lead(
        tx, gym.id, gym.bo, utc(1), source_system="crm", external_id="L1", assigned_at=utc(9)
    )
    mapping: Mapping = {"columns": {"external_id": "id", "owner": "rep", "assigned_at": "since"}}
    counts, _ = load(tx, gym, "leads", mapping, "id,rep,since", "L1|A|2026-03-04 00:00Z")
    assert counts.rejected == 0
    assert all_rows(tx, "select owner_user_id, assigned_at from crm.leads") == [(gym.bo, utc(9))]
    assert all_rows(
        tx, "select user_id, lower(during) from crm.lead_ownership order by during"
    ) == [(None, utc(1)), (gym.ada, utc(4)), (gym.bo, utc(9))]


def test_stage_times_become_history(tx: psycopg.Connection, gym: Gym) -> None:
    mapping: Mapping = {
        "columns": {
            "external_id": "id",
            "created_at": "in",
            "status": "state",
            "accepted_at": "accepted",
            "first_contact_at": "contacted",
            "interested_at": "interested",
            "won_at": "won",
        }
    }
    load(
        tx,
        gym,
        "leads",
        mapping | {"time_zone": "UTC"},
        "id,in,state,accepted,contacted,interested,won",
        "L1|2026-03-01|won|2026-03-02|2026-03-03|2026-03-04|2026-03-05",
    )
    assert all_rows(
        tx, "select accepted_at, first_contact_at, interested_at, won_at from crm.leads"
    ) == [(utc(2), utc(3), utc(4), utc(5))]
    assert all_rows(
        tx, "select status, changed_at from crm.lead_status_history order by changed_at"
    ) == [("new", utc(1)), ("accepted", utc(2)), ("qualified", utc(4)), ("won", utc(5))]


def test_warnings_are_about_rows_that_landed(tx: psycopg.Connection, gym: Gym) -> None:
    counts, faults = leads(
        tx, gym, "L1|2026-03-05|A|converted|2026-03-01", "L2|2026-03-05|A|converted|"
    )
    assert counts == Counts(2, 0, 0, 0, warnings=2)
    assert faults == [
        (2, "won", "won_at lies before the lead came in"),
        (3, "state", "the status has no time: the time the lead came in is taken"),
    ]


def test_branches_are_created_only_when_the_mapping_says_so(
    tx: psycopg.Connection, gym: Gym
) -> None:
    mapping: Mapping = {
        "columns": {
            "external_id": "id",
            "created_at": "in",
            "branch": "studio",
            "industry": "trade",
        }
    }
    row, bad = "L1|2026-03-01|North|Pets", "L2|never|South|Toys"
    counts, faults = load(tx, gym, "leads", mapping, "id,in,studio,trade", row)
    assert counts.rejected == 1
    assert faults == [
        (2, "studio", '"North" is no known branch'),
        (2, "trade", '"Pets" is no known industry'),
    ]
    mapping |= {"create": ["branches", "industries"]}
    counts, _ = load(tx, gym, "leads", mapping, "id,in,studio,trade", row, bad)
    assert counts == Counts(1, 0, 0, 1)
    # Nothing for the row that was rejected.
    assert all_rows(
        tx,
        """
        select b.name, i.name from crm.leads as l
        inner join crm.branches as b on b.id = l.branch_id
        inner join crm.industries as i on i.id = l.industry_id
        """,
    ) == [("North", "Pets")]
    assert all_rows(tx, "select name from crm.branches") == [("North",)]


def test_erased_lead_is_not_filled_again(tx: psycopg.Connection, gym: Gym) -> None:
    builders.lead(tx, gym.id, erased_at=NOW, source_system="crm", external_id="L1")
    mapping: Mapping = {"columns": {"external_id": "id", "email": "email"}}
    counts, faults = load(tx, gym, "leads", mapping, "id,email", "L1|eva@home.test")
    assert (counts.rejected, faults) == (1, [(2, "id", "this lead was erased")])


# --- faults of cells ---


def test_each_bad_cell_is_named_and_the_rest_lands(tx: psycopg.Connection, gym: Gym) -> None:
    counts, faults = leads(
        tx,
        gym,
        "L1|31-02-2026|A|open|",
        "L2|2026-02-31|A|open|",
        "L3|2026-03-01|X|open|",
        "L4|2026-03-01|A|disqualified|",
        "|2026-03-01|A|open|",
        "L6|2027-03-01|A|open|",
        "L7|1969-03-01|A|open|",
        "L8|today|A|open|",
        "L9||A|open|",
        f"{'x' * 301}|2026-03-01|A|open|",
        "L11|2026-03-01 25:00|nobody|foo|2026-13-01",
        "L12|2026-03-01|A|open|",
    )
    assert counts == Counts(1, 0, 0, 11)
    form = "is no possible time of the form 2018-02-26 19:58"
    status = (
        "is none of new, accepted, rejected, contacted, in_progress, qualified, won, lost, "
        "completed and has no entry in [values.status]"
    )
    member = "is no member: no user id, no e-mail address, no external id of crm"
    assert faults == [
        (2, "in", f'"31-02-2026" {form}'),
        (3, "in", f'"2026-02-31" {form}'),
        (4, "rep", f'"X" {member}'),
        (5, "state", f'"disqualified" {status}'),
        (6, "id", "is empty: the row has no key"),
        (7, "in", '"2027-03-01" lies before 1970 or in the future'),
        (8, "in", '"1969-03-01" lies before 1970 or in the future'),
        (9, "in", f'"today" {form}'),
        (10, "in", "is not known yet, and a new row needs created_at"),
        (11, "id", "has 301 characters; 300 are allowed"),
        (12, "in", f'"2026-03-01 25:00" {form}'),
        (12, "rep", f'"nobody" {member}'),
        (12, "state", f'"foo" {status}'),
        (12, "won", f'"2026-13-01" {form}'),
    ]
    assert all_rows(tx, "select external_id from crm.leads") == [("L12",)]


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("DD-MM-YYYY", "26-02-2026", "2026-02-26"),
        ("DD-MM-YYYY HH24:MI", "26-02-2026 19:58", "26-02-2026 24:58"),
        ("MM/DD/YYYY HH12:MI AM", "02/26/2026 07:58 pm", "26/02/2026 07:58 pm"),
        ("FMDD.FMMM.YYYY", "1.2.2026", "30.2.2026"),
        ("DD-Mon-YYYY", "01-feb-2026", "01-foo-2026"),
        ("epoch", "1772000000", "2026-02-26"),
        ("epoch_ms", "1772000000000", "1.5"),
        ("iso", "2026-02-26T19:58:07.25+05:30", "2026-02-26T19:58:07 please"),
    ],
)
def test_formats_take_what_they_say(
    tx: psycopg.Connection, gym: Gym, pattern: str, good: str, bad: str
) -> None:
    mapping: Mapping = {
        "columns": {"external_id": "id", "created_at": "in"},
        "formats": {"default": pattern},
    }
    counts, faults = load(
        tx, gym, "leads", mapping, "id,in", f"L1|{good}", f"L2|{bad}", "L3|31-02-2026"
    )
    assert counts == Counts(1, 0, 0, 2)
    assert [fault[:2] for fault in faults] == [(3, "in"), (4, "in")]


def test_numbers_booleans_and_words(tx: psycopg.Connection, gym: Gym) -> None:
    builders.lead(tx, gym.id, source_system="crm", external_id="L1")
    mapping: Mapping = {
        "columns": {
            "external_id": "id",
            "lead": "lead",
            "created_at": "in",
            "type": "type",
            "upheld": "right",
        },
        "values": {"upheld": {"sim": "yes"}, "type": {"*": "question", "Reclamação": "complaint"}},
    }
    header = "id,lead,in,type,right"
    counts, faults = load(
        tx,
        gym,
        "tickets",
        mapping,
        header,
        "T1|L1|2026-03-01|reclamação|Sim",
        "T2|L1|2026-03-01|Whatever!|FALSE",
        "T3|L1|2026-03-01|x|perhaps",
    )
    assert counts == Counts(2, 0, 0, 1)
    assert faults == [
        (4, "right", '"perhaps" is neither true nor false (map it in [values.upheld])')
    ]
    assert all_rows(
        tx, "select type, upheld, status from crm.support_tickets order by external_id"
    ) == [("complaint", True, "open"), ("question", False, "open")]


def test_duplicate_keys_in_a_file(tx: psycopg.Connection, gym: Gym) -> None:
    counts, faults = leads(
        tx,
        gym,
        "L1|broken|A|open|",
        "L1|2026-03-02|A|open|",
        "L1|2026-03-02|A|open|",
        "L1|2026-03-03|A|open|",
    )
    assert counts == Counts(1, 0, 1, 2)
    assert faults[1] == (
        5,
        "id",
        "the same key as line 3, with different values: the first one counts",
    )
    assert all_rows(tx, "select created_at from crm.leads") == [(utc(1, 23),)]


def test_words_for_nothing(tx: psycopg.Connection, gym: Gym) -> None:
    mapping = LEADS | {
        "empty": ["NULL", "n/a"],
        "values": {"status": {"-": ""}, "owner": {"house": ""}},
    }
    counts, _ = load(tx, gym, "leads", mapping, LEADS_HEADER, "L1|2026-03-01|House|-|null")
    assert counts == Counts(1, 0, 0, 0)
    assert all_rows(tx, "select owner_user_id, status, won_at from crm.leads") == [
        (None, "new", None)
    ]


# --- the other kinds ---


def test_rows_without_a_key_are_known_by_content_and_number(
    tx: psycopg.Connection, gym: Gym
) -> None:
    builders.lead(tx, gym.id, source_system="crm", external_id="L1")
    mapping: Mapping = {
        "columns": {"lead": "lead", "body": "text", "created_at": "at", "created_by": "who"}
    }
    header = "lead,text,at,who"
    rows = ("L1|Hello|2026-03-01|A", "L1|Hello|2026-03-01|A", "L1|Bye|2026-03-01|B")
    counts, _ = load(tx, gym, "notes", mapping, header, *rows)
    assert counts == Counts(3, 0, 0, 0)
    counts, _ = load(tx, gym, "notes", mapping, header, *rows[::-1], "L1|Hello|2026-03-01|A")
    assert counts == Counts(1, 0, 3, 0)
    assert all_rows(tx, "select body, count(*) from crm.notes group by 1 order by 1") == [
        ("Bye", 1),
        ("Hello", 3),
    ]


def test_activities_with_metadata(tx: psycopg.Connection, gym: Gym) -> None:
    lead = builders.lead(tx, gym.id, created_at=utc(1), source_system="crm", external_id="L1")
    mapping: Mapping = {
        "columns": {
            "external_id": "id",
            "lead": "lead",
            "actor": "who",
            "type": "what",
            "occurred_at": "at",
            "metadata.size": "size",
            "metadata.code": "code",
        },
        "values": {"metadata.size": {"0": ""}},
        "time_zone": "UTC",
    }
    header = "id,lead,who,what,at,size,code"
    counts, faults = load(
        tx,
        gym,
        "activities",
        mapping,
        header,
        "A1|L1|A|SMS|2026-03-03|250|007",
        f"A2|{lead}|B|phone_call|2026-03-02|0|",
        "A3|L9|A|sms|2026-03-02||",
        "A4|L1|A|Sent SMS|2026-03-02||",
    )
    assert counts == Counts(2, 0, 0, 2)
    assert faults == [
        (4, "lead", '"L9" is no lead: no external id of crm, no id'),
        (5, "what", '"Sent SMS" is not made of a-z, 0-9 and _ (up to 60); map it in [values.type]'),
    ]
    assert all_rows(
        tx, "select type, actor_user_id, metadata from crm.lead_activities order by external_id"
    ) == [("sms", gym.ada, {"size": 250, "code": "007"}), ("phone_call", gym.bo, {})]
    assert all_rows(tx, "select first_contact_at from crm.leads") == [(utc(2),)]
    counts, _ = load(tx, gym, "activities", mapping, header, "A1|L1|A|sms|2026-03-03|300|")
    assert counts == Counts(0, 1, 0, 0)
    assert all_rows(tx, "select metadata from crm.lead_activities where external_id = 'A1'") == [
        ({"size": 300, "code": "007"},)
    ]


def test_tasks(tx: psycopg.Connection, gym: Gym) -> None:
    builders.lead(tx, gym.id, source_system="crm", external_id="L1")
    mapping: Mapping = {
        "columns": {
            "external_id": "id",
            "lead": "lead",
            "created_at": "in",
            "created_by": "by",
            "assigned_to": "to",
            "due_at": "due",
            "completed_at": "done",
            "cancelled_at": "off",
        },
        "time_zone": "UTC",
    }
    header = "id,lead,in,by,to,due,done,off"
    counts, faults = load(
        tx,
        gym,
        "tasks",
        mapping,
        header,
        "T1|L1|2026-03-01|A|B|2026-12-01|2026-03-04|",
        "T2|L1|2026-03-01|A||||2026-03-02",
        "T3|L1|2026-03-01|A|||2026-03-02|2026-03-02",
        "T4|L1|2026-03-03||||2026-03-02|",
        "T5||2026-03-03||||2026-03-02|",
    )
    assert counts == Counts(3, 0, 0, 2, warnings=1)
    assert faults == [
        (4, "off", "the task is both completed and cancelled"),
        (5, "done", "the task was completed before it was created"),
        (6, "lead", "is not known yet, and a new row needs lead"),
    ]
    assert all_rows(
        tx,
        """
        select created_by_user_id, assigned_to_user_id, due_at, completed_at, completed_by_user_id
        from crm.tasks order by external_id
        """,
    ) == [
        (gym.ada, gym.bo, datetime(2026, 12, 1, tzinfo=UTC), utc(4), gym.bo),
        (gym.ada, gym.ada, None, None, None),
        (None, None, None, utc(2), None),
    ]
    # A later file knows only that the task was done.
    done: Mapping = {"columns": {"external_id": "id", "completed_at": "done", "completed_by": "by"}}
    counts, faults = load(
        tx, gym, "tasks", done, "id,done,by", "T1|2026-03-04T00:00Z|A", "T2|2026-03-05|A"
    )
    assert counts == Counts(0, 1, 0, 1)
    assert faults == [(3, "", "the task is both completed and cancelled")]


def test_calls_are_contacts(tx: psycopg.Connection, gym: Gym) -> None:
    branch = builders.branch(tx, gym.id, "North")
    builders.lead(
        tx, gym.id, created_at=utc(1), source_system="crm", external_id="L1", branch_id=branch
    )
    mapping: Mapping = {
        "columns": {
            "external_id": "id",
            "lead": "lead",
            "user": "who",
            "started_at": "at",
            "direction": "dir",
            "status": "state",
            "outcome": "result",
            "duration_seconds": "secs",
        },
        "values": {"direction": {"out": "outbound", "in": "inbound"}},
        "time_zone": "UTC",
    }
    header = "id,lead,who,at,dir,state,result,secs"
    rows = (
        "C1|L1|A|2026-03-02|out|completed|interested|60",
        "C2||B|2026-03-02|in|missed||",
        "C3|L1|A|2026-03-02|out|completed||90000",
        "C4|L1|A|2026-03-02|up|completed||",
    )
    counts, faults = load(tx, gym, "calls", mapping, header, *rows)
    assert counts == Counts(2, 0, 0, 2)
    assert faults == [
        (4, "secs", '"90000" is not between 0 and 86400'),
        (5, "dir", '"up" is none of inbound, outbound and has no entry in [values.direction]'),
    ]
    assert all_rows(tx, "select first_contact_at from crm.leads") == [(utc(2),)]
    assert all_rows(
        tx, "select branch_id, duration_seconds from crm.call_logs order by external_id"
    ) == [(branch, 60), (None, 0)]
    counts, _ = load(tx, gym, "calls", mapping, header, *rows[:2])
    assert counts == Counts(0, 0, 2, 0)


def test_campaigns_and_recipients(tx: psycopg.Connection, gym: Gym) -> None:
    for name, owner in [("L1", gym.ada), ("L2", gym.bo), ("L3", None)]:
        builders.lead(
            tx,
            gym.id,
            owner,
            utc(1),
            source_system="crm",
            external_id=name,
            created_by_user_id=gym.bo,
        )
    builders.segment(tx, gym.id, "Vips")
    campaigns: Mapping = {
        "columns": {"name": "name", "created_at": "at", "variants": "ab", "segment": "segment"}
    }
    counts, _ = load(
        tx, gym, "campaigns", campaigns, "name,at,ab,segment", "Spring|2026-03-01|A;B|Vips"
    )
    assert counts == Counts(1, 0, 0, 0)
    recipients: Mapping = {
        "columns": {
            "campaign": "campaign",
            "lead": "lead",
            "variant": "ab",
            "sent_at": "sent",
            "opened_at": "opened",
            "replied_at": "replied",
            "auto_reply": "auto",
            "bounced_at": "bounced",
            "machine_opened": "machine",
        },
        "time_zone": "UTC",
    }
    header = "campaign,lead,ab,sent,opened,replied,auto,bounced,machine"
    rows = (
        "Spring|L1|A|2026-03-05|2026-03-06|2026-03-04|||yes",
        "Spring|L2|B|2026-03-05||2026-03-05|true||",
        "Spring|L3|B|2026-03-05||||2026-03-05|",
        "Autumn|L3|B|2026-03-05|||||",
    )
    counts, faults = load(tx, gym, "recipients", recipients, header, *rows)
    assert counts == Counts(3, 0, 0, 1, warnings=1)
    assert faults == [
        (2, "replied", "replied_at lies before it was sent: kept, not counted"),
        (5, "campaign", '"Autumn" is no campaign: no external id of crm, no id'),
    ]
    outcomes = """
        select l.external_id, r.owner_at_send, r.variant, r.first_opened_at, r.machine_opened,
               r.first_replied_at, r.bounced_at, r.bounce_kind
        from crm.campaign_leads as r inner join crm.leads as l on l.id = r.lead_id order by 1
    """
    expected = [
        ("L1", gym.ada, "A", utc(6), True, None, None, None),
        ("L2", gym.bo, "B", None, False, None, None, None),
        ("L3", gym.bo, "B", None, False, None, utc(5), "hard"),
    ]
    assert all_rows(tx, outcomes) == expected
    assert all_rows(tx, "select count(*) from crm.campaign_lead_segments") == [(3,)]
    counts, _ = load(tx, gym, "recipients", recipients, header, *rows[:3])
    assert counts == Counts(0, 0, 3, 0, warnings=1)
    # A file that knows more.
    counts, _ = load(
        tx, gym, "recipients", recipients, header, "Spring|L2|B|2026-03-05||2026-03-07|||"
    )
    assert counts == Counts(0, 1, 0, 0)
    assert all_rows(tx, outcomes)[1][5] == utc(7)


def test_feedback_and_tickets(tx: psycopg.Connection, gym: Gym) -> None:
    lead = builders.lead(tx, gym.id, gym.ada, utc(1), source_system="crm", external_id="L1")
    tx.execute(
        "update crm.leads set owner_user_id = %s, assigned_at = %s where id = %s",
        (gym.bo, utc(10), lead),
    )
    mapping: Mapping = {
        "columns": {"external_id": "id", "lead": "lead", "rating": "stars", "created_at": "at"}
    }
    counts, faults = load(
        tx,
        gym,
        "feedback",
        mapping,
        "id,lead,stars,at",
        "F1|L1|4|2026-03-05",
        "F2|L1|5.0|2026-03-15",
        "F3|L1|4.5|2026-03-15",
        "F4|L1|0|2026-03-15",
    )
    assert counts == Counts(2, 0, 0, 2)
    assert faults == [
        (4, "stars", '"4.5" is no whole number'),
        (5, "stars", '"0" is not between 1 and 5'),
    ]
    assert all_rows(tx, "select user_id, rating from crm.lead_feedback order by external_id") == [
        (gym.ada, 4),
        (gym.bo, 5),
    ]
    tickets: Mapping = {
        "columns": {"external_id": "id", "lead": "lead", "type": "type", "created_at": "at"}
    }
    counts, _ = load(tx, gym, "tickets", tickets, "id,lead,type,at", "T1|L1|complaint|2026-03-05")
    assert counts == Counts(1, 0, 0, 0)
    # The verdict comes later.
    verdict: Mapping = {"columns": {"external_id": "id", "upheld": "right", "status": "state"}}
    counts, _ = load(tx, gym, "tickets", verdict, "id,right,state", "T1|yes|closed")
    assert counts == Counts(0, 1, 0, 0)
    assert all_rows(tx, "select user_id, type, upheld, status from crm.support_tickets") == [
        (gym.ada, "complaint", True, "closed")
    ]


MEMBERS: Mapping = {
    "columns": {
        "external_id": "id",
        "email": "mail",
        "name": "name",
        "role": "role",
        "branch": "at",
    },
    "create": ["branches"],
}
MEMBERS_HEADER = "id,mail,name,role,at"


def test_members(tx: psycopg.Connection, gym: Gym) -> None:
    elsewhere = builders.workspace(tx, "Elsewhere")
    shared = builders.member(
        tx, elsewhere, "agent", builders.user(tx, "Sue", email="sue@home.test")
    )
    counts, faults = load(
        tx,
        gym,
        "members",
        MEMBERS,
        MEMBERS_HEADER,
        "C|Cleo@Gym.test|Cleo|agent|North",
        "S|sue@home.test|Susan|partner|",
        "A|ada@new.test|Ada L.|manager|",
        "D||Dan|partner|",
        "E|eve@gym.test|Eve||",
        "F|not an address|Fay|agent|",
        "B|ada@gym.test|Bo|agent|",
        "H|cleo@gym.test|Cleo 2|agent|",
        "I|i@gym.test|Ida|boss|",
    )
    assert counts == Counts(3, 1, 0, 5)
    assert faults == [
        (6, "role", "is not known yet, and a new row needs role"),
        (7, "mail", '"not an address" is no e-mail address'),
        (8, "mail", '"ada@gym.test" is the address of another person'),
        (9, "mail", '"cleo@gym.test" stands on line 2 already'),
        (
            10,
            "role",
            (
                '"boss" is none of owner, admin, manager, agent, partner and has no entry in '
                "[values.role]"
            ),
        ),
    ]
    assert all_rows(
        tx,
        """
        select m.external_id, u.email, u.name, m.role, b.name from crm.members as m
        inner join crm.users as u on u.id = m.user_id
        left join crm.branches as b on b.id = m.branch_id
        where m.workspace_id = %s order by 1
        """,
        gym.id,
    ) == [
        ("A", "ada@new.test", "Ada L.", "manager", None),
        ("B", "bo@gym.test", "Bo", "agent", None),
        ("C", "cleo@gym.test", "Cleo", "agent", "North"),
        ("D", None, "Dan", "partner", None),
        # Another workspace knows her: her name stays.
        ("S", "sue@home.test", "Sue", "partner", None),
    ]
    assert all_rows(
        tx, "select user_id from crm.members where external_id = 'S' and workspace_id = %s", gym.id
    ) == [(shared,)]
    counts, _ = load(
        tx,
        gym,
        "members",
        MEMBERS,
        MEMBERS_HEADER,
        "C|cleo@gym.test|Cleo|agent|North",
        "D||Dan|partner|",
    )
    assert counts == Counts(0, 0, 2, 0)


def test_only_new_leaves_known_rows_alone(tx: psycopg.Connection, gym: Gym) -> None:
    mapping: Mapping = {
        "columns": {"external_id": "id", "name": "id"},
        "constants": {"role": "partner"},
        "only_new": ["role", "name"],
    }
    counts, _ = load(tx, gym, "members", mapping, "id", "A", "N", "N")
    assert counts == Counts(1, 0, 2, 0)
    assert all_rows(
        tx,
        """
        select m.external_id, m.role, u.name from crm.members as m
        inner join crm.users as u on u.id = m.user_id order by 1
        """,
    ) == [("A", "agent", "Ada"), ("B", "agent", "Bo"), ("N", "partner", "N")]


def test_profiles(tx: psycopg.Connection, gym: Gym) -> None:
    mapping: Mapping = {
        "columns": {
            "person": "who",
            "regions": "where",
            "daily_cap": "cap",
            "ai_risk_score": "risk",
            "is_active_for_routing": "on",
        }
    }
    header = "who,where,cap,risk,on"
    counts, faults = load(
        tx,
        gym,
        "profiles",
        mapping,
        header,
        "A|NRW; HE|5|30|no",
        "B||-1|101|",
        "ada@gym.test|||31|",
    )
    assert counts == Counts(1, 0, 0, 2)
    assert faults == [
        (3, "cap", '"-1" is not between 0 and 1000000'),
        (3, "risk", '"101" is not between 0 and 100'),
        (4, "", "the same key as line 2, with different values: the first one counts"),
    ]
    assert all_rows(
        tx,
        """
        select user_id, regions, daily_cap, ai_risk_score, is_active_for_routing, base_weight::int
        from crm.profiles
        """,
    ) == [(gym.ada, ["NRW", "HE"], 5, 30, False, 1)]
    counts, _ = load(tx, gym, "profiles", mapping, header, "ada@gym.test|||40|")
    assert counts == Counts(0, 1, 0, 0)
    assert all_rows(tx, "select daily_cap, ai_risk_score from crm.profiles") == [(5, 40)]


# --- mapping and right ---


def mapping_faults(
    tx: psycopg.Connection,
    gym: Gym,
    mapping: object,
    kind: str = "leads",
    header: str = LEADS_HEADER,
) -> dict[str, str]:
    with pytest.raises(psycopg.Error) as error, tx.transaction():
        create(tx, gym.id, kind, mapping, header)
    assert error.value.sqlstate == "LB422"
    detail = json.loads(error.value.diag.message_detail or "")
    return {fault["field"]: fault["message"] for fault in detail["errors"]}


GOOD: Mapping = {"columns": {"external_id": "id", "created_at": "in"}}


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        (
            {"columns": {"external_id": "ID"}},
            "columns.external_id",
            'The file has no column "ID". Its header is: id,in,rep,state,won.',
        ),
        ({"columns": {"colour": "id"}}, "columns.colour", "Unknown target for leads; the targets"),
        ({"colums": {}}, "colums", "Unknown option; the options are"),
        ({"columns": ["id"]}, "columns", "This is a table: names and values."),
        ({"columns": {"external_id": 1}}, "columns", "The values of this table are texts."),
        ({"constants": {"created_at": "x"}}, "constants.created_at", "The target is mapped twice"),
        (
            {"constants": {"external_id": "x"}},
            "constants.external_id",
            "A key is not the same for every row.",
        ),
        ({"formats": {"created_at": "%d-%m-%Y"}}, "formats.created_at", '"%d-%m-%Y" is none of'),
        ({"formats": {"created_at": "MM-DD"}}, "formats.created_at", '"MM-DD" is none of iso'),
        ({"formats": {"owner": "iso"}}, "formats.owner", "This is no time of leads."),
        ({"time_zone": "Mars/Olympus"}, "time_zone", '"Mars/Olympus" is no IANA time zone.'),
        (
            {"values": {"status": {"x": "won"}}},
            "values.status",
            'The target "status" is not mapped.',
        ),
        ({"values": {"status": "won"}}, "values", "Each entry is a table"),
        ({"create": ["people"]}, "create", '"people" cannot be created'),
        ({"only_new": ["colour"]}, "only_new", '"colour" is no target of leads.'),
        ({"decimal": ";"}, "decimal", "This is a point or a comma."),
        ({"kind": "notes"}, "kind", "The mapping is for notes, the file is imported as leads."),
    ],
)
def test_wrong_mapping_is_refused(
    tx: psycopg.Connection, gym: Gym, change: Mapping, field: str, message: str
) -> None:
    faults = mapping_faults(tx, gym, GOOD | change)
    expected = message.replace("id,in,rep,state,won", "id, in, rep, state, won")
    assert faults[field].startswith(expected)


def test_all_faults_of_a_mapping_are_told_at_once(tx: psycopg.Connection, gym: Gym) -> None:
    faults = mapping_faults(
        tx, gym, {"columns": {"lead": "x", "colour": "y"}}, "notes", "lead,when"
    )
    assert set(faults) == {"columns.lead", "columns.colour", "columns.body", "columns.created_at"}


def test_other_wrong_mappings(tx: psycopg.Connection, gym: Gym) -> None:
    assert "kind" in mapping_faults(tx, gym, GOOD, "people")
    assert "" in mapping_faults(tx, gym, [], "leads")
    assert mapping_faults(tx, gym, {"columns": {"name": "id"}}, "members")["columns.external_id"]
    twice = mapping_faults(tx, gym, GOOD, header="id,in,id")
    assert twice == {"columns.external_id": 'The file has the column "id" more than once.'}


def test_owners_and_admins_import_others_do_not(tx: psycopg.Connection, gym: Gym) -> None:
    owner = builders.member(tx, gym.id, "owner")
    admin = builders.member(tx, gym.id, "admin")
    stranger = builders.member(tx, builders.workspace(tx, "Other"), "owner")
    with sessions.as_login(tx, "leadboard_api"):
        for user in (owner, admin):
            with sessions.as_user(tx, user):
                import_id = create(tx, gym.id, "leads", GOOD, LEADS_HEADER)
                stage(tx, gym.id, import_id, [[f"L{user}", "2026-03-01", "", "", ""]])
                assert apply(tx, gym.id, import_id) == Counts(1, 0, 0, 0)
    assert all_rows(tx, "select file_name, created_by_user_id from crm.imports order by id") == [
        ("file.csv", owner),
        ("file.csv", admin),
    ]
    refused = [(gym.ada, "LB403"), (stranger, "LB404"), (uuid4(), "LB404"), (None, "LB404")]
    for user, code in refused:
        for call in (
            "select crm.create_import(%(w)s, 'leads', 'f', '{}', '{}')",
            "select crm.stage_import_rows(%(w)s, %(i)s, '[]')",
            "select crm.apply_import(%(w)s, %(i)s)",
            "select crm.import_faults(%(w)s, %(i)s, null, 10)",
        ):
            with (
                pytest.raises(psycopg.Error) as error,
                tx.transaction(),
                sessions.as_login(tx, "leadboard_api"),
                sessions.as_user(tx, user),
            ):
                tx.execute(call.encode(), {"w": gym.id, "i": import_id})
            assert error.value.sqlstate == code


def test_only_an_owner_makes_owners_and_admins(tx: psycopg.Connection, gym: Gym) -> None:
    admin = builders.member(tx, gym.id, "admin", source_system="crm", external_id="X")
    owner = builders.member(tx, gym.id, "owner", source_system="crm", external_id="O")
    mapping: Mapping = {"source_system": "crm", "columns": {"external_id": "id", "role": "role"}}

    def promote(user: UUID) -> Counts:
        with sessions.as_login(tx, "leadboard_api"), sessions.as_user(tx, user):
            import_id = create(tx, gym.id, "members", mapping, "id,role")
            stage(tx, gym.id, import_id, [["A", "admin"], ["O", "agent"], ["B", "manager"]])
            return apply(tx, gym.id, import_id)

    assert promote(admin) == Counts(0, 1, 0, 2)
    assert promote(owner) == Counts(0, 2, 1, 0)


def test_shared_industries_are_the_deploying_logins(tx: psycopg.Connection, gym: Gym) -> None:
    owner = builders.member(tx, gym.id, "owner")
    with sessions.as_login(tx, "leadboard_api"), sessions.as_user(tx, owner):
        faults = mapping_faults(tx, gym, GOOD | {"create": ["industries"]})
    assert list(faults) == ["create"]


def test_read_faults_are_counted_and_kept(tx: psycopg.Connection, gym: Gym) -> None:
    import_id = create(tx, gym.id, "leads", GOOD, LEADS_HEADER)
    rows = [
        {"line": 2, "cells": ["L1", "2026-03-01", "", "", ""]},
        {"line": 3, "cells": ["L2"], "reason": "the row has 1 fields, the header has 5"},
        {"line": 4, "cells": ["L3", "?", "", "", ""], "column": "in", "reason": "has a NUL byte"},
    ]
    tx.execute("select crm.stage_import_rows(%s, %s, %s)", (gym.id, import_id, json.dumps(rows)))
    assert apply(tx, gym.id, import_id) == Counts(1, 0, 0, 2)
    faults = all_rows(
        tx, "select line, column_name from crm.import_faults(%s, %s, 3, 10)", gym.id, import_id
    )
    assert faults == [(4, "in")]


def test_abandoned_imports_are_cleared(tx: psycopg.Connection, gym: Gym) -> None:
    old = create(tx, gym.id, "leads", GOOD, LEADS_HEADER)
    stage(tx, gym.id, old, [["L1", "2026-03-01", "", "", ""]])
    sessions.freeze(tx, "2026-03-21 12:01+00")
    create(tx, gym.id, "leads", GOOD, LEADS_HEADER)
    assert all_rows(tx, "select count(*) from crm.import_rows") == [(0,)]
    with pytest.raises(psycopg.Error) as error, tx.transaction():
        apply(tx, gym.id, old)
    assert error.value.sqlstate == "LB409"
    with pytest.raises(psycopg.Error) as error, tx.transaction():
        stage(tx, gym.id, old, [])
    assert error.value.sqlstate == "LB404"


def test_text_of_a_mapping_is_data(tx: psycopg.Connection, gym: Gym) -> None:
    """Names, words and formats are put into statements: quoted, whatever they hold."""
    evil = "x'); drop table crm.leads; --"
    mapping: Mapping = {
        "columns": {"external_id": evil, "created_at": 'in"$sql$', "status": "%s %1$s"},
        "values": {"status": {evil: "won", "*": "new"}},
        "constants": {"company": evil},
        "empty": [evil + "2"],
    }
    import_id = create(tx, gym.id, "leads", mapping, f'{evil},in"$sql$,%s %1$s')
    stage(tx, gym.id, import_id, [[evil, "2026-03-01", evil], [evil + "2", "2026-03-01", "a"]])
    assert apply(tx, gym.id, import_id) == Counts(1, 0, 0, 1, warnings=1)
    assert all_rows(tx, "select external_id, company, status from crm.leads") == [
        (evil, evil, "won")
    ]
