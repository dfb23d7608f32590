"""Segments: rules that describe groups of leads, and how what was sent to them did.

Everything is decided and computed in SQL: who fulfils a rule (crm.matching_leads), figures for any
window (metrics.segment_performance), ranks and tests. Rates are fractions of four decimals.
"""

from datetime import date, datetime
from typing import Annotated, Literal, cast
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response.base import ASGIResponse
from msgspec import UNSET, Meta, UnsetType

from api import exports
from api.events import Status
from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, Cursor, Limit, WorkspaceId, database_of, replica_of

LIST = "select etag, body from service.segments($1, $2, $3, $4, $5, $6)"
ONE = "select etag, body from service.segment($1, $2, $3, $4)"
SAVE = "select body from service.save_segment($1, $2, $3, $4)"
PREVIEW = "select body from service.preview_segment($1, $2, $3, $4)"
LEADS = "select etag, body from service.segment_leads($1, $2, $3, $4, $5, $6)"
TOP = "select etag, body from service.top_segments($1, $2, $3, $4, $5, $6)"
PERFORMANCE = "select etag, body from service.segments_performance($1, $2, $3, $4, $5, $6, $7)"
ONE_PERFORMANCE = "select etag, body from service.segment_performance($1, $2, $3, $4, $5)"
COMPARE = "select etag, body from service.compare_segments($1, $2, $3, $4, $5)"
TREND = "select etag, body from service.segment_trend($1, $2, $3, $4, $5, $6)"

Metric = Literal["reply_rate", "open_rate"]
Bucket = Literal["day", "week", "month"]
Verdict = Literal["not_enough_data", "no_difference", "better", "worse"]

Words = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(min_length=1, max_length=100)
]
ShortWords = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(min_length=1, max_length=100)
]
Sizes = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(min_length=1, max_length=100)
]
Statuses = Annotated[list[Status], Meta(min_length=1, max_length=100)]
Score = Annotated[float, Meta(ge=-1e9, le=1e9)]
Time = Annotated[datetime, Meta(tz=True)]


class SegmentFilter(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """A rule. A lead fulfils it when it fulfils every key that is there; the values of a list are
    alternatives, compared as they are written. ``roles`` are job titles, ``industries`` names or
    ids; ``created_after`` is included, ``created_before`` is not. No key at all: every lead."""

    sources: ShortWords | UnsetType = UNSET
    statuses: Statuses | UnsetType = UNSET
    countries: ShortWords | UnsetType = UNSET
    roles: Words | UnsetType = UNSET
    company_sizes: Sizes | UnsetType = UNSET
    industries: Words | UnsetType = UNSET
    tags: Words | UnsetType = UNSET
    min_score: Score | UnsetType = UNSET
    max_score: Score | UnsetType = UNSET
    has_email: bool | UnsetType = UNSET
    has_phone: bool | UnsetType = UNSET
    created_after: Time | UnsetType = UNSET
    created_before: Time | UnsetType = UNSET


class NewSegment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``name`` is unique in the workspace, archived segments included."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    filter: SegmentFilter


class SegmentChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is left out stays as it is. ``version``: the one the change is based on; 409 when it is
    another by now."""

    name: Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType = UNSET
    filter: SegmentFilter | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | UnsetType = UNSET


class Preview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule to try."""

    filter: SegmentFilter


class Segment(Answer, frozen=True):
    """A segment. ``version`` counts changes of the rule."""

    segment_id: UUID
    segment_name: str
    filter: SegmentFilter
    version: int
    archived_at: datetime | None
    created_by_user_id: UUID | None
    created_at: datetime


class SegmentVersion(Answer, frozen=True):
    """A rule, and since when it held."""

    version: int
    filter: SegmentFilter
    created_at: datetime


class SegmentHistory(Segment, frozen=True):
    """A segment with every version of its rule, newest first."""

    versions: list[SegmentVersion]


class SegmentPage(Answer, frozen=True):
    """Segments by name."""

    items: list[Segment]
    next_cursor: str | None


class SegmentLead(Answer, frozen=True):
    """A lead that fulfils a rule now."""

    lead_id: UUID
    first_name: str | None
    last_name: str | None
    company: str | None
    job_title: str | None
    email: str | None
    phone: str | None
    source: str
    status: Status
    industry: str | None
    country: str | None
    company_size: str | None
    tags: list[str]
    score: float | None
    owner_user_id: UUID | None
    created_at: datetime


class LeadPage(Answer, frozen=True):
    """Leads, newest first."""

    items: list[SegmentLead]
    next_cursor: str | None


class PreviewAnswer(Answer, frozen=True):
    """How many leads of the caller fulfil the rule, and the newest of them."""

    count: int
    items: list[SegmentLead]


class SegmentPerformance(Answer, frozen=True):
    """Recipients sent to in the window, in the segment when they were sent to, and what became of
    them. Rates are fractions of ``leads_sent``, four decimals, null when nothing was sent; ``_low``
    and ``_high`` the Wilson 95 % interval. Ranked by the shrunk rate; with fewer than 20 sent a
    segment is provisional, not ranked, listed last. ``recomputed``: of leads_sent, those without a
    snapshot, matched with the rule afterwards. ``probability_best``: to have the highest reply rate
    of those ranked (at most 20) or compared. ``best_hour`` 0-23 and ``best_weekday`` 1-7 (Monday
    first): the highest shrunk reply rate of those with 20 or more sent. A lead may be in several
    segments: rows do not add up."""

    segment_id: UUID
    segment_name: str
    leads_sent: int
    opened: int
    replied: int
    bounced: int
    open_rate: float | None
    reply_rate: float | None
    bounce_rate: float | None
    delivered: int
    machine_opened: int
    clicked: int
    converted: int
    recomputed: int
    click_rate: float | None
    conversion_rate: float | None
    avg_reply_hours: float | None
    open_rate_low: float | None
    open_rate_high: float | None
    reply_rate_low: float | None
    reply_rate_high: float | None
    shrunk_open_rate: float | None
    shrunk_reply_rate: float | None
    open_rank: int | None
    reply_rank: int | None
    ranked_segments: int
    is_provisional: bool
    probability_best: float | None
    best_hour: int | None
    best_hour_sent: int | None
    best_hour_reply_rate: float | None
    best_weekday: int | None
    best_weekday_sent: int | None
    best_weekday_reply_rate: float | None
    version: int
    archived_at: datetime | None
    as_of: datetime | None


class TopSegments(Answer, frozen=True):
    """The best segments, provisional ones last. The range: first and last second of the local days
    of the window."""

    time_range_from: datetime
    time_range_to: datetime
    metric: Metric
    segments: list[SegmentPerformance]


class PerformancePage(Answer, frozen=True):
    """All active segments, best first; those that nothing was sent to last."""

    time_range_from: datetime
    time_range_to: datetime
    metric: Metric
    items: list[SegmentPerformance]
    next_cursor: str | None


class Comparison(Answer, frozen=True):
    """Segments side by side, in the order asked for."""

    time_range_from: datetime
    time_range_to: datetime
    segments: list[SegmentPerformance]


class TrendRow(Answer, frozen=True):
    """Local days from ``from_day`` up to, without, ``to_day``."""

    from_day: date
    to_day: date
    leads_sent: int
    opened: int
    clicked: int
    replied: int
    bounced: int
    converted: int
    recomputed: int
    open_rate: float | None
    click_rate: float | None
    reply_rate: float | None
    reply_rate_low: float | None
    reply_rate_high: float | None
    bounce_rate: float | None
    conversion_rate: float | None
    avg_reply_hours: float | None


class Trend(Answer, frozen=True):
    """A segment over time, oldest first, without gaps; the last bucket is the present one."""

    segment_id: UUID
    segment_name: str
    bucket: Bucket
    data: list[TrendRow]


class HourPart(Answer, frozen=True):
    """What was sent in one local hour of the day, 0-23."""

    hour: int
    leads_sent: int
    replied: int
    reply_rate: float | None


class WeekdayPart(Answer, frozen=True):
    """What was sent on one weekday, 1 Monday to 7 Sunday."""

    weekday: int
    leads_sent: int
    replied: int
    reply_rate: float | None


class VersionPart(Answer, frozen=True):
    """What was sent under one version of the rule; the rule is null where it is not known."""

    version: int
    filter: SegmentFilter | None
    leads_sent: int
    opened: int
    replied: int
    bounced: int
    converted: int
    reply_rate: float | None


class VariantPart(Answer, frozen=True):
    """An A/B variant, tested against the campaign's first variant by the test of two proportions
    (two-sided, 5 %, divided by the number of comparisons). ``p_value`` is null where there is not
    enough data: fewer than 20 sent, or fewer than 5 replies or non-replies to be expected."""

    variant: str
    leads_sent: int
    opened: int
    clicked: int
    replied: int
    bounced: int
    converted: int
    reply_rate: float | None
    reply_rate_low: float | None
    reply_rate_high: float | None
    difference: float | None
    p_value: float | None
    verdict: Verdict | None


class CampaignPart(Answer, frozen=True):
    """A campaign that was sent to the segment, with its variants."""

    campaign_id: UUID
    campaign_name: str
    last_sent_on: date
    leads_sent: int
    replied: int
    variants: list[VariantPart]


class SegmentReport(Answer, frozen=True):
    """A segment's figures and what they are made of. The 100 campaigns sent last are listed."""

    time_range_from: datetime
    time_range_to: datetime
    segment: SegmentPerformance
    hours: list[HourPart]
    weekdays: list[WeekdayPart]
    versions: list[VersionPart]
    campaigns: list[CampaignPart]


SegmentInPath = Annotated[UUID, PathParameter(description="The segment.")]
Days = Annotated[
    int, QueryParameter(ge=1, le=365, description="Length of the window in local days, 1 to 365.")
]
MetricParameter = Annotated[Metric, QueryParameter(description="What to rank by.")]
Compared = Annotated[
    list[UUID],
    QueryParameter(
        name="segment_id", min_items=2, max_items=5, description="Two to five segments."
    ),
]

_ID = "0195f3c0-0000-7000-8000-0000000000e1"
_FILTER = {"countries": ["US"], "industries": ["SaaS"], "roles": ["Founder"], "has_email": True}
_SEGMENT = {
    "segment_id": _ID,
    "segment_name": "US SaaS Founders",
    "filter": _FILTER,
    "version": 2,
    "archived_at": "2026-06-30T09:00:00+00:00",
    "created_by_user_id": "0195f3c0-0000-7000-8000-000000000003",
    "created_at": "2026-01-05T09:00:00+00:00",
}
_HISTORY = {
    **_SEGMENT,
    "versions": [
        {"version": 2, "filter": _FILTER, "created_at": "2026-02-01T09:00:00+00:00"},
        {"version": 1, "filter": {"countries": ["US"]}, "created_at": "2026-01-05T09:00:00+00:00"},
    ],
}
_LEAD = {
    "lead_id": "0195f3c0-0000-7000-8000-0000000000b1",
    "first_name": "Ada",
    "last_name": "Byron",
    "company": "Engines",
    "job_title": "Founder",
    "email": "ada@example.test",
    "phone": "+1 555 0100",
    "source": "linkedin",
    "status": "contacted",
    "industry": "SaaS",
    "country": "US",
    "company_size": "11-50",
    "tags": ["newsletter"],
    "score": 82,
    "owner_user_id": "0195f3c0-0000-7000-8000-000000000003",
    "created_at": "2026-03-28T09:41:00+00:00",
}
_ROW: dict[str, object] = {
    "segment_id": _ID,
    "segment_name": "US SaaS Founders",
    "leads_sent": 310,
    "opened": 192,
    "replied": 43,
    "bounced": 6,
    "open_rate": 0.6194,
    "reply_rate": 0.1387,
    "bounce_rate": 0.0194,
    "delivered": 304,
    "machine_opened": 21,
    "clicked": 58,
    "converted": 9,
    "recomputed": 0,
    "click_rate": 0.1871,
    "conversion_rate": 0.029,
    "avg_reply_hours": 19.25,
    "open_rate_low": 0.5642,
    "open_rate_high": 0.6717,
    "reply_rate_low": 0.1047,
    "reply_rate_high": 0.1815,
    "shrunk_open_rate": 0.6186,
    "shrunk_reply_rate": 0.1381,
    "open_rank": 1,
    "reply_rank": 1,
    "ranked_segments": 2,
    "is_provisional": False,
    "probability_best": 0.9512,
    "best_hour": 10,
    "best_hour_sent": 160,
    "best_hour_reply_rate": 0.1563,
    "best_weekday": 2,
    "best_weekday_sent": 155,
    "best_weekday_reply_rate": 0.1548,
    "version": 2,
    "archived_at": "2026-06-30T09:00:00+00:00",
    "as_of": "2026-01-31T12:00:00+00:00",
}
_RANGE = {
    "time_range_from": "2026-01-02T00:00:00Z",
    "time_range_to": "2026-01-31T23:59:59Z",
}
_TREND = {
    "segment_id": _ID,
    "segment_name": "US SaaS Founders",
    "bucket": "week",
    "data": [
        {
            "from_day": "2026-01-26",
            "to_day": "2026-02-01",
            "leads_sent": 80,
            "opened": 50,
            "clicked": 14,
            "replied": 11,
            "bounced": 1,
            "converted": 2,
            "recomputed": 0,
            "open_rate": 0.625,
            "click_rate": 0.175,
            "reply_rate": 0.1375,
            "reply_rate_low": 0.0786,
            "reply_rate_high": 0.2297,
            "bounce_rate": 0.0125,
            "conversion_rate": 0.025,
            "avg_reply_hours": 17.5,
        }
    ],
}
_VARIANT = {
    "variant": "B",
    "leads_sent": 155,
    "opened": 90,
    "clicked": 25,
    "replied": 28,
    "bounced": 3,
    "converted": 4,
    "reply_rate": 0.1806,
    "reply_rate_low": 0.128,
    "reply_rate_high": 0.2487,
    "difference": 0.0839,
    "p_value": 0.0328,
    "verdict": "better",
}
_REPORT = {
    **_RANGE,
    "segment": _ROW,
    "hours": [{"hour": 10, "leads_sent": 160, "replied": 25, "reply_rate": 0.1563}],
    "weekdays": [{"weekday": 2, "leads_sent": 155, "replied": 24, "reply_rate": 0.1548}],
    "versions": [
        {
            "version": 2,
            "filter": _FILTER,
            "leads_sent": 310,
            "opened": 192,
            "replied": 43,
            "bounced": 6,
            "converted": 9,
            "reply_rate": 0.1387,
        }
    ],
    "campaigns": [
        {
            "campaign_id": "0195f3c0-0000-7000-8000-0000000000c1",
            "campaign_name": "January news",
            "last_sent_on": "2026-01-27",
            "leads_sent": 310,
            "replied": 43,
            "variants": [_VARIANT],
        }
    ],
}

TOP_REPORT = exports.Report(
    "top-segments",
    TOP,
    (exports.Table("Segments", SegmentPerformance, "service.left_rows('{segments}')"),),
)
PERFORMANCE_REPORT = exports.Report(
    "segments",
    PERFORMANCE,
    (exports.Table("Segments", SegmentPerformance, "service.left_rows('{items}')"),),
)
COMPARE_REPORT = exports.Report(
    "segments-compared",
    COMPARE,
    (exports.Table("Segments", SegmentPerformance, "service.left_rows('{segments}')"),),
)
TREND_REPORT = exports.Report(
    "segment-trend", TREND, (exports.Table("Trend", TrendRow, "service.left_rows('{data}')"),)
)


@exports.get(
    "/dashboard/top-segments",
    TOP_REPORT,
    TopSegments,
    {**_RANGE, "metric": "reply_rate", "segments": [_ROW]},
    summary="The best segments",
    tag="segments",
)
async def top_segments(
    request: ApiRequest,
    days: Days = 30,
    metric: MetricParameter = "reply_rate",
    limit: Annotated[int, QueryParameter(ge=1, le=200, description="Most segments, 1 to 200.")] = 5,
    workspace_id: WorkspaceId = None,
) -> ASGIResponse:
    """Active segments that something was sent to, by shrunk rate. Owners and admins get the figures
    of the whole workspace, a manager those of the recipients of the own branch, everyone else of
    the own ones."""
    return await exports.answer(request, TOP_REPORT, workspace_id, days, metric, limit)


@exports.get(
    "/segments/performance",
    PERFORMANCE_REPORT,
    PerformancePage,
    {**_RANGE, "metric": "reply_rate", "items": [_ROW], "next_cursor": "WyIxIiwiVVMiLCIwMTk1Il0"},
    summary="How all segments did",
    tag="segments",
)
async def performance(
    request: ApiRequest,
    days: Days = 30,
    metric: MetricParameter = "reply_rate",
    limit: Limit = 50,
    cursor: Cursor = None,
    workspace_id: WorkspaceId = None,
) -> ASGIResponse:
    """All active segments, best first, with the probability of each to be the best."""
    return await exports.answer(
        request, PERFORMANCE_REPORT, workspace_id, days, metric, limit, cursor
    )


@exports.get(
    "/segments/compare",
    COMPARE_REPORT,
    Comparison,
    {**_RANGE, "segments": [_ROW, {**_ROW, "probability_best": 0.0488}]},
    summary="Compare segments",
    tag="segments",
)
async def compare(
    request: ApiRequest,
    segment_ids: Compared,
    days: Days = 30,
    workspace_id: WorkspaceId = None,
) -> ASGIResponse:
    """Two to five segments side by side, in the order asked for."""
    ids = [str(segment) for segment in segment_ids]
    return await exports.answer(request, COMPARE_REPORT, workspace_id, ids, days)


@exports.get(
    "/segments/{segment_id:uuid}/trend",
    TREND_REPORT,
    Trend,
    _TREND,
    summary="A segment over time",
    tag="segments",
)
async def trend(
    request: ApiRequest,
    segment_id: SegmentInPath,
    bucket: Annotated[Bucket, QueryParameter(description="Length of a bucket.")] = "week",
    periods: Annotated[
        int, QueryParameter(ge=1, le=100, description="How many buckets, 1 to 100.")
    ] = 12,
    workspace_id: WorkspaceId = None,
) -> ASGIResponse:
    """By local day, ISO week or month of sending, oldest first, without gaps."""
    return await exports.answer(request, TREND_REPORT, workspace_id, segment_id, bucket, periods)


@get(
    "/segments/{segment_id:uuid}/performance",
    summary="How one segment did",
    tags=["segments"],
    operation_class=DocumentedOperation,
    responses=answers(SegmentReport, _REPORT, problems=GUARDED, cached=True),
)
async def one_performance(
    request: ApiRequest,
    segment_id: SegmentInPath,
    days: Days = 30,
    workspace_id: WorkspaceId = None,
) -> ASGIResponse:
    """Figures of one segment, by hour and weekday of sending, by version of the rule, and by
    campaign with a test of its A/B variants."""
    return await replica_of(request).as_caller(
        request, ONE_PERFORMANCE, workspace_id, segment_id, days
    )


@get(
    "/segments",
    summary="Segments",
    tags=["segments"],
    operation_class=DocumentedOperation,
    responses=answers(
        SegmentPage,
        {"items": [_SEGMENT], "next_cursor": "WyIxIiwiVVMiLCIwMTk1Il0"},
        problems=GUARDED,
        cached=True,
    ),
)
async def list_segments(
    request: ApiRequest,
    archived: Annotated[bool, QueryParameter(description="The archived ones instead.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    workspace_id: WorkspaceId = None,
) -> ASGIResponse:
    """The segments of the workspace by name. Every member knows them."""
    return await database_of(request).as_caller(
        request, LIST, workspace_id, archived, limit, cursor
    )


@post(
    "/segments",
    status_code=201,
    summary="Make a segment",
    tags=["segments"],
    operation_class=DocumentedOperation,
    responses=answers(SegmentHistory, _HISTORY, status=201, problems=(*GUARDED, 409)),
)
async def create_segment(
    request: ApiRequest, data: JSONBody[NewSegment], workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """400 with one entry of ``errors`` per fault of the rule; 409 when the name is taken. What was
    sent before without a note of its segments is matched with the rule by the next refresh. Owners
    and admins only."""
    return await _save(request, workspace_id, None, msgspec.json.encode(data), 201)


@get(
    "/segments/{segment_id:uuid}",
    summary="One segment",
    tags=["segments"],
    operation_class=DocumentedOperation,
    responses=answers(SegmentHistory, _HISTORY, problems=GUARDED, cached=True),
)
async def one_segment(
    request: ApiRequest, segment_id: SegmentInPath, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """A segment with every version of its rule."""
    return await database_of(request).as_caller(request, ONE, workspace_id, segment_id)


@put(
    "/segments/{segment_id:uuid}",
    summary="Change a segment",
    tags=["segments"],
    operation_class=DocumentedOperation,
    responses=answers(SegmentHistory, _HISTORY, problems=(*GUARDED, 409)),
)
async def change_segment(
    request: ApiRequest,
    segment_id: SegmentInPath,
    data: JSONBody[SegmentChange],
    workspace_id: WorkspaceId = None,
) -> Response[bytes]:
    """A changed rule is a new version: who was in the segment when sent to stays so, and figures of
    the former version stay. 409 when the name is taken or ``version`` is another by now. Owners and
    admins only."""
    return await _save(request, workspace_id, segment_id, msgspec.json.encode(data), 200)


@delete(
    "/segments/{segment_id:uuid}",
    status_code=200,
    summary="Archive a segment",
    tags=["segments"],
    operation_class=DocumentedOperation,
    responses=answers(SegmentHistory, _HISTORY, problems=GUARDED),
)
async def archive_segment(
    request: ApiRequest, segment_id: SegmentInPath, workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """Puts the segment away: no list ranks it and nobody enters it any more; its figures stay.
    Undone by PUT with ``archived`` false. Owners and admins only."""
    return await _save(request, workspace_id, segment_id, b'{"archived": true}', 200)


@post(
    "/segments/preview",
    status_code=200,
    summary="Try a rule",
    tags=["segments"],
    operation_class=DocumentedOperation,
    responses=answers(PreviewAnswer, {"count": 1, "items": [_LEAD]}, problems=GUARDED),
)
async def preview(
    request: ApiRequest,
    data: JSONBody[Preview],
    limit: Limit = 10,
    workspace_id: WorkspaceId = None,
) -> Response[bytes]:
    """How many leads fulfil the rule now, and the newest of them, among those the caller may see.
    Nothing is kept. 400 with one entry of ``errors`` per fault of the rule."""
    (body,) = await database_of(request).fetch_row(
        PREVIEW, request.user.user_id, workspace_id, msgspec.json.encode(data.filter), limit
    )
    return _json(body, 200)


@get(
    "/segments/{segment_id:uuid}/leads",
    summary="Leads of a segment",
    tags=["segments"],
    operation_class=DocumentedOperation,
    responses=answers(
        LeadPage,
        {"items": [_LEAD], "next_cursor": "WyIxIiwiVVMiLCIwMTk1Il0"},
        problems=GUARDED,
        cached=True,
    ),
)
async def segment_leads(
    request: ApiRequest,
    segment_id: SegmentInPath,
    limit: Limit = 50,
    cursor: Cursor = None,
    workspace_id: WorkspaceId = None,
) -> ASGIResponse:
    """The leads that fulfil the rule now, newest first, among those the caller may see."""
    return await database_of(request).as_caller(
        request, LEADS, workspace_id, segment_id, limit, cursor
    )


async def _save(
    request: ApiRequest,
    workspace_id: UUID | None,
    segment_id: UUID | None,
    segment: bytes,
    status: int,
) -> Response[bytes]:
    (body,) = await database_of(request).fetch_row(
        SAVE, request.user.user_id, workspace_id, segment_id, segment
    )
    return _json(body, status)


def _json(body: object, status: int) -> Response[bytes]:
    return Response(
        cast("bytes", body),
        status_code=status,
        headers={"Cache-Control": "private, no-cache"},
        media_type="application/json",
    )
