"""How partners work their leads, and how their score comes about."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import PathParameter, QueryParameter
from litestar.response.base import ASGIResponse

from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, Cursor, Limit, WorkspaceId, replica_of
from api.routing import EXAMPLE_DECISION, Decision

LIST = "select etag, body from service.partners_performance($1, $2, $3, $4, $5)"
ONE = "select etag, body from service.partner_performance($1, $2, $3, $4)"
DAILY = "select etag, body from service.partners_daily($1, $2, $3, $4::uuid[])"
DEBUG = "select etag, body from service.performance_debug($1, $2, $3, $4)"


class PartnerPerformance(Answer, frozen=True):
    """Figures of one partner. 30d and 7d: leads created in the last 30 and 7 local days, whatever
    happened to them since; ratings and complaints: given in those days. Rates are 0-1 with four
    decimals; ``pct_`` 0-100, minutes and scores one decimal; money (in the workspace's currency),
    ratings and attempts two. Null: not measured, or nothing to divide by."""

    partner_id: UUID
    partner_name: str
    branch_id: UUID | None
    branch_name: str | None
    leads_assigned_30d: int
    leads_accepted_30d: int
    leads_rejected_30d: int
    conversion_rate_30d: float | None
    avg_response_time_minutes: float | None
    open_leads_count: int
    last_lead_assigned_at: datetime | None
    leads_contacted_30d: int
    avg_first_response_time_minutes_7d: float | None
    avg_first_response_time_minutes_30d: float | None
    median_first_response_time_minutes_30d: float | None
    leads_contacted_within_1h_30d: int
    pct_contacted_within_1h_30d: float | None
    leads_contacted_within_24h_30d: int
    pct_contacted_within_24h_30d: float | None
    ai_trust_score: float | None
    won_leads_7d: int
    lost_leads_7d: int
    deal_rate_7d: float | None
    won_leads_30d: int
    lost_leads_30d: int
    deal_rate_30d: float | None
    deal_rate_low_30d: float | None
    deal_rate_high_30d: float | None
    contact_attempts_30d: int
    avg_contact_attempts_per_lead_30d: float | None
    leads_min_2_attempts_30d: int
    pct_leads_min_2_attempts_30d: float | None
    num_ratings_30d: int
    avg_customer_rating_30d: float | None
    complaints_30d: int
    complaint_rate_30d: float | None
    won_leads_valued_30d: int
    avg_deal_value_30d: float | None
    median_deal_value_30d: float | None
    consistency_score: float | None
    performance_score: float | None
    response_score: float | None
    deal_rate_score: float | None
    follow_up_score: float | None
    feedback_score: float | None
    complaints_score: float | None
    trust_score: float | None
    deal_value_score: float | None
    window_to_day: date
    as_of: datetime


class PartnerPage(Answer, frozen=True):
    """Partners, best score first. ``next_cursor`` is null on the last page."""

    items: list[PartnerPerformance]
    next_cursor: str | None


class PartnerDay(Answer, frozen=True):
    """The leads that were created on one local day, whatever happened to them since."""

    day: date
    leads_assigned: int
    leads_accepted: int
    leads_contacted: int
    won_leads: int
    lost_leads: int


class PartnerDays(Answer, frozen=True):
    """The 30 local days of the 30d figures, oldest first; their sums are those figures.
    ``most_leads_assigned`` is the highest of the days."""

    partner_id: UUID
    most_leads_assigned: int
    as_of: datetime
    days: list[PartnerDay]


class PartnersDaily(Answer, frozen=True):
    """Partners in the order in which they were asked for."""

    items: list[PartnerDays]


class CurveSegment(Answer, frozen=True):
    """The two points of the curve between which the input lies."""

    x0: float
    y0: float
    x1: float
    y1: float


class ScorePart(Answer, frozen=True):
    """One part of the score: input, shrunk towards the workspace's prior, read from the curve,
    replaced by the workspace's mean part where not measured (``is_prior``), weighted. Six
    decimals."""

    part: str
    input_name: str
    input_value: float | None
    n: int | None
    prior: float | None
    shrunk_value: float | None
    curve: CurveSegment | None
    score: float | None
    is_prior: bool
    effective_score: float
    weight: float
    contribution: float | None


class Score(Answer, frozen=True):
    """The contributions of the parts add up to ``performance_score`` (null only when all weights
    are 0)."""

    performance_score: float | None
    weights_version: int
    weights_are_default: bool
    curves_version: int
    curves_are_default: bool
    as_of: datetime
    parts: list[ScorePart]


class PerformanceDebug(Answer, frozen=True):
    """A partner's figures, every step from them to the score, and the last 20 routing decisions
    that chose the partner, newest first."""

    partner: PartnerPerformance
    score: Score
    decisions: list[Decision]


PartnerIds = Annotated[
    list[UUID],
    QueryParameter(
        name="partner_id", min_items=1, max_items=200, description="A partner's user id; repeat it."
    ),
]
PartnerId = Annotated[UUID, QueryParameter(description="The partner's user id.")]
PartnerInPath = Annotated[UUID, PathParameter(description="The partner's user id.")]

_PARTNER = {
    "partner_id": "0195f3c0-0000-7000-8000-000000000003",
    "partner_name": "Mila",
    "branch_id": "0195f3c0-0000-7000-8000-000000000002",
    "branch_name": "Utrecht",
    "leads_assigned_30d": 47,
    "leads_accepted_30d": 40,
    "leads_rejected_30d": 5,
    "conversion_rate_30d": 0.8511,
    "avg_response_time_minutes": 22.4,
    "open_leads_count": 12,
    "last_lead_assigned_at": "2026-03-29T09:41:00+00:00",
    "leads_contacted_30d": 44,
    "avg_first_response_time_minutes_7d": 31.0,
    "avg_first_response_time_minutes_30d": 42.5,
    "median_first_response_time_minutes_30d": 18.0,
    "leads_contacted_within_1h_30d": 38,
    "pct_contacted_within_1h_30d": 80.9,
    "leads_contacted_within_24h_30d": 44,
    "pct_contacted_within_24h_30d": 93.6,
    "ai_trust_score": 85.0,
    "won_leads_7d": 3,
    "lost_leads_7d": 2,
    "deal_rate_7d": 0.6,
    "won_leads_30d": 14,
    "lost_leads_30d": 9,
    "deal_rate_30d": 0.6087,
    "deal_rate_low_30d": 0.4079,
    "deal_rate_high_30d": 0.7784,
    "contact_attempts_30d": 101,
    "avg_contact_attempts_per_lead_30d": 2.15,
    "leads_min_2_attempts_30d": 32,
    "pct_leads_min_2_attempts_30d": 68.1,
    "num_ratings_30d": 9,
    "avg_customer_rating_30d": 4.33,
    "complaints_30d": 1,
    "complaint_rate_30d": 0.0213,
    "won_leads_valued_30d": 14,
    "avg_deal_value_30d": 1840.5,
    "median_deal_value_30d": 1500.0,
    "consistency_score": 71.2,
    "performance_score": 79.3,
    "response_score": 95.8,
    "deal_rate_score": 66.4,
    "follow_up_score": 68.1,
    "feedback_score": 80.2,
    "complaints_score": 78.5,
    "trust_score": 85.0,
    "deal_value_score": 92.1,
    "window_to_day": "2026-03-30",
    "as_of": "2026-03-29T12:00:00+00:00",
}

_CURVE = {"x0": 30, "y0": 100, "x1": 120, "y1": 70}

_DEBUG = {
    "partner": _PARTNER,
    "score": {
        "performance_score": 79.312345,
        "weights_version": 1,
        "weights_are_default": True,
        "curves_version": 1,
        "curves_are_default": True,
        "as_of": "2026-03-29T12:00:00+00:00",
        "parts": [
            {
                "part": "response",
                "input_name": "avg_first_response_time_minutes_30d",
                "input_value": 42.5,
                "n": 44,
                "prior": 60.1,
                "shrunk_value": 42.5,
                "curve": _CURVE,
                "score": 95.833333,
                "is_prior": False,
                "effective_score": 95.833333,
                "weight": 0.25,
                "contribution": 23.958333,
            }
        ],
    },
    "decisions": [EXAMPLE_DECISION],
}


@get(
    "/partners/performance",
    summary="How all partners perform",
    tags=["partners"],
    operation_class=DocumentedOperation,
    responses=answers(
        PartnerPage,
        {"items": [_PARTNER], "next_cursor": "WyI3OS4zIiwiTWlsYSIsIjAxOTUiXQ"},
        problems=GUARDED,
        cached=True,
    ),
)
async def list_performance(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ASGIResponse:
    """The partners the caller may see, best score first, then by name and id; partners without a
    score come last. Owners and admins see all, a manager the own branch, everyone else the own
    row."""
    return await replica_of(request).as_caller(request, LIST, workspace_id, limit, cursor)


@get(
    "/partners/daily",
    summary="Leads of partners, day by day",
    tags=["partners"],
    operation_class=DocumentedOperation,
    responses=answers(
        PartnersDaily,
        {
            "items": [
                {
                    "partner_id": "0195f3c0-0000-7000-8000-000000000003",
                    "most_leads_assigned": 4,
                    "as_of": "2026-03-29T12:00:00+00:00",
                    "days": [
                        {
                            "day": "2026-03-29",
                            "leads_assigned": 4,
                            "leads_accepted": 3,
                            "leads_contacted": 3,
                            "won_leads": 1,
                            "lost_leads": 0,
                        }
                    ],
                }
            ]
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def partners_daily(
    request: ApiRequest, partner_ids: PartnerIds, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """The last 30 local days of up to 200 partners. Those the caller may not see are left out."""
    return await replica_of(request).as_caller(
        request, DAILY, workspace_id, [str(partner_id) for partner_id in partner_ids]
    )


@get(
    "/partners/{partner_id:uuid}/performance",
    summary="How one partner performs",
    tags=["partners"],
    operation_class=DocumentedOperation,
    responses=answers(PartnerPerformance, _PARTNER, problems=GUARDED, cached=True),
)
async def one_performance(
    request: ApiRequest, partner_id: PartnerInPath, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """403 for a member of the own workspace whom the caller may not see, 404 for everyone
    unknown."""
    return await replica_of(request).as_caller(request, ONE, workspace_id, partner_id)


@get(
    "/admin/ai-router/performance-debug",
    summary="How a partner's score came about",
    tags=["partners"],
    operation_class=DocumentedOperation,
    responses=answers(PerformanceDebug, _DEBUG, problems=GUARDED, cached=True),
)
async def performance_debug(
    request: ApiRequest, partner_id: PartnerId, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """Every input, shrunk value, curve point, weight and part of the score, and the partner's last
    20 routing decisions. Owners and admins only."""
    return await replica_of(request).as_caller(request, DEBUG, workspace_id, partner_id)
