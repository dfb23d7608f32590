"""The log of decisions, the leads that nobody has, and what other settings would have done."""

import msgspec
import psycopg
import pytest

from api.routing import DecisionPage, Simulation, WaitingPage
from tests import builders as build
from tests.api.conftest import Caller

DECISIONS = "/api/routing/decisions"
WAITING = "/api/routing/waiting"
SIMULATION = "/api/routing/simulation"


@pytest.fixture
def leads(caller: Caller, conn: psycopg.Connection) -> list[str]:
    """Pia takes three leads a day; two more wait, and one of Copper Gym does too."""
    gym = caller.gym
    build.profile(conn, gym.iron, gym["pia"], daily_cap=3)
    made = [
        str(build.lead(conn, gym.iron, created_at=f"2026-03-29 0{number}:00+00"))
        for number in range(5)
    ]
    for lead in made:
        conn.execute("select routing.assign_lead(%s, %s)", (gym.iron, lead))
    other = build.lead(conn, gym.copper)
    conn.execute("select routing.assign_lead(%s, %s)", (gym.copper, other))
    return made


def test_the_log_is_newest_first_and_says_why(caller: Caller, leads: list[str]) -> None:
    found = msgspec.json.decode(
        caller.get("olga", DECISIONS, {"language": "nl"}).content, type=DecisionPage
    )
    assert [str(d.lead_id) for d in found.items] == leads[::-1]
    assert [d.kind for d in found.items] == ["unroutable"] * 2 + ["best"] * 3
    assert found.items[-1].sentence.startswith("Pia")
    assert found.items[0].reasons == {"daily_cap": 1}
    assert found.next_cursor is None


def test_pages_of_both_lists_meet(caller: Caller, leads: list[str]) -> None:
    for path, expected in ((DECISIONS, leads[::-1]), (WAITING, leads[3:])):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while len(seen) <= len(leads):
            page = caller.get("ada", path, {"limit": "1", **cursor}).json()
            seen += [item["lead_id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == expected


def test_who_waits_longest_comes_first(caller: Caller, leads: list[str]) -> None:
    found = msgspec.json.decode(caller.get("olga", WAITING).content, type=WaitingPage)
    assert [str(w.lead_id) for w in found.items] == leads[3:]
    assert {w.queue for w in found.items} == {"eligibility"}
    assert all(w.reasons == {"daily_cap": 1} and w.hops == 0 for w in found.items)


def test_a_simulation_writes_nothing(
    caller: Caller, conn: psycopg.Connection, leads: list[str]
) -> None:
    before = conn.execute("select count(*) from routing.lead_assignment_logs").fetchone()
    response = caller.post("olga", SIMULATION, json={"days": 1, "fairnessWeight": 90})
    assert response.status_code == 200, response.text
    found = msgspec.json.decode(response.content, type=Simulation)

    # The day of the workspace began at 23:00 in UTC the evening before, when clocks went forward.
    assert str(found.from_) == "2026-03-28 23:00:00+00:00"
    assert (found.leads, found.routed, found.unroutable) == (len(leads), 3, 2)
    assert [(p.partner_name, p.leads, p.cap_hits) for p in found.partners] == [("Pia", 3, 2)]
    assert conn.execute("select count(*) from routing.lead_assignment_logs").fetchone() == before
    assert caller.get("olga", "/api/routing/settings").json()["version"] == 0


@pytest.mark.parametrize(
    "wrong", [{"days": 0}, {"days": 91}, {"regionWeight": 101}, {"colour": 1}, {"maxHops": 0}]
)
def test_settings_out_of_bounds_are_refused(caller: Caller, wrong: dict[str, int]) -> None:
    assert caller.post("olga", SIMULATION, json=wrong).status_code == 400


@pytest.mark.parametrize("name", ["mo", "ann", "pia"])
def test_they_are_for_owners_and_admins(caller: Caller, name: str) -> None:
    assert caller.get(name, DECISIONS).status_code == 403
    assert caller.get(name, WAITING).status_code == 403
    assert caller.post(name, SIMULATION, json={}).status_code == 403


def test_another_tenants_log_does_not_exist(caller: Caller, leads: list[str]) -> None:
    assert leads
    foreign = {"workspace_id": str(caller.gym.iron)}
    assert caller.get("ona", DECISIONS, foreign).status_code == 404
    assert caller.get("ona", WAITING, foreign).status_code == 404
    assert caller.post("ona", SIMULATION, foreign, json={}).status_code == 404
    assert len(caller.get("ona", WAITING).json()["items"]) == 1


def test_a_cursor_of_another_list_is_refused(caller: Caller, leads: list[str]) -> None:
    assert leads
    cursor = caller.get("olga", DECISIONS, {"limit": "1"}).json()["next_cursor"]
    assert caller.get("olga", WAITING, {"cursor": cursor}).status_code == 400
