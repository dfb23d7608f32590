"""What agents see of their own work. Every address here is about the caller and nobody else: there
is no parameter for a person, and SQL asks whether the caller is an agent (403 otherwise)."""

from datetime import date, datetime
from typing import Annotated, Literal, cast
from uuid import UUID

import msgspec
from litestar import Response, get, post, put
from litestar.params import JSONBody, QueryParameter
from litestar.response.base import ASGIResponse

from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, Cursor, Language, Limit, WorkspaceId, database_of, replica_of

KPIS = "select etag, body from service.agent_kpis($1, $2, $3, $4)"
RANKING = "select etag, body from service.agent_ranking($1, $2, $3, $4)"
FUNNEL = "select etag, body from service.agent_funnel($1, $2, $3, $4)"
LEAD_SOURCES = "select etag, body from service.agent_lead_sources($1, $2, $3, $4)"
REVENUE_TRENDS = "select etag, body from service.agent_revenue_trends($1, $2, $3, $4)"
RESPONSE_TIMES = "select etag, body from service.agent_response_times($1, $2, $3, $4)"
ACTIVITIES = "select etag, body from service.agent_activities($1, $2, $3, $4, $5, $6)"
INSIGHTS = "select etag, body from service.agent_insights($1, $2, $3, $4, $5)"
GOALS = "select etag, body from service.agent_goals($1, $2, $3, $4)"
SET_GOALS = "select body from service.set_agent_goals($1, $2, $3, $4, $5)"
ACHIEVEMENTS = "select etag, body from service.agent_achievements($1, $2, $3)"

FIVE_MINUTES = "private, max-age=300"
QUARTER_OF_AN_HOUR = "private, max-age=900"
AN_HOUR = "private, max-age=3600"
NEVER = "private, no-store, max-age=0"

Period = Literal["monthly", "quarterly", "yearly"]
GoalStatus = Literal["no_data", "on_track", "at_risk", "reached", "missed"]


class Kpis(Answer, frozen=True, rename="camel"):
    """Leads, conversion and response time of the leads created in the window; revenue of the leads
    won and ratings given in it. ``conversionRate`` in percent, one decimal; revenue in the
    workspace's currency; ``teamRanking`` null where the caller is not ranked or it is withheld."""

    leads_handled: int
    leads_this_week: int
    conversion_rate: float | None
    total_revenue: float
    response_time_hours: float | None
    satisfaction_score: float | None
    satisfaction_count: int
    team_ranking: int | None
    total_agents: int


class Trends(Answer, frozen=True):
    """Change against as many days before, in percent, one decimal; null when there was nothing.
    ``ranking``: places gained."""

    leads: float | None
    conversion: float | None
    revenue: float | None
    response: float | None
    satisfaction: float | None
    ranking: int | None


class Change(Answer, frozen=True):
    """``new``: there is something now and was nothing before. ``better``: null when it is the same
    or cannot be said. Rates 0-1, hours, ratings 1-5."""

    previous: float | None
    percent: float | None
    new: bool
    better: bool | None


class Changes(Answer, frozen=True):
    """The trends with what they are measured against; a shorter response time is better."""

    leads: Change
    conversion: Change
    revenue: Change
    response: Change
    satisfaction: Change


class Counts(Answer, frozen=True, rename="camel"):
    """What the rates and means are made of."""

    leads_converted: int
    leads_contacted: int
    response_seconds: float
    rating_sum: int


class AgentKpis(Answer, frozen=True, rename="camel"):
    """The caller's figures of the local days ``from`` to ``to``, both included. ``dateRange`` is
    their number, as a text."""

    agent_id: UUID
    date_range: str
    kpis: Kpis
    trends: Trends
    changes: Changes
    counts: Counts
    ranking_withheld: bool
    workspace_id: UUID
    first_day: date = msgspec.field(name="from")
    last_day: date = msgspec.field(name="to")


class RankingParts(Answer, frozen=True):
    """Parts of the score, 0-100; null when not measured."""

    conversion: float | None
    satisfaction: float | None
    response: float | None


class Ranking(Answer, frozen=True, rename="camel"):
    """The caller's place: 1 is best, equal scores share one. ``withheld`` with fewer than five
    ranked agents, unless the workspace shows names. ``rankChange``: places gained among those
    ranked in both periods."""

    agent_id: UUID
    date_range: str
    team_ranking: int | None
    total_agents: int
    rank_change: int | None
    withheld: bool
    score: float | None
    parts: RankingParts


class Stages(Answer, frozen=True):
    """Leads that reached or passed each stage."""

    assigned: int
    contacted: int
    interested: int
    converted: int


class StageRates(Answer, frozen=True, rename="camel"):
    """Percent of ``assigned``, one decimal; null without leads."""

    contact_rate: float | None
    interest_rate: float | None
    conversion_rate: float | None


class Funnel(Answer, frozen=True, rename="camel"):
    """How far the caller's leads came."""

    funnel: Stages
    conversion_rates: StageRates


class LeadSource(Answer, frozen=True, rename="camel"):
    """``conversionRate`` in percent, one decimal; ``revenue`` of the leads won."""

    source: str
    count: int
    conversion_rate: float | None
    revenue: float
    converted: int


class LeadSources(Answer, frozen=True):
    """Largest source first."""

    sources: list[LeadSource]


class Revenue(Answer, frozen=True):
    """``date`` is the day, the Monday of the week, or the first of the month."""

    date: date
    revenue: float


class RevenueInsights(Answer, frozen=True, rename="camel"):
    """``bestDay`` is the best day, week or month; null when none is above 0. ``monthChange``:
    percent against the same number of days of the month before; null when that was 0 (``new``)."""

    best_day: Revenue | None
    month_total: float
    month_change: float | None
    previous_month_total: float
    new: bool


class RevenueTrends(Answer, frozen=True):
    """30 days, 12 ISO weeks or 12 months, oldest first, zeros included."""

    period: Literal["daily", "weekly", "monthly"]
    data: list[Revenue]
    insights: RevenueInsights


class ResponseDay(Answer, frozen=True, rename="camel"):
    """Mean hours to the first contact of the leads that came in that day, and of those of the seven
    days ending with it."""

    date: date
    response_time_hours: float | None
    leads_contacted: int
    rolling_hours: float | None = msgspec.field(name="rolling7dHours")
    rolling_leads: int = msgspec.field(name="rolling7dLeads")


class ResponseTimes(Answer, frozen=True, rename="camel"):
    """One entry per local day, oldest first."""

    date_range: str
    data: list[ResponseDay]


class Activity(Answer, frozen=True):
    """``type``: call, email, meeting, conversion, assignment, status_change, note, ...
    ``metadata`` holds leadId, and revenue for a conversion."""

    id: UUID
    type: str
    title: str
    description: str | None
    timestamp: datetime
    metadata: dict[str, object]


class Activities(Answer, frozen=True):
    """Newest first. ``next_cursor`` is null on the last page."""

    activities: list[Activity]
    next_cursor: str | None


class Insight(Answer, frozen=True):
    """Rates 0-1, hours, ratings 1-5, counts. ``low`` and ``high`` are the 95% interval of the
    difference; a change is told only when it leaves zero out. ``better`` is null where it is
    neither good nor bad news."""

    type: Literal[
        "change", "strongest", "weakest", "best_weekday", "best_hour", "best_source", "streak"
    ]
    metric: str
    value: float
    cases: int
    sentence: str
    subject: str | None = None
    baseline: float | None = None
    low: float | None = None
    high: float | None = None
    better: bool | None = None


class Insights(Answer, frozen=True, rename="camel"):
    date_range: str
    insights: list[Insight]


class Goal(Answer, frozen=True):
    """``completion`` in percent, above 100 beyond the target; where lower is better 200 - 100 x
    current / target within 0-100. ``expected``: the pace by the end of today. ``projected``: the
    value at the end if it goes on like this. Days inclusive."""

    target: float
    current: float | None
    completion: float | None
    status: GoalStatus
    expected: float | None
    projected: float | None
    achieved_at: datetime | None
    achieved_on: date | None
    first_day: date = msgspec.field(name="periodStart")
    last_day: date = msgspec.field(name="periodEnd")


class GoalSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Of each kind at most one."""

    conversions: Goal | msgspec.UnsetType = msgspec.UNSET
    revenue: Goal | msgspec.UnsetType = msgspec.UNSET
    response_time_hours: Goal | msgspec.UnsetType = msgspec.UNSET


class Goals(Answer, frozen=True, rename="camel"):
    """The caller's goals of the calendar period that runs today."""

    period: Period
    period_start: date
    period_end: date
    goals: GoalSet


class Targets(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True
):
    """Leads won, revenue in the workspace's currency, mean hours to the first contact. Bounds are
    checked in SQL."""

    conversions: float | msgspec.UnsetType = msgspec.UNSET
    revenue: float | msgspec.UnsetType = msgspec.UNSET
    response_time_hours: float | msgspec.UnsetType = msgspec.UNSET


class GoalsChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Targets for the calendar period that runs today."""

    period: Period
    goals: Targets


class EarnedBadge(Answer, frozen=True, rename="camel"):
    """``periodStart``: the month, or the first day of the streak; null for what is earned once."""

    badge: str
    title: str | None
    description: str | None
    earned_on: date
    period_start: date | None
    value: float
    measure: str | None


class ReachedGoal(Answer, frozen=True):
    """``achieved_on``: the local day; ``achieved_at``: when it was recorded."""

    goal: str
    period: Period
    target: float
    value: float
    achieved_on: date
    achieved_at: datetime
    first_day: date = msgspec.field(name="periodStart")
    last_day: date = msgspec.field(name="periodEnd")


class OpenBadge(Answer, frozen=True):
    badge: str
    title: str
    description: str


class Achievements(Answer, frozen=True, rename="camel"):
    """Newest first. ``streakDays``: working days in a row, up to now, with a completed task."""

    badges: list[EarnedBadge]
    goals: list[ReachedGoal]
    open: list[OpenBadge]
    streak_days: int


DateRange = Annotated[
    int,
    QueryParameter(
        name="dateRange", ge=1, le=365, description="Local days ending today, 1 to 365."
    ),
]
RevenuePeriod = Annotated[
    Literal["daily", "weekly", "monthly"],
    QueryParameter(description="30 days, 12 ISO weeks or 12 months."),
]
ActivityFilter = Annotated[
    Literal["all", "calls", "emails", "meetings", "conversions"],
    QueryParameter(description="Which activities."),
]
GoalPeriod = Annotated[Period, QueryParameter(description="Goals of which kind of period.")]

TIMELINE_EXAMPLE: dict[str, object] = {
    "activities": [
        {
            "id": "0195f3c0-0000-7000-8000-0000000000a1",
            "type": "conversion",
            "title": "Lead Converted",
            "description": "John Smith - Auto Insurance Policy",
            "timestamp": "2026-03-30T14:30:00+00:00",
            "metadata": {"leadId": "0195f3c0-0000-7000-8000-0000000000b1", "revenue": 850},
        }
    ],
    "next_cursor": "WyIyMDI2LTAzLTMwVDE0OjMwOjAwKzAwOjAwIiwiMDE5NSJd",
}

_AGENT = "0195f3c0-0000-7000-8000-000000000003"


def _change(previous: float, percent: float, better: bool) -> dict[str, object]:
    return {"previous": previous, "percent": percent, "new": False, "better": better}


_KPIS: dict[str, object] = {
    "agentId": _AGENT,
    "dateRange": "30",
    "kpis": {
        "leadsHandled": 47,
        "leadsThisWeek": 12,
        "conversionRate": 68.1,
        "totalRevenue": 12450,
        "responseTimeHours": 1.2,
        "satisfactionScore": 4.7,
        "satisfactionCount": 23,
        "teamRanking": 3,
        "totalAgents": 15,
    },
    "trends": {
        "leads": 8.3,
        "conversion": 12.1,
        "revenue": 18.7,
        "response": -15.2,
        "satisfaction": 4.2,
        "ranking": 2,
    },
    "changes": {
        "leads": _change(43, 8.3, True),
        "conversion": _change(0.6073, 12.1, True),
        "revenue": _change(10489, 18.7, True),
        "response": _change(1.4151, -15.2, True),
        "satisfaction": _change(4.5106, 4.2, True),
    },
    "counts": {
        "leadsConverted": 32,
        "leadsContacted": 40,
        "responseSeconds": 172800,
        "ratingSum": 108,
    },
    "rankingWithheld": False,
    "workspaceId": "0195f3c0-0000-7000-8000-000000000001",
    "from": "2026-03-01",
    "to": "2026-03-30",
}

_GOALS: dict[str, object] = {
    "period": "monthly",
    "periodStart": "2026-03-01",
    "periodEnd": "2026-03-31",
    "goals": {
        "conversions": {
            "target": 15,
            "current": 16,
            "completion": 106.7,
            "status": "reached",
            "expected": 13.1,
            "projected": 18.4,
            "achieved_at": "2026-03-27T15:04:00+00:00",
            "achieved_on": "2026-03-27",
            "periodStart": "2026-03-01",
            "periodEnd": "2026-03-31",
        }
    },
}


@get(
    "/analytics/kpis",
    summary="My key figures",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(AgentKpis, _KPIS, problems=GUARDED, cached=True),
)
async def kpis(
    request: ApiRequest, workspace_id: WorkspaceId = None, date_range: DateRange = 30
) -> ASGIResponse:
    """The caller's own figures over the last local days and their change against as many days
    before. Agents only."""
    return await replica_of(request).as_caller(
        request, KPIS, workspace_id, date_range, cache_control=FIVE_MINUTES
    )


@get(
    "/analytics/ranking",
    summary="My place in the team",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(
        Ranking,
        {
            "agentId": _AGENT,
            "dateRange": "30",
            "teamRanking": 3,
            "totalAgents": 15,
            "rankChange": 2,
            "withheld": False,
            "score": 74.2,
            "parts": {"conversion": 62.0, "satisfaction": 88.1, "response": 74.3},
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def ranking(
    request: ApiRequest, workspace_id: WorkspaceId = None, date_range: DateRange = 30
) -> ASGIResponse:
    """The caller's place among the agents of the workspace, and the parts of the own score: 40%
    conversion, 35% satisfaction, 25% response time. Agents only."""
    return await replica_of(request).as_caller(
        request, RANKING, workspace_id, date_range, cache_control=QUARTER_OF_AN_HOUR
    )


@get(
    "/analytics/funnel",
    summary="My funnel",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(
        Funnel,
        {
            "funnel": {"assigned": 47, "contacted": 40, "interested": 34, "converted": 32},
            "conversionRates": {
                "contactRate": 85.1,
                "interestRate": 72.3,
                "conversionRate": 68.1,
            },
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def funnel(
    request: ApiRequest, workspace_id: WorkspaceId = None, date_range: DateRange = 30
) -> ASGIResponse:
    """How far the caller's leads of the last local days came. Agents only."""
    return await replica_of(request).as_caller(
        request, FUNNEL, workspace_id, date_range, cache_control=FIVE_MINUTES
    )


@get(
    "/analytics/lead-sources",
    summary="My lead sources",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(
        LeadSources,
        {
            "sources": [
                {
                    "source": "Referrals",
                    "count": 18,
                    "conversionRate": 77.8,
                    "revenue": 5400,
                    "converted": 14,
                }
            ]
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def lead_sources(
    request: ApiRequest, workspace_id: WorkspaceId = None, date_range: DateRange = 30
) -> ASGIResponse:
    """Number, conversion rate and revenue of the caller's leads of the last local days by source,
    largest first. Agents only."""
    return await replica_of(request).as_caller(
        request, LEAD_SOURCES, workspace_id, date_range, cache_control=FIVE_MINUTES
    )


@get(
    "/analytics/revenue-trends",
    summary="My revenue over time",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(
        RevenueTrends,
        {
            "period": "daily",
            "data": [
                {"date": "2026-03-01", "revenue": 450},
                {"date": "2026-03-02", "revenue": 320},
            ],
            "insights": {
                "bestDay": {"date": "2026-03-15", "revenue": 2100},
                "monthTotal": 12450,
                "monthChange": 18.7,
                "previousMonthTotal": 10489,
                "new": False,
            },
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def revenue_trends(
    request: ApiRequest, workspace_id: WorkspaceId = None, period: RevenuePeriod = "daily"
) -> ASGIResponse:
    """The caller's revenue by the day leads were won; a refund is negative. Agents only."""
    return await replica_of(request).as_caller(
        request, REVENUE_TRENDS, workspace_id, period, cache_control=AN_HOUR
    )


@get(
    "/analytics/response-times",
    summary="My response times",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(
        ResponseTimes,
        {
            "dateRange": "30",
            "data": [
                {
                    "date": "2026-03-30",
                    "responseTimeHours": 1.5,
                    "leadsContacted": 2,
                    "rolling7dHours": 1.2,
                    "rolling7dLeads": 14,
                }
            ],
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def response_times(
    request: ApiRequest, workspace_id: WorkspaceId = None, date_range: DateRange = 30
) -> ASGIResponse:
    """Mean hours to the first contact per local day, and rolling over seven days (sum over sum).
    Agents only."""
    return await replica_of(request).as_caller(
        request, RESPONSE_TIMES, workspace_id, date_range, cache_control=FIVE_MINUTES
    )


@get(
    "/analytics/activities",
    summary="My timeline",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(
        Activities,
        TIMELINE_EXAMPLE,
        problems=GUARDED,
        cached=True,
    ),
)
async def activities(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    filter: ActivityFilter = "all",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ASGIResponse:
    """What the caller did with leads and what happened to them, newest first and up to this
    instant. Agents only."""
    return await database_of(request).as_caller(
        request, ACTIVITIES, workspace_id, filter, limit, cursor, cache_control=NEVER
    )


@get(
    "/analytics/insights",
    summary="My insights",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(
        Insights,
        {
            "dateRange": "30",
            "insights": [
                {
                    "type": "change",
                    "metric": "conversion_rate",
                    "value": 0.6809,
                    "baseline": 0.4186,
                    "low": 0.0573,
                    "high": 0.4359,
                    "cases": 47,
                    "better": True,
                    "sentence": "The conversion rate went from 41.9% to 68.1%.",
                }
            ],
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def insights(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    date_range: DateRange = 30,
    language: Language = "en",
) -> ASGIResponse:
    """Changes beyond chance, strongest and weakest figure against the team's median, best weekday,
    hour and source, streak. Agents only."""
    return await replica_of(request).as_caller(
        request, INSIGHTS, workspace_id, date_range, language, cache_control=FIVE_MINUTES
    )


@get(
    "/goals",
    summary="My goals",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(Goals, _GOALS, problems=GUARDED, cached=True),
)
async def goals(
    request: ApiRequest, workspace_id: WorkspaceId = None, period: GoalPeriod = "monthly"
) -> ASGIResponse:
    """The caller's goals of the month, quarter or year that runs today, and where they stand.
    Agents only."""
    return await database_of(request).as_caller(request, GOALS, workspace_id, period)


@post(
    "/goals",
    status_code=201,
    summary="Set my goals",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(Goals, _GOALS, status=201, problems=(*GUARDED, 409)),
)
async def create_goals(
    request: ApiRequest, data: JSONBody[GoalsChange], workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """Goals for the running period. 409 when it has some already, 400 with one entry of ``errors``
    per target that is not possible. Agents only."""
    return await _set_goals(request, data, workspace_id, status=201)


@put(
    "/goals",
    summary="Replace my goals",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(Goals, _GOALS, problems=GUARDED),
)
async def replace_goals(
    request: ApiRequest, data: JSONBody[GoalsChange], workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """Goals in place of those of the running period; what is left out is removed. Agents only."""
    return await _set_goals(request, data, workspace_id, status=200)


@get(
    "/achievements",
    summary="My achievements",
    tags=["agent"],
    operation_class=DocumentedOperation,
    responses=answers(
        Achievements,
        {
            "badges": [
                {
                    "badge": "ten_wins_in_a_month",
                    "title": "Ten wins in a month",
                    "description": "Ten leads won in one calendar month.",
                    "earnedOn": "2026-03-24",
                    "periodStart": "2026-03-01",
                    "value": 10,
                    "measure": "wins",
                }
            ],
            "goals": [
                {
                    "goal": "conversions",
                    "period": "monthly",
                    "periodStart": "2026-03-01",
                    "periodEnd": "2026-03-31",
                    "target": 15,
                    "value": 15,
                    "achieved_on": "2026-03-27",
                    "achieved_at": "2026-03-27T15:04:00+00:00",
                }
            ],
            "open": [
                {
                    "badge": "seven_day_streak",
                    "title": "Seven days in a row",
                    "description": "A completed task on seven working days in a row.",
                }
            ],
            "streakDays": 4,
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def achievements(request: ApiRequest, workspace_id: WorkspaceId = None) -> ASGIResponse:
    """Badges the caller earned, goals that were reached, badges still open, and the running streak.
    Agents only."""
    return await replica_of(request).as_caller(request, ACHIEVEMENTS, workspace_id)


async def _set_goals(
    request: ApiRequest, change: GoalsChange, workspace_id: UUID | None, *, status: int
) -> Response[bytes]:
    (body,) = await database_of(request).fetch_row(
        SET_GOALS,
        request.user.user_id,
        workspace_id,
        change.period,
        msgspec.json.encode(change.goals),
        status == 201,
    )
    return Response(
        cast("bytes", body),
        status_code=status,
        headers={"Cache-Control": "private, no-cache"},
        media_type="application/json",
    )
