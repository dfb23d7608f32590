"""How fresh the figures are, what the refreshes did, and whether a day is right: over HTTP."""

import msgspec
import psycopg
import pytest

from api.freshness import Freshness
from api.ops import Refreshes, Verification
from tests import builders as build
from tests.api.conftest import Caller, Reader
from tests.rollup import model

FRESHNESS = "/api/freshness"
REFRESHES = "/api/ops/refreshes"
VERIFICATION = "/api/ops/verification"
DAY = {"day": "2026-03-20"}


@pytest.mark.parametrize("name", ["olga", "mo", "ann", "pia"])
def test_every_member_is_told_how_old_the_figures_are(reader: Reader, name: str) -> None:
    found = msgspec.json.decode(reader.get(name, FRESHNESS).content, type=Freshness)

    assert found.workspace_id == reader.gym.iron
    assert str(found.as_of) == "2026-03-29 12:00:00+00:00"
    assert not found.is_overdue
    assert found.version > 0


def test_a_midnight_without_a_refresh_is_overdue(caller: Caller, conn: psycopg.Connection) -> None:
    conn.execute("update ops.refresh_state set valid_until = app.now() - interval '1 second'")
    assert caller.get("olga", FRESHNESS).json()["is_overdue"] is True


@pytest.mark.parametrize("path", [REFRESHES, VERIFICATION])
def test_operations_are_for_owners_and_admins(reader: Reader, path: str) -> None:
    parameters = DAY if path == VERIFICATION else {}
    assert [
        reader.get(name, path, parameters).status_code
        for name in ("olga", "ada", "mo", "ann", "pia", "nemo")
    ] == [200, 200, 403, 403, 403, 403]
    foreign = {**parameters, "workspace_id": str(reader.gym.iron)}
    assert reader.get("ona", path, foreign).status_code == 404


def test_waiting_changes_are_those_of_the_workspace(
    caller: Caller, conn: psycopg.Connection
) -> None:
    assert caller.get("olga", REFRESHES).json()["waiting_entries"] == 0
    build.lead(conn, caller.gym.copper, caller.gym["olaf"])
    assert caller.get("olga", REFRESHES).json()["waiting_entries"] == 0

    build.lead(conn, caller.gym.iron, caller.gym["pia"])
    found = msgspec.json.decode(caller.get("olga", REFRESHES).content, type=Refreshes)
    assert found.waiting_entries == sum(found.waiting.values()) > 0


def test_runs_are_kept_newest_first(caller: Caller, conn: psycopg.Connection) -> None:
    before = msgspec.json.decode(caller.get("olga", REFRESHES).content, type=Refreshes)
    conn.execute("call ops.refresh()")
    idle = msgspec.json.decode(caller.get("olga", REFRESHES).content, type=Refreshes)
    assert idle.runs == before.runs

    build.lead(conn, caller.gym.iron, caller.gym["pia"])
    conn.execute("call ops.refresh()")
    conn.execute("select ops.record_failure('rollup', 'disk full of secrets')")
    found = caller.get("olga", REFRESHES)
    after = msgspec.json.decode(found.content, type=Refreshes)
    assert after.runs[0].has_failed
    assert after.runs[0].name == "rollup"
    assert len(after.runs) == len(before.runs) + len(after.objects) + 1
    assert next(o for o in after.objects if o.name == "rollup").failed_at is not None
    assert "secrets" not in found.text


def test_of_each_object_the_last_hundred_runs_stay(tx: psycopg.Connection) -> None:
    for number in range(103):
        tx.execute("select ops.keep_run('a', %s, false)", (number,))
    tx.execute("select ops.keep_run('b', 7, true)")
    kept = tx.execute(
        """
        select name, count(*), min(duration_ms), max(duration_ms)
        from ops.refresh_runs where name in ('a', 'b') group by name order by name
        """
    ).fetchall()
    assert kept == [("a", 100, 3, 102), ("b", 1, 7, 7)]


def test_a_right_day_has_no_differences(reader: Reader) -> None:
    found = msgspec.json.decode(reader.get("olga", VERIFICATION, DAY).content, type=Verification)
    # And what partners carry.
    families = len(model.FAMILIES) + len(model.SUMS) + 1
    assert (str(found.day), found.families, found.differences) == ("2026-03-20", families, [])


def test_a_wrong_cell_is_found(caller: Caller, conn: psycopg.Connection) -> None:
    conn.execute(
        "update rollup.lead_day set leads = leads + 1 where workspace_id = %s and day = %s",
        (caller.gym.iron, DAY["day"]),
    )
    found = msgspec.json.decode(caller.get("olga", VERIFICATION, DAY).content, type=Verification)
    # On that day pia and sam got a lead each.
    assert sorted(
        (d.family, caller.gym.name_of(d.subject_id), d.what)
        for d in found.differences
        if d.subject_id is not None
    ) == [
        ("lead_day", "pia", "different"),
        ("lead_day", "sam", "different"),
        ("member_day", "pia", "different"),
        ("member_day", "sam", "different"),
    ]


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_out_of_reach_is_refused(reader: Reader, day: str) -> None:
    assert reader.get("olga", VERIFICATION, {"day": day}).status_code == 400
