"""GET /api/reports/users/{user_id}/insights: who is told about whom."""

import msgspec
import psycopg

from api.insights import MemberInsights
from tests import builders as build
from tests.api.conftest import Caller, Reader

# Who asks about whom, and what comes of it.
ASKED = [
    ("olga", "sam", 200),
    ("ada", "mo", 200),
    ("mo", "pia", 200),
    ("pia", "pia", 200),
    ("mo", "sam", 403),
    ("pia", "ann", 403),
    ("ann", "olga", 403),
    ("olga", "dee", 404),  # deactivated
    ("olga", "olaf", 404),
    ("pia", "olaf", 404),
    ("olga", "nemo", 404),
]


def test_who_is_told_about_whom(reader: Reader) -> None:
    for asker, about, status in ASKED:
        response = reader.get(asker, f"/api/reports/users/{reader.gym[about]}/insights")
        assert response.status_code == status, (asker, about)
        if status == 200:
            found = msgspec.json.decode(response.content, type=MemberInsights)
            assert (found.user_id, found.days) == (reader.gym[about], 30)


def test_a_rep_is_told_like_an_agent(caller: Caller, conn: psycopg.Connection) -> None:
    """Pia won four of six; her badge was earned on the day of the first."""
    path = f"/api/reports/users/{caller.gym['pia']}/insights"
    first = caller.get("olga", path)
    found = msgspec.json.decode(first.content, type=MemberInsights)
    assert [(badge.badge, badge.title) for badge in found.badges] == [("first_win", "First win")]
    known = {"If-None-Match": first.headers["etag"]}
    assert caller.get("olga", path, headers=known).status_code == 304
    assert caller.get("ada", path, headers=known).status_code == 200

    lead = build.lead(conn, caller.gym.iron, caller.gym["pia"], "2026-02-02 09:00+00")
    for day in (26, 27, 25):
        build.task(
            conn,
            caller.gym.iron,
            lead,
            caller.gym["pia"],
            "2026-02-02 09:00+00",
            completed_at=f"2026-03-{day} 09:00+00",
            completed_by_user_id=caller.gym["pia"],
        )
    conn.execute("call ops.refresh()")
    changed = caller.get("olga", path, {"days": "60"}, known)
    found = msgspec.json.decode(changed.content, type=MemberInsights)
    assert found.streak_days == 3
    assert [insight.type for insight in found.insights] == ["streak"]
    assert found.insights[0].sentence == "Tasks were completed on 3 working days in a row."

    dutch = caller.get("olga", path, {"days": "60", "language": "nl"}, known)
    told = msgspec.json.decode(dutch.content, type=MemberInsights).insights
    assert [insight.sentence for insight in told] == [
        "Op 3 werkdagen op rij zijn er taken afgerond."
    ]
    # Two languages of the same figures are two answers.
    assert dutch.headers["etag"] != changed.headers["etag"]
    assert caller.get("olga", path, {"language": "de"}).status_code == 400
