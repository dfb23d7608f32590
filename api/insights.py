"""What is worth telling about a member: the insights of agents and reps are one definition."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import PathParameter, QueryParameter
from litestar.response.base import ASGIResponse

from api.agent import Insight
from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, Language, WorkspaceId, replica_of

INSIGHTS = "select etag, body from service.member_insights($1, $2, $3, $4, $5, $6)"


class Badge(Answer, frozen=True):
    """``period_start``: the month, or the first day of the streak; null for what is earned once."""

    badge: str
    title: str | None
    description: str | None
    earned_on: date
    period_start: date | None


class MemberInsights(Answer, frozen=True):
    """About the last ``days`` local days; badges newest first; ``streak_days``: working days in a
    row, up to now, with a completed task."""

    user_id: UUID
    days: int
    insights: list[Insight]
    badges: list[Badge]
    streak_days: int


MemberInPath = Annotated[UUID, PathParameter(description="The member's user id.")]
Days = Annotated[
    int, QueryParameter(ge=1, le=365, description="Local days ending today, 1 to 365.")
]


@get(
    "/reports/users/{user_id:uuid}/insights",
    summary="Insights about a member",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(
        MemberInsights,
        {
            "user_id": "0195f3c0-0000-7000-8000-000000000003",
            "days": 30,
            "insights": [
                {
                    "type": "change",
                    "metric": "reply_rate",
                    "value": 0.13,
                    "baseline": 0.0417,
                    "low": 0.0301,
                    "high": 0.1502,
                    "cases": 200,
                    "better": True,
                    "sentence": "The campaign reply rate went from 4.2% to 13.0%.",
                }
            ],
            "badges": [
                {
                    "badge": "ten_wins_in_a_month",
                    "title": "Ten wins in a month",
                    "description": "Ten leads won in one calendar month.",
                    "earned_on": "2026-03-24",
                    "period_start": "2026-03-01",
                }
            ],
            "streak_days": 4,
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def member_insights(
    request: ApiRequest,
    user_id: MemberInPath,
    workspace_id: WorkspaceId = None,
    days: Days = 30,
    language: Language = "en",
) -> ASGIResponse:
    """Changes beyond chance, strongest and weakest figure, best weekday, hour and source, badges,
    streak. Owners and admins ask about all, a manager about the own branch, everyone about
    themselves; 403 for other members, 404 for everyone unknown."""
    return await replica_of(request).as_caller(
        request, INSIGHTS, workspace_id, user_id, days, language
    )
