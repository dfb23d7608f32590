"""POST /api/events: one result per event, in order, whatever the others are."""

import json
import types
import typing
from datetime import datetime
from uuid import UUID

import msgspec
import psycopg
import pytest

from api import events
from api.events import MOST_EVENTS, NDJSON, EventResults
from tests import builders as build
from tests.api.conftest import Caller, Serve

PATH = "/api/events"


def event(number: int, type_: str = "note.created", **fields: object) -> dict[str, object]:
    """A note about lead L1, unless told otherwise."""
    about = {"lead_external_id": "L1"} if type_ != "lead.created" else {}
    text = {"body": "Called back."} if type_ == "note.created" else {}
    return {
        "type": type_,
        "event_id": str(UUID(int=number + 1)),
        "occurred_at": "2026-03-28T09:00:00Z",
        **about,
        **text,
        **fields,
    }


LEAD = event(0, "lead.created", external_id="L1", owner="pia@example.test")


@pytest.fixture
def leads(caller: Caller, conn: psycopg.Connection) -> Caller:
    """A service whose workspace has Pia's lead L1."""
    conn.execute(
        "update crm.users set email = 'pia@example.test' where id = %s", (caller.gym["pia"],)
    )
    assert outcomes(caller.post("olga", PATH, json=[LEAD]).content) == ["applied"]
    return caller


def results(body: bytes) -> EventResults:
    return msgspec.json.decode(body, type=EventResults)


def outcomes(body: bytes) -> list[str]:
    return [result.result for result in results(body).results]


def test_good_events_stay_when_others_of_the_batch_fail(
    leads: Caller, conn: psycopg.Connection
) -> None:
    batch: list[object] = [
        event(1),
        event(1),
        event(2, body=None),
        event(3, nonsense="x"),
        event(4, lead_external_id="L2"),
        event(5, "lead.exploded"),
        "no object",
        event(6, "lead.status_changed", status="won", deal_value=1200.5),
        event(7, occurred_at="2026-03-28T09:00:00"),
        {**event(8), "event_id": "8"},
        event(9),
    ]
    found = results(leads.post("olga", PATH, json=batch).content)

    assert [(result.result, result.reason) for result in found.results] == [
        ("applied", None),
        ("duplicate", None),
        ("rejected", "Expected `str`, got `null` - at `$.body`."),
        ("rejected", "Object contains unknown field `nonsense`."),
        ("rejected", 'No such lead: "L2".'),
        ("rejected", "Invalid value 'lead.exploded' - at `$.type`."),
        ("rejected", "Expected `object`, got `str`."),
        ("applied", None),
        (
            "rejected",
            "Expected `datetime` with a timezone component - at `$.occurred_at`.",
        ),
        ("rejected", "Invalid UUID - at `$.event_id`."),
        ("applied", None),
    ]
    assert (found.applied, found.duplicate, found.rejected) == (3, 1, 7)
    assert [result.event_id for result in found.results] == [
        UUID(int=2),
        UUID(int=2),
        UUID(int=3),
        UUID(int=4),
        UUID(int=5),
        UUID(int=6),
        None,
        UUID(int=7),
        UUID(int=8),
        None,
        UUID(int=10),
    ]
    notes = conn.execute("select count(*) from crm.notes").fetchone()
    assert notes == (2,)


def test_lines_are_taken_one_by_one(leads: Caller) -> None:
    lines = [
        json.dumps(event(1)).encode(),
        b"{not json",
        b"",
        json.dumps(event(2)).encode() + b"\r",
        b'{"type": "note.created", "event_id": "\xff"}',
    ]
    response = leads.post("olga", PATH, content=b"\n".join(lines), headers={"Content-Type": NDJSON})

    assert outcomes(response.content) == ["applied", "rejected", "applied", "rejected"]


def test_a_repeated_batch_is_acknowledged(leads: Caller) -> None:
    batch = [event(1), event(2)]
    first = leads.post("olga", PATH, json=batch)
    second = leads.post("olga", PATH, json=batch)

    assert outcomes(first.content) == ["applied", "applied"]
    assert outcomes(second.content) == ["duplicate", "duplicate"]


@pytest.mark.parametrize(
    "bad",
    [
        event(1, body="a\x00b"),
        event(1, body="x" * 10_000_000),
        event(1, body="\ud800"),
        event(1, lead_external_id=""),
        event(1, occurred_at="2030-01-01T00:00:00Z"),
        event(1, occurred_at="2026-02-30T00:00:00Z"),
        event(1, "activity.logged", activity_type="NOT A WORD"),
        event(1, "lead.updated", score=1e300),
        event(1, "lead.status_changed", status="converted"),
        event(1, "lead.assigned", owner="stranger@example.test"),
    ],
    ids=[
        "NUL",
        "ten megabytes in a field",
        "half a surrogate pair",
        "no lead",
        "in the future",
        "a day that never was",
        "not a word",
        "a number that is too large",
        "another system's status",
        "an unknown person",
    ],
)
def test_a_bad_event_is_rejected_alone_and_says_why(leads: Caller, bad: dict[str, object]) -> None:
    # Written by hand: the client's own JSON encoder refuses half a surrogate pair.
    response = leads.post(
        "olga",
        PATH,
        content=encoded([bad, event(2)]),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    found = results(response.content)

    assert [result.result for result in found.results] == ["rejected", "applied"]
    # What is no JSON has no key that could be read.
    assert found.results[0].event_id == (None if bad.get("body") == "\ud800" else UUID(int=2))
    assert found.results[0].reason


def encoded(batch: list[dict[str, object]]) -> bytes:
    return json.dumps(batch).encode()


def test_metadata_as_deep_as_a_well_is_rejected_alone(leads: Caller) -> None:
    deep = encoded([event(1, "activity.logged", activity_type="chat", metadata={"x": "DEEP"})])
    deep = deep.replace(b'"DEEP"', b"[" * 100_000 + b"]" * 100_000)
    lines = deep[1:-1] + b"\n" + json.dumps(event(2)).encode()
    response = leads.post("olga", PATH, content=lines, headers={"Content-Type": NDJSON})

    assert outcomes(response.content) == ["rejected", "applied"]


@pytest.mark.parametrize(
    ("content", "type_", "status", "detail"),
    [
        (b"", "application/json", 400, "The body is not a JSON array of events."),
        (b"{}", "application/json", 400, "The body is not a JSON array of events."),
        (b"[", "application/json", 400, "The body is not a JSON array of events."),
        (b"[" * 100_000, "application/json", 400, "The body is not a JSON array of events."),
        (b"\xff\xfe", "application/json", 400, "The body is not a JSON array of events."),
        (b"[]", "application/json", 400, "The batch holds no event."),
        (b"\n\n", NDJSON, 400, "The batch holds no event."),
        (b"[]", "text/csv", 415, "Events come as application/json or application/x-ndjson."),
        (b"[]", "", 415, "Events come as application/json or application/x-ndjson."),
        (b"[" + b"1," * MOST_EVENTS + b"1]", "application/json", 413, "at most 1,000"),
        (b"1\n" * (MOST_EVENTS + 1), NDJSON, 413, "at most 1,000"),
    ],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(
    caller: Caller, content: bytes, type_: str, status: int, detail: str
) -> None:
    response = caller.post("olga", PATH, content=content, headers={"Content-Type": type_})

    assert response.status_code == status, response.text
    assert detail in response.json()["detail"]


def test_a_body_above_the_limit_is_refused(serve: Serve) -> None:
    with serve(max_body="2048") as caller:
        response = caller.post("olga", PATH, json=[event(1, body="x" * 3000)])

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("olga", "applied"),
        ("ada", "applied"),
        ("pia", "applied"),
        ("sam", "rejected"),
        ("ann", "rejected"),
    ],
)
def test_an_agent_or_partner_may_tell_of_the_own_leads_only(
    leads: Caller, name: str, outcome: str
) -> None:
    found = results(leads.post(name, PATH, json=[event(1)]).content)

    assert found.results[0].result == outcome
    assert outcome == "applied" or found.results[0].reason == 'No such lead: "L1".'


def test_the_workspace_is_named_or_the_only_one(leads: Caller) -> None:
    gym = leads.gym
    ambiguous = leads.post("both", PATH, json=[event(1)])
    foreign = leads.post("ona", PATH, {"workspace_id": str(gym.iron)}, json=[event(1)])
    missing = leads.post("ona", PATH, {"workspace_id": str(gym["nemo"])}, json=[event(1)])
    unknown = leads.post("nemo", PATH, json=[event(1)])
    # Even when every event is bad, a stranger learns nothing about the workspace.
    bad = leads.post("ona", PATH, {"workspace_id": str(gym.iron)}, json=["bad"])

    assert ambiguous.status_code == 400
    assert {choice["name"] for choice in ambiguous.json()["workspaces"]} == {
        "Iron Gym",
        "Copper Gym",
    }
    assert foreign.status_code == missing.status_code == bad.status_code == 404
    assert foreign.content == missing.content
    assert unknown.status_code == 403


def test_every_type_is_taken(leads: Caller, conn: psycopg.Connection) -> None:
    build.segment(conn, leads.gym.iron, "Newcomers")
    batch = [
        event(1, "lead.updated", company="Acme", tags=["hot"], score=7),
        event(2, "lead.assigned", owner="pia@example.test"),
        event(3, "activity.logged", activity_type="phone_call", metadata={"mood": "good"}),
        event(
            4, "task.created", title="Call", due_at="2026-03-30T09:00:00+02:00", external_id="T1"
        ),
        {**event(5, "task.completed"), "task_external_id": "T1"},
        event(6),
        event(7, "call.logged", direction="outbound", status="completed", duration_seconds=60),
        {**event(8, "campaign.created"), "name": "Spring", "external_id": "C1"},
        event(9, "campaign.sent", campaign_external_id="C1", segments=["Newcomers"]),
        event(10, "campaign.opened", campaign_external_id="C1", machine=False),
        event(11, "campaign.clicked", campaign_external_id="C1"),
        event(12, "campaign.replied", campaign_external_id="C1", auto_reply=False),
        event(13, "campaign.bounced", campaign_external_id="C1", bounce_kind="soft"),
        event(14, "feedback.given", rating=5, comment="Great"),
        event(15, "ticket.opened", ticket_type="complaint", upheld=True),
        event(16, "lead.status_changed", status="qualified"),
        event(17, "campaign.delivered", campaign_external_id="C1"),
    ]
    for mistaken in (batch[4], batch[7]):
        del mistaken["lead_external_id"]
    found = results(leads.post("olga", PATH, json=batch).content)

    assert [(r.result, r.reason) for r in found.results] == [("applied", None)] * len(batch)


# How the catalogue in SQL calls the types of the fields here.
KINDS = {
    str: {"text", "word"},
    UUID: {"uuid"},
    datetime: {"time"},
    float: {"number"},
    int: {"integer"},
    bool: {"boolean"},
}


def test_the_types_are_those_of_the_catalogue(conn: psycopg.Connection) -> None:
    catalogue = {
        (type_, field): (kind, required, choices)
        for type_, field, kind, required, choices in conn.execute(
            "select event_type, field, type, is_required, choices from crm.event_fields()"
        )
    }
    common = set(events.Event.__struct_fields__)
    declared = {
        (str(struct.__struct_config__.tag), field.name): field
        for struct in typing.get_args(events.AnyEvent)
        for field in msgspec.structs.fields(struct)
        if field.name not in common
    }

    assert declared.keys() == catalogue.keys()
    assert {tag for tag, _ in declared} == {
        str(struct.__struct_config__.tag) for struct in typing.get_args(events.AnyEvent)
    }
    for key, field in declared.items():
        kind, required, choices = catalogue[key]
        # Null is a word there: nobody owns the lead any more.
        assert field.required is (required or key == ("lead.assigned", "owner")), key
        assert kind in _kinds(field.type), key
        if kind == "choice":
            assert _choices(field.type) == set(choices), key


def _plain(annotation: object) -> object:
    """A type without its bounds and without None."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _plain(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        (only,) = [each for each in typing.get_args(annotation) if each is not type(None)]
        return _plain(only)
    return annotation


def _kinds(annotation: object) -> set[str]:
    plain = _plain(annotation)
    origin = typing.get_origin(plain)
    if origin is typing.Literal:
        return {"choice"}
    if origin is list:
        return {"list"}
    if origin is dict:
        return {"object"}
    return KINDS[typing.cast("type", plain)]


def _choices(annotation: object) -> set[str]:
    return set(typing.get_args(_plain(annotation)))
