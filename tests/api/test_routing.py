"""The routing addresses: who may, what is answered, and that it is what SQL says."""

import msgspec
import psycopg
import pytest

from api.partners import PerformanceDebug
from api.routing import Candidates, Decision, Explanation, Replied, RoutingSettings
from tests import builders as build
from tests.api.conftest import Caller

SETTINGS = "/api/routing/settings"


@pytest.fixture
def lead(caller: Caller, conn: psycopg.Connection) -> str:
    """A lead of Iron Gym whom pia and sam could have: pia first."""
    gym = caller.gym
    build.profile(conn, gym.iron, gym["pia"], routing_priority=1)
    build.profile(conn, gym.iron, gym["sam"], routing_priority=-1)
    conn.execute(
        "select routing.change_settings(%s,"
        ' \'{"regionWeight": 100, "performanceWeight": 0, "fairnessWeight": 0}\')',
        (gym.iron,),
    )
    return str(build.lead(conn, gym.iron, province="Utrecht", created_at="2026-03-29 09:00+00"))


def path(lead: str, what: str) -> str:
    return f"/api/routing/leads/{lead}/{what}"


def test_candidates(caller: Caller, lead: str) -> None:
    response = caller.get("olga", path(lead, "candidates"))
    assert response.status_code == 200, response.text
    found = msgspec.json.decode(response.content, type=Candidates)

    assert [caller.gym.name_of(c.partner_id) for c in found.candidates] == ["pia", "sam"]
    assert [c.rank for c in found.candidates] == [1, 2]
    assert found.candidates[0].partner_name == "Pia"


@pytest.mark.parametrize("name", ["mo", "ann", "pia"])
def test_routing_is_for_owners_and_admins(caller: Caller, lead: str, name: str) -> None:
    for response in (
        caller.get(name, path(lead, "candidates")),
        caller.get(name, path(lead, "explanation")),
        caller.get(name, SETTINGS),
        caller.post(name, path(lead, "assign")),
        caller.client.put(SETTINGS, json={"regionWeight": 1}, headers=headers(caller, name)),
    ):
        assert response.status_code == 403


def test_another_tenants_lead_does_not_exist(caller: Caller, lead: str) -> None:
    unknown = str(build.new_id())
    for address in ("candidates", "explanation"):
        foreign = caller.get("ona", path(lead, address))
        missing = caller.get("ona", path(unknown, address))
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert foreign.json()["detail"] == missing.json()["detail"]
    assert caller.post("ona", path(lead, "assign")).status_code == 404


def test_assigning_answering_and_explaining(caller: Caller, lead: str) -> None:
    key = {"Idempotency-Key": "first"}
    first = caller.post("ada", path(lead, "assign"), headers=key)
    assert first.status_code == 200, first.text
    decision = msgspec.json.decode(first.content, type=Decision)
    assert decision.partner_id == caller.gym["pia"]
    assert caller.post("olga", path(lead, "assign")).content == first.content
    assert caller.post("olga", path(lead, "assign"), headers=key).content == first.content

    # Only who was offered the lead may answer.
    assert caller.post("sam", path(lead, "respond"), json={"response": "accept"}).status_code == 404
    wrong = caller.post("pia", path(lead, "respond"), json={"response": "maybe"})
    assert wrong.status_code == 400
    rejected = caller.post(
        "pia", path(lead, "respond"), json={"response": "reject", "reason": "too far"}
    )
    assert msgspec.json.decode(rejected.content, type=Replied).outcome == "rejected"
    accepted = caller.post("sam", path(lead, "respond"), json={"response": "accept"})
    assert msgspec.json.decode(accepted.content, type=Replied).outcome == "accepted"
    late = caller.post("sam", path(lead, "respond"), json={"response": "reject"})
    assert late.status_code == 409

    explained = caller.get("olga", path(lead, "explanation"), {"language": "nl"})
    explanation = msgspec.json.decode(explained.content, type=Explanation)
    assert [d.outcome for d in explanation.decisions] == ["rejected", "accepted"]
    assert explanation.decisions[0].sentence.endswith("Pia heeft de lead geweigerd.")
    assert explanation.decisions[0].outcome_reason == "too far"
    again = caller.get(
        "olga",
        path(lead, "explanation"),
        {"language": "nl"},
        {"If-None-Match": explained.headers["etag"]},
    )
    assert again.status_code == 304
    assert caller.get("olga", path(lead, "explanation"), {"language": "fr"}).status_code == 400


def test_nobody_eligible_is_409_with_the_reasons_and_the_lead_waits(
    caller: Caller, conn: psycopg.Connection, lead: str
) -> None:
    conn.execute("update crm.profiles set daily_cap = 0")
    response = caller.post("olga", path(lead, "assign"))

    assert response.status_code == 409
    assert response.json()["reasons"] == {"daily_cap": 2}
    assert conn.execute("select lead_id::text from routing.waiting_leads").fetchall() == [(lead,)]


def test_settings(caller: Caller, lead: str) -> None:  # noqa: ARG001 - makes a version
    before = caller.get("olga", SETTINGS)
    found = msgspec.json.decode(before.content, type=RoutingSettings)
    assert (found.version, found.region_weight, found.max_hops) == (1, 100, 5)
    known = {"If-None-Match": before.headers["etag"]}
    assert caller.get("olga", SETTINGS, headers=known).status_code == 304

    weights = msgspec.to_builtins(found.score_weights) | {"response": 0.5}
    change = {
        "regionWeight": 20,
        "performanceWeight": 50,
        "fairnessWeight": 30,
        "scoreWeights": weights,
        "dealValueBasis": "price_at_purchase",
    }
    response = caller.client.put(SETTINGS, json=change, headers=headers(caller, "olga"))
    assert response.status_code == 200, response.text
    changed = msgspec.json.decode(response.content, type=RoutingSettings)
    assert (changed.version, changed.region_weight) == (2, 20)
    assert changed.score_weights.response == 0.5
    assert not changed.score_weights_are_default
    assert changed.deal_value_basis == "price_at_purchase"
    assert caller.get("olga", SETTINGS, headers=known).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"regionWeight": 0, "performanceWeight": 0, "fairnessWeight": 0}, "regionWeight"),
        ({"regionWeight": 101}, "regionWeight"),
        ({"explorationShare": 0.6}, "explorationShare"),
        ({"dealValueBasis": "gut"}, "dealValueBasis"),
    ],
)
def test_impossible_settings_are_refused_by_field(
    caller: Caller, change: dict[str, object], field: str
) -> None:
    response = caller.client.put(SETTINGS, json=change, headers=headers(caller, "olga"))

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_the_steps_of_a_score_come_with_the_last_decisions(caller: Caller, lead: str) -> None:
    address = "/api/admin/ai-router/performance-debug"
    about = {"partner_id": str(caller.gym["pia"])}
    before = caller.get("olga", address, about)
    assert msgspec.json.decode(before.content, type=PerformanceDebug).decisions == []
    caller.post("olga", path(lead, "assign"))
    after = caller.get("olga", address, about, {"If-None-Match": before.headers["etag"]})
    found = msgspec.json.decode(after.content, type=PerformanceDebug)

    assert [str(decision.lead_id) for decision in found.decisions] == [lead]


def headers(caller: Caller, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {caller.token(name)}"}
