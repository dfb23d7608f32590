"""Rep performance and the leaderboard: rows, ranks, one person's page, trends, comparison, and the
metrics that a workspace defines for itself."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal, cast
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response.base import ASGIResponse

from api import exports
from api.agent import NEVER, TIMELINE_EXAMPLE, Activities, ActivityFilter, GoalStatus, Period
from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, Cursor, Limit, WorkspaceId, database_of

PERFORMANCE = "select etag, body from service.rep_performance($1, $2, $3, $4, $5)"
LEADERBOARD = "select etag, body from service.leaderboard($1, $2, $3, $4, $5)"
PAGE = "select etag, body from service.user_performance($1, $2, $3, $4, $5)"
TRENDS = "select etag, body from service.user_trends($1, $2, $3, $4, $5, $6)"
COMPARISON = "select etag, body from service.rep_comparison($1, $2, $3, $4, $5)"
METRICS = "select etag, body from service.rep_metrics($1, $2, $3)"
METRIC = "select etag, body from service.rep_metric($1, $2, $3, $4)"
SAVE_METRIC = "select id, body from service.save_rep_metric($1, $2, $3, $4)"
TIMELINE = "select etag, body from service.member_activities($1, $2, $3, $4, $5, $6, $7)"
TEAM_GOALS = "select etag, body from service.team_goals($1, $2, $3)"
REMOVE_METRIC = "select is_gone from service.remove_rep_metric($1, $2, $3)"


class RepPerformance(Answer, frozen=True):
    """Figures of one member in the last ``days`` local days. New leads and what became of them:
    leads created in those days (cohort); tasks, work and campaign results: what happened in them,
    results by the day of sending. Rates are percent with one decimal, minutes too; null: not
    measured, or nothing to divide by. ``sort_value`` is the figure that the rank goes by, unrounded
    to four decimals (a ratio as a fraction, with its denominator ``sort_n`` and its Wilson
    interval); less than 20 in the denominator is provisional. On an anonymised leaderboard the ids,
    roles and branches of colleagues are null."""

    user_id: UUID | None
    name: str
    email: str | None
    role: str | None
    new_leads_owned: int
    leads_worked: int
    tasks_created: int
    tasks_completed: int
    task_completion_rate: float | None
    campaign_leads_sent: int
    campaign_opens: int
    campaign_replies: int
    campaign_bounces: int
    campaign_reply_rate: float | None
    campaign_open_rate: float | None
    campaign_bounce_rate: float | None
    source_breakdown: dict[str, float]
    rank: int | None
    rank_change: int | None
    ranked_count: int | None
    is_provisional: bool
    sort_value: float | None
    sort_n: int | None
    sort_low: float | None
    sort_high: float | None
    branch_id: UUID | None
    branch_name: str | None
    tasks_created_completed: int
    campaign_machine_opens: int
    campaign_clicks: int
    leads_contacted: int
    avg_first_response_time_minutes: float | None
    leads_never_contacted: int
    pct_never_contacted: float | None
    won_leads: int
    conversion_rate: float | None
    activities: int
    activities_per_lead: float | None
    window_from_day: date
    window_to_day: date
    as_of: datetime | None


class RepDay(Answer, frozen=True):
    """One local day: new leads, tasks completed, replies to what was sent that day."""

    day: date
    new_leads: int
    tasks_completed: int
    replies: int


class RepSegment(Answer, frozen=True):
    """A segment by the results of the person's own recipients; rates are fractions over
    ``leads_sent``, four decimals."""

    ordinal: int
    segment_id: UUID
    segment_name: str
    leads_sent: int
    opened: int
    replied: int
    bounced: int
    clicked: int
    converted: int
    open_rate: float
    reply_rate: float
    bounce_rate: float
    click_rate: float
    conversion_rate: float


class Attributed(Answer, frozen=True):
    """Leads of the window that go to the person, and how many of them are won."""

    leads: int
    won_leads: int


class Attribution(Answer, frozen=True):
    """Three ways to attribute a lead, side by side: to its owner, as all other figures do; to who
    worked it first; to who worked it last."""

    owner: Attributed
    first_touch: Attributed
    last_touch: Attributed


class RepSummary(RepPerformance, frozen=True):
    """The row of one person, with the median time to the first contact over the contacted leads,
    and the attribution."""

    median_first_response_time_minutes: float | None
    attribution: Attribution


class RepPage(RepSummary, frozen=True):
    """The summary of one person, the days of the window, and the five segments with most
    replies."""

    daily: list[RepDay]
    top_segments: list[RepSegment]


class TrendBucket(Answer, frozen=True):
    """Figures of one ISO week or month, ``[from_day, to_day)``; the current one so far."""

    from_day: date
    to_day: date
    is_complete: bool
    new_leads_owned: int
    leads_worked: int
    activities: int
    tasks_created: int
    tasks_completed: int
    task_completion_rate: float | None
    campaign_leads_sent: int
    campaign_opens: int
    campaign_replies: int
    campaign_bounces: int
    campaign_reply_rate: float | None
    campaign_open_rate: float | None
    campaign_bounce_rate: float | None
    won_leads: int
    conversion_rate: float | None
    avg_first_response_time_minutes: float | None


class Trend(Answer, frozen=True):
    """Buckets, oldest first."""

    user_id: UUID
    bucket: Literal["week", "month"]
    items: list[TrendBucket]


Weight = Annotated[float, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
Column = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Ratio(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", tag="ratio"):
    """One count over another. Ranked by the value shrunk towards the team's."""

    numerator: Column
    denominator: Column


class Sum(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", tag="sum"):
    """The sum of columns."""

    columns: Annotated[list[Column], msgspec.Meta(min_length=1, max_length=10)]


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column and what it counts."""

    column: Column
    weight: Weight


class Weighted(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", tag="weighted"
):
    """The weighted sum of columns."""

    terms: Annotated[list[Term], msgspec.Meta(min_length=1, max_length=10)]


Expression = Ratio | Sum | Weighted


class MetricChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A metric of the workspace's own. ``key`` is its name in ``sort_by``."""

    key: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,59}$")]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    expression: Expression
    is_lower_better: bool = False


class TeamGoal(Answer, frozen=True):
    """``current``, ``target``, ``expected`` and ``projected`` in the unit of the goal: leads
    (conversions), currency (revenue), hours (response_time, where lower is better).
    ``completion`` in percent, above 100 beyond the target. Days inclusive."""

    goal: str
    period: Period
    first_day: date
    last_day: date
    target: float
    current: float | None
    completion: float | None
    status: GoalStatus
    expected: float | None
    projected: float | None


class TeamGoals(Answer, frozen=True):
    """Those that end first, first."""

    items: list[TeamGoal]


class Metric(Answer, frozen=True):
    """Something a leaderboard can be sorted by; ``id`` is null for what every workspace has."""

    id: UUID | None
    key: str
    title: str
    expression: Expression
    is_lower_better: bool
    version: int


class MetricPage(Answer, frozen=True):
    """Metrics, built-in ones first; always one page."""

    items: list[Metric]
    next_cursor: str | None = None


Days = Annotated[
    int, QueryParameter(ge=1, le=365, description="Length of the window in local days, 1 to 365.")
]
SortBy = Annotated[
    str,
    QueryParameter(
        pattern=r"^[a-z][a-z0-9_]{0,59}$",
        description="replies, leads_worked, tasks_completed, reply_rate, new_leads, "
        "conversion_rate, or the key of a metric of the workspace.",
    ),
]
Person = Annotated[UUID | None, QueryParameter(description="Only this member.")]
People = Annotated[
    list[UUID], QueryParameter(name="user_id", description="A member; repeated, two to five.")
]
PersonInPath = Annotated[UUID, PathParameter(description="The member's user id.")]
Bucket = Annotated[
    Literal["week", "month"], QueryParameter(description="ISO weeks or calendar months.")
]
Periods = Annotated[int, QueryParameter(ge=1, le=53, description="How many of them, 1 to 53.")]
MetricInPath = Annotated[UUID, PathParameter(description="The metric.")]

LEADERBOARD_PAGE = Path(__file__).parent / "leaderboard.typ"

_PERFORMANCE = exports.Report(
    "rep-performance", PERFORMANCE, (exports.Table("Rep performance", RepPerformance),)
)
LEADERBOARD_REPORT = exports.Report(
    "leaderboard", LEADERBOARD, (exports.Table("Leaderboard", RepPerformance),), LEADERBOARD_PAGE
)
_PAGE = exports.Report(
    "performance",
    PAGE,
    (
        exports.Table(
            "Performance",
            RepSummary,
            "(select s.body - array['daily', 'top_segments']"
            " from service.left_rows('{}') as s (body))",
        ),
        exports.Table("Daily", RepDay, "service.left_rows('{daily}')"),
        exports.Table("Top segments", RepSegment, "service.left_rows('{top_segments}')"),
    ),
)
_TRENDS = exports.Report(
    "trends", TRENDS, (exports.Table("Trends", TrendBucket, "service.left_rows('{items}')"),)
)
_COMPARISON = exports.Report(
    "comparison", COMPARISON, (exports.Table("Comparison", RepPerformance),)
)

_ALI = {
    "user_id": "0195f3c0-0000-7000-8000-000000000012",
    "name": "Ali",
    "email": "ali@example.com",
    "role": "agent",
    "new_leads_owned": 85,
    "leads_worked": 120,
    "tasks_created": 40,
    "tasks_completed": 32,
    "task_completion_rate": 80.0,
    "campaign_leads_sent": 200,
    "campaign_opens": 120,
    "campaign_replies": 26,
    "campaign_bounces": 5,
    "campaign_reply_rate": 13.0,
    "campaign_open_rate": 60.0,
    "campaign_bounce_rate": 2.5,
    "source_breakdown": {"linkedin_extension": 70.0, "company_search": 20.0, "csv": 10.0},
    "rank": 1,
    "rank_change": 2,
    "ranked_count": 14,
    "is_provisional": False,
    "sort_value": 0.13,
    "sort_n": 200,
    "sort_low": 0.0903,
    "sort_high": 0.1837,
    "branch_id": "0195f3c0-0000-7000-8000-000000000002",
    "branch_name": "Utrecht",
    "tasks_created_completed": 32,
    "campaign_machine_opens": 7,
    "campaign_clicks": 31,
    "leads_contacted": 68,
    "avg_first_response_time_minutes": 42.5,
    "leads_never_contacted": 17,
    "pct_never_contacted": 20.0,
    "won_leads": 11,
    "conversion_rate": 12.9,
    "activities": 300,
    "activities_per_lead": 2.5,
    "window_from_day": "2026-03-01",
    "window_to_day": "2026-03-31",
    "as_of": "2026-03-30T12:00:00+00:00",
}
_SEGMENT = {
    "ordinal": 1,
    "segment_id": "0195f3c0-0000-7000-8000-000000000021",
    "segment_name": "Founders",
    "leads_sent": 80,
    "opened": 52,
    "replied": 14,
    "bounced": 1,
    "clicked": 20,
    "converted": 3,
    "open_rate": 0.65,
    "reply_rate": 0.175,
    "bounce_rate": 0.0125,
    "click_rate": 0.25,
    "conversion_rate": 0.0375,
}
_BUCKET = {
    "from_day": "2026-03-01",
    "to_day": "2026-03-31",
    "is_complete": False,
    "new_leads_owned": 85,
    "leads_worked": 120,
    "activities": 300,
    "tasks_created": 40,
    "tasks_completed": 32,
    "task_completion_rate": 80.0,
    "campaign_leads_sent": 200,
    "campaign_opens": 120,
    "campaign_replies": 26,
    "campaign_bounces": 5,
    "campaign_reply_rate": 13.0,
    "campaign_open_rate": 60.0,
    "campaign_bounce_rate": 2.5,
    "won_leads": 11,
    "conversion_rate": 12.9,
    "avg_first_response_time_minutes": 42.5,
}
_TEAM_GOAL = {
    "goal": "revenue",
    "period": "monthly",
    "first_day": "2026-03-01",
    "last_day": "2026-03-31",
    "target": 50000.0,
    "current": 41250.5,
    "completion": 82.5,
    "status": "at_risk",
    "expected": 46774.19,
    "projected": 44095.36,
}

_METRIC = {
    "id": "0195f3c0-0000-7000-8000-000000000031",
    "key": "replies_per_lead",
    "title": "Replies per worked lead",
    "expression": {
        "op": "ratio",
        "numerator": "campaign_replies",
        "denominator": "leads_worked",
    },
    "is_lower_better": False,
    "version": 1,
}


@exports.get(
    "/reports/rep-performance",
    _PERFORMANCE,
    list[RepPerformance],
    [_ALI],
    summary="How the team performs",
    tag="reports",
)
async def rep_performance(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    days: Days = 30,
    user_id: Person = None,
) -> ASGIResponse:
    """The active members whose figures are the caller's to see, by name; ranks are those by
    replies. Owners and admins see all, a manager the own branch, everyone else the own row. 403 for
    a member whom the caller may not see, 404 for everyone unknown."""
    person = None if user_id is None else str(user_id)
    return await exports.answer(request, _PERFORMANCE, workspace_id, days, person)


@exports.get(
    "/reports/leaderboard",
    LEADERBOARD_REPORT,
    list[RepPerformance],
    [_ALI],
    summary="The leaderboard",
    tag="reports",
)
async def leaderboard(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    days: Days = 30,
    sort_by: SortBy = "replies",
) -> ASGIResponse:
    """The active members, best first. Rates rank by their value shrunk towards the team's; ties
    share a rank; provisional rows come after the others, rows without a rank last. ``rank_change``
    is how many places somebody went up against the days before, among those ranked in both. Who
    else than the caller is shown is up to the workspace's ``leaderboard_visibility``, for owners,
    admins and managers besides up to their role."""
    return await exports.answer(request, LEADERBOARD_REPORT, workspace_id, days, sort_by)


@exports.get(
    "/reports/users/{user_id:uuid}/performance",
    _PAGE,
    RepPage,
    {
        **_ALI,
        "median_first_response_time_minutes": 18.0,
        "attribution": {
            "owner": {"leads": 85, "won_leads": 11},
            "last_touch": {"leads": 80, "won_leads": 12},
            "first_touch": {"leads": 77, "won_leads": 9},
        },
        "daily": [{"day": "2026-03-30", "new_leads": 4, "tasks_completed": 2, "replies": 1}],
        "top_segments": [_SEGMENT],
    },
    summary="How one person performs",
    tag="reports",
)
async def user_performance(
    request: ApiRequest,
    user_id: PersonInPath,
    workspace_id: WorkspaceId = None,
    days: Days = 30,
) -> ASGIResponse:
    """The row, day by day, the best segments, and how leads are attributed. As CSV the summary
    only; a workbook has a sheet for each. 403 for a member whom the caller may not see, 404 for
    everyone unknown."""
    return await exports.answer(request, _PAGE, workspace_id, user_id, days)


@exports.get(
    "/reports/users/{user_id:uuid}/trends",
    _TRENDS,
    Trend,
    {"user_id": _ALI["user_id"], "bucket": "month", "items": [_BUCKET]},
    summary="How one person's figures move",
    tag="reports",
)
async def user_trends(
    request: ApiRequest,
    user_id: PersonInPath,
    workspace_id: WorkspaceId = None,
    bucket: Bucket = "week",
    periods: Periods = 12,
) -> ASGIResponse:
    """Figures per ISO week or month, oldest first, the current one so far included. 403 for a
    member whom the caller may not see, 404 for everyone unknown."""
    return await exports.answer(request, _TRENDS, workspace_id, user_id, bucket, periods)


@exports.get(
    "/reports/compare",
    _COMPARISON,
    list[RepPerformance],
    [_ALI, {**_ALI, "name": "Bea", "rank": 2}],
    summary="People side by side",
    tag="reports",
)
async def compare(
    request: ApiRequest,
    people: People,
    workspace_id: WorkspaceId = None,
    days: Days = 30,
) -> ASGIResponse:
    """The rows of two to five members, in the order they were asked for; ranks are those by
    replies. 403 for a member whom the caller may not see, 404 for everyone unknown."""
    names = [str(person) for person in people]
    return await exports.answer(request, _COMPARISON, workspace_id, names, days)


@get(
    "/reports/users/{user_id:uuid}/activities",
    summary="The timeline of a member",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Activities, TIMELINE_EXAMPLE, problems=GUARDED, cached=True),
)
async def user_activities(
    request: ApiRequest,
    user_id: PersonInPath,
    workspace_id: WorkspaceId = None,
    filter: ActivityFilter = "all",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ASGIResponse:
    """What a member did with leads and what happened to them, newest first and up to this instant.
    Owners and admins ask about all, a manager about the own branch and the leads of it, everyone
    about themselves; 403 for other members, 404 for everyone unknown."""
    return await database_of(request).as_caller(
        request,
        TIMELINE,
        workspace_id,
        user_id,
        filter,
        limit,
        cursor,
        cache_control=NEVER,
    )


@get(
    "/reports/team-goals",
    summary="The team's goals",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(TeamGoals, {"items": [_TEAM_GOAL]}, problems=GUARDED, cached=True),
)
async def team_goals(request: ApiRequest, workspace_id: WorkspaceId = None) -> ASGIResponse:
    """The team's goals that run today and where they stand, beside the leaderboard. For every
    member."""
    return await database_of(request).as_caller(request, TEAM_GOALS, workspace_id)


@get(
    "/reports/metrics",
    summary="What a leaderboard can be sorted by",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(
        MetricPage, {"items": [_METRIC], "next_cursor": None}, problems=GUARDED, cached=True
    ),
)
async def list_metrics(request: ApiRequest, workspace_id: WorkspaceId = None) -> ASGIResponse:
    """The metrics every workspace has, and the workspace's own. For every member."""
    return await database_of(request).as_caller(request, METRICS, workspace_id)


@post(
    "/reports/metrics",
    status_code=201,
    summary="Define a metric",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Metric, _METRIC, status=201, problems=(*GUARDED, 409)),
)
async def create_metric(
    request: ApiRequest, data: JSONBody[MetricChange], workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """A ratio, a sum or a weighted sum over the columns of rep performance: new_leads_owned,
    leads_contacted, leads_never_contacted, won_leads, leads_worked, activities, tasks_created,
    tasks_created_completed, tasks_completed, campaign_leads_sent, campaign_opens,
    campaign_machine_opens, campaign_clicks, campaign_replies, campaign_bounces (counts, which alone
    may stand in a ratio), avg_first_response_time_minutes, activities_per_lead and, as fractions,
    never_contacted_rate, conversion_rate, task_completion_rate, campaign_open_rate,
    campaign_reply_rate, campaign_bounce_rate. Owners, admins and managers only. 409 for a key that
    is taken, and for the 101st metric."""
    metric_id, body = await _save(request, workspace_id, None, data)
    headers = {
        "Location": f"/api/reports/metrics/{metric_id}",
        "Cache-Control": "private, no-store",
    }
    return Response(body, status_code=201, media_type="application/json", headers=headers)


@get(
    "/reports/metrics/{metric_id:uuid}",
    summary="One metric",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Metric, _METRIC, problems=GUARDED, cached=True),
)
async def one_metric(
    request: ApiRequest, metric_id: MetricInPath, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """A metric of the workspace's own. For every member."""
    return await database_of(request).as_caller(request, METRIC, workspace_id, metric_id)


@put(
    "/reports/metrics/{metric_id:uuid}",
    summary="Change a metric",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Metric, _METRIC, problems=(*GUARDED, 409)),
)
async def change_metric(
    request: ApiRequest,
    metric_id: MetricInPath,
    data: JSONBody[MetricChange],
    workspace_id: WorkspaceId = None,
) -> Response[bytes]:
    """The whole metric anew. Owners, admins and managers only."""
    _, body = await _save(request, workspace_id, metric_id, data)
    return Response(
        body, media_type="application/json", headers={"Cache-Control": "private, no-store"}
    )


@delete(
    "/reports/metrics/{metric_id:uuid}",
    status_code=204,
    summary="Remove a metric",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(None, None, status=204, problems=GUARDED, description="It is gone."),
)
async def remove_metric(
    request: ApiRequest, metric_id: MetricInPath, workspace_id: WorkspaceId = None
) -> None:
    """Owners, admins and managers only."""
    await database_of(request).fetch_row(
        REMOVE_METRIC, request.user.user_id, workspace_id, metric_id
    )


async def _save(
    request: ApiRequest, workspace_id: UUID | None, metric_id: UUID | None, data: MetricChange
) -> tuple[UUID, bytes]:
    saved = await database_of(request).fetch_row(
        SAVE_METRIC, request.user.user_id, workspace_id, metric_id, msgspec.json.encode(data)
    )
    return cast("tuple[UUID, bytes]", saved)
