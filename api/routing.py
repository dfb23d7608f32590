"""Who gets which lead: candidates, assignment, answers of partners, explanations, settings.

Everything is decided in SQL (schema routing); a lead that nobody could get waits there, and the
409 that says so is made here, after the wait was committed.
"""

from datetime import datetime
from typing import Annotated, Literal, cast
from uuid import UUID

import msgspec
from litestar import Response, get, post, put
from litestar.params import HeaderParameter, JSONBody, PathParameter
from litestar.response.base import ASGIResponse

from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, Cursor, Language, Limit, WorkspaceId, database_of
from api.problems import Problem

CANDIDATES = "select etag, body from service.routing_candidates($1, $2, $3, $4)"
ASSIGN = "select is_assigned, body from service.assign_lead($1, $2, $3, $4)"
RESPOND = "select body from service.respond_to_offer($1, $2, $3, $4, $5)"
EXPLANATION = "select etag, body from service.lead_explanation($1, $2, $3, $4, $5)"
SETTINGS = "select etag, body from service.routing_settings($1, $2, $3)"
DECISIONS = "select etag, body from service.routing_decisions($1, $2, $3, $4, $5, $6)"
WAITING = "select etag, body from service.routing_waiting($1, $2, $3, $4, $5)"
SIMULATE = "select body from service.simulate_routing($1, $2, $3, $4)"
CHANGE_SETTINGS = "select body from service.change_routing_settings($1, $2, $3)"

Kind = Literal["best", "explored", "sticky", "unroutable", "human_queue"]
Outcome = Literal["accepted", "rejected", "timed_out", "withdrawn"]
RegionMatch = Literal["location", "region", "national", "unknown"]
IndustryMatch = Literal["listed", "any", "unknown"]
PerformanceBasis = Literal["measured", "workspace_mean", "default"]


class Candidate(Answer, frozen=True):
    """A member with a routing profile. ``refusals`` are reason codes, empty for an eligible one:
    deactivated, inactive, paused, open_cap, daily_cap, monthly_cap, industry, region,
    already_refused. Parts and total 0-100; ``credit`` in leads; ``share`` is what the candidate
    accrues by this lead."""

    partner_id: UUID
    partner_name: str | None
    rank: int | None
    eligible: bool
    refusals: list[str]
    total: float | None
    region: float | None
    region_match: RegionMatch | None
    industry_match: IndustryMatch | None
    performance: float
    performance_basis: PerformanceBasis
    fairness: float
    credit: float
    share: float | None
    open_leads: int
    routed_today: int
    routed_this_month: int
    last_lead_at: datetime | None


class Candidates(Answer, frozen=True):
    """Eligible candidates best first, then the refused."""

    lead_id: UUID
    candidates: list[Candidate]


class Decision(Answer, frozen=True, kw_only=True):
    """Who got a lead, or why nobody did (``reasons``: candidates per reason code). ``deadline``
    while the offer stands; ``hop`` counts the decisions about the lead."""

    decision_id: UUID
    lead_id: UUID
    hop: int
    kind: Kind
    partner_id: UUID | None
    partner_name: str | None
    probability: float | None
    credit_before: float | None
    credit_after: float | None
    settings_version: int
    weights_version: int | None
    curves_version: int | None
    decided_at: datetime
    latency_ms: float
    outcome: Outcome | None
    outcome_at: datetime | None
    outcome_reason: str | None
    deadline: datetime | None
    reasons: dict[str, int] | None = None


class DecidedCandidate(Answer, frozen=True):
    """A candidate as it was when the decision was made."""

    partner_id: UUID
    partner_name: str
    rank: int | None
    refusals: list[str]
    total: float | None
    region: float | None
    region_match: RegionMatch | None
    industry_match: IndustryMatch | None
    performance: float
    performance_basis: PerformanceBasis
    fairness: float
    credit: float
    share: float | None
    open_leads: int
    routed_today: int
    routed_this_month: int


class DecidedSettings(Answer, frozen=True, rename="camel"):
    """The settings that a decision was made under."""

    region_weight: int
    performance_weight: int
    fairness_weight: int
    accept_minutes: int
    exploration_share: float
    max_hops: int


class ExplainedDecision(Decision, frozen=True, kw_only=True):
    """A decision in a sentence and in all its parts; ``lead`` is what routing knew of it."""

    language: str
    sentence: str
    lead: dict[str, str]
    settings: DecidedSettings
    candidates: list[DecidedCandidate]


class LoggedDecision(Decision, frozen=True, kw_only=True):
    """A decision with the sentence that says why."""

    language: str
    sentence: str


class DecisionPage(Answer, frozen=True):
    """Decisions, newest first. ``next_cursor`` is null on the last page."""

    items: list[LoggedDecision]
    next_cursor: str | None


class WaitingLead(Answer, frozen=True):
    """A lead that nobody has got. ``queue``: eligibility (tried again by itself) or human;
    ``reasons``: candidates per reason code; ``hops``: refusals so far; ``tried_at`` null: tried at
    once."""

    lead_id: UUID
    queue: Literal["eligibility", "human"]
    reasons: dict[str, int]
    hops: int
    since: datetime
    tried_at: datetime | None
    source: str
    company: str | None
    province: str | None
    industry: str | None


class WaitingPage(Answer, frozen=True):
    """Waiting leads, longest wait first. ``next_cursor`` is null on the last page."""

    items: list[WaitingLead]
    next_cursor: str | None


class Explanation(Answer, frozen=True):
    """All decisions about a lead, first to last."""

    lead_id: UUID
    language: str
    decisions: list[ExplainedDecision]


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A partner's answer to an offer."""

    response: Literal["accept", "reject"]
    reason: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


class Replied(Answer, frozen=True):
    """What became of the offer."""

    decision_id: UUID
    lead_id: UUID
    outcome: Outcome
    outcome_at: datetime


class ScoreWeights(Answer, frozen=True):
    """Weights of the parts of the performance score, 0 to 1 each."""

    response: float
    deal_rate: float
    follow_up: float
    feedback: float
    complaints: float
    trust: float
    deal_value: float
    consistency: float


class RoutingSettings(DecidedSettings, frozen=True, rename="camel"):
    """Settings in force. ``version`` 0: the defaults. Sliders 0-100, not all 0; a partner has
    ``acceptMinutes`` to accept; ``explorationShare`` of the leads (0-0.5) go to any eligible
    partner at random; after ``maxHops`` refusals a lead waits for a human."""

    version: int
    deal_value_basis: Literal["deal_value", "price_at_purchase"]
    score_weights: ScoreWeights
    score_weights_version: int
    score_weights_are_default: bool


class SettingsChange(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True
):
    """What is left out stays as it is. Bounds are checked in SQL."""

    region_weight: float | msgspec.UnsetType = msgspec.UNSET
    performance_weight: float | msgspec.UnsetType = msgspec.UNSET
    fairness_weight: float | msgspec.UnsetType = msgspec.UNSET
    accept_minutes: float | msgspec.UnsetType = msgspec.UNSET
    exploration_share: float | msgspec.UnsetType = msgspec.UNSET
    max_hops: float | msgspec.UnsetType = msgspec.UNSET
    deal_value_basis: str | msgspec.UnsetType = msgspec.UNSET
    score_weights: dict[str, float] | msgspec.UnsetType = msgspec.UNSET


class SimulationRequest(SettingsChange, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Settings as in PUT /api/routing/settings, and how many local days to replay."""

    days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 30


class SimulatedPartner(Answer, frozen=True):
    """``share`` 0-1 of the routed leads; ``cap_hits``: leads that only a cap refused."""

    partner_id: UUID
    partner_name: str
    leads: int
    share: float | None
    cap_hits: int


class Simulation(Answer, frozen=True):
    """What other settings would have done. ``expected_deals`` weighs the real outcomes of logged
    decisions by how likely these settings were to make them; ``effective_sample_size`` says on how
    many decisions that rests. Both are null without logged decisions."""

    leads: int
    routed: int
    unroutable: int
    reasons: dict[str, int]
    partners: list[SimulatedPartner]
    logged_decisions: int
    actual_deals: int
    expected_deals: float | None
    effective_sample_size: float | None
    # Named as in the JSON.
    from_: datetime = msgspec.field(name="from")
    to: datetime


class _Refused(msgspec.Struct):
    """What the 409 needs of a decision."""

    decision_id: str
    kind: Kind
    reasons: dict[str, int]


LeadInPath = Annotated[UUID, PathParameter(description="The lead.")]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same key gets the same decision.",
    ),
]

_LEAD = "0195f3c0-0000-7000-8000-0000000000b1"
_PARTNER = "0195f3c0-0000-7000-8000-000000000003"

_JUDGED: dict[str, object] = {
    "partner_id": _PARTNER,
    "partner_name": "Mila",
    "rank": 1,
    "refusals": [],
    "total": 71.7,
    "region": 70.0,
    "region_match": "region",
    "industry_match": "listed",
    "performance": 79.3,
    "performance_basis": "measured",
    "fairness": 63.3,
    "credit": 0.8,
    "share": 0.25,
    "open_leads": 12,
    "routed_today": 2,
    "routed_this_month": 31,
}

EXAMPLE_DECISION = {
    "decision_id": "0195f3c0-0000-7000-8000-0000000000d1",
    "lead_id": _LEAD,
    "hop": 1,
    "kind": "best",
    "partner_id": _PARTNER,
    "partner_name": "Mila",
    "probability": 1.0,
    "credit_before": 0.8,
    "credit_after": 0.05,
    "settings_version": 3,
    "weights_version": 1,
    "curves_version": 1,
    "decided_at": "2026-03-29T12:00:00+00:00",
    "latency_ms": 2.31,
    "outcome": "rejected",
    "outcome_at": "2026-03-29T12:20:00+00:00",
    "outcome_reason": "Too far away.",
    "deadline": "2026-03-29T13:00:00+00:00",
    "reasons": None,
}

_SLIDERS = {
    "regionWeight": 30,
    "performanceWeight": 40,
    "fairnessWeight": 30,
    "acceptMinutes": 60,
    "explorationShare": 0.05,
    "maxHops": 5,
}

_SETTINGS = {
    **_SLIDERS,
    "version": 3,
    "dealValueBasis": "deal_value",
    "scoreWeights": {
        "response": 0.25,
        "deal_rate": 0.25,
        "follow_up": 0.15,
        "feedback": 0.1,
        "complaints": 0.1,
        "trust": 0.05,
        "deal_value": 0.05,
        "consistency": 0.05,
    },
    "scoreWeightsVersion": 1,
    "scoreWeightsAreDefault": True,
}


@get(
    "/routing/leads/{lead_id:uuid}/candidates",
    summary="Who could get a lead",
    tags=["routing"],
    operation_class=DocumentedOperation,
    responses=answers(
        Candidates,
        {
            "lead_id": _LEAD,
            "candidates": [
                {**_JUDGED, "eligible": True, "last_lead_at": "2026-03-29T09:41:00+00:00"}
            ],
        },
        problems=GUARDED,
    ),
)
async def candidates(
    request: ApiRequest, lead_id: LeadInPath, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """Every member with a routing profile: eligible ones ranked with the parts of their total, the
    others with reason codes. Nothing is assigned. Owners and admins only."""
    return await database_of(request).as_caller(request, CANDIDATES, workspace_id, lead_id)


@post(
    "/routing/leads/{lead_id:uuid}/assign",
    status_code=200,
    summary="Assign a lead",
    tags=["routing"],
    operation_class=DocumentedOperation,
    responses=answers(Decision, EXAMPLE_DECISION, problems=(*GUARDED, 409)),
)
async def assign(
    request: ApiRequest,
    lead_id: LeadInPath,
    workspace_id: WorkspaceId = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[bytes]:
    """Offers the lead to the best eligible partner. The same lead again gets the same decision.
    409 when nobody could get it, with ``reasons`` (candidates per reason code): then the lead waits
    and is tried again; also for a lead that is closed or has an owner. Owners and admins only."""
    is_assigned, body = await database_of(request).fetch_row(
        ASSIGN, request.user.user_id, workspace_id, lead_id, idempotency_key
    )
    if not is_assigned:
        raise _unassigned(cast("bytes", body))
    return _json(body)


@post(
    "/routing/leads/{lead_id:uuid}/respond",
    status_code=200,
    summary="Accept or reject an offered lead",
    tags=["routing"],
    operation_class=DocumentedOperation,
    responses=answers(
        Replied,
        {
            "decision_id": "0195f3c0-0000-7000-8000-0000000000d1",
            "lead_id": _LEAD,
            "outcome": "accepted",
            "outcome_at": "2026-03-29T12:10:00+00:00",
        },
        problems=(*GUARDED, 409),
    ),
)
async def respond(
    request: ApiRequest,
    lead_id: LeadInPath,
    data: JSONBody[Reply],
    workspace_id: WorkspaceId = None,
) -> Response[bytes]:
    """The caller's own answer. A rejection restores the credit, and the next candidate is offered
    the lead. The same answer again changes nothing. 404 for a lead the caller was not offered, 409
    when the offer has ended."""
    (body,) = await database_of(request).fetch_row(
        RESPOND, request.user.user_id, workspace_id, lead_id, data.response, data.reason
    )
    return _json(body)


@get(
    "/routing/leads/{lead_id:uuid}/explanation",
    summary="Why a lead went where it went",
    tags=["routing"],
    operation_class=DocumentedOperation,
    responses=answers(
        Explanation,
        {
            "lead_id": _LEAD,
            "language": "en",
            "decisions": [
                {
                    **EXAMPLE_DECISION,
                    "language": "en",
                    "sentence": "Mila got this lead, the only one eligible of 3 candidates.",
                    "lead": {"province": "Utrecht", "source": "web", "status": "new"},
                    "settings": _SLIDERS,
                    "candidates": [_JUDGED],
                }
            ],
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def explanation(
    request: ApiRequest,
    lead_id: LeadInPath,
    workspace_id: WorkspaceId = None,
    language: Language = "en",
) -> ASGIResponse:
    """Every decision about the lead in a sentence, English or Dutch, and in its parts. Owners and
    admins only."""
    return await database_of(request).as_caller(
        request, EXPLANATION, workspace_id, lead_id, language
    )


@get(
    "/routing/decisions",
    summary="The log of decisions",
    tags=["routing"],
    operation_class=DocumentedOperation,
    responses=answers(
        DecisionPage,
        {
            "items": [
                {
                    **EXAMPLE_DECISION,
                    "language": "en",
                    "sentence": "Mila got this lead, the only one eligible of 3 candidates.",
                }
            ],
            "next_cursor": "WyIwMTk1Il0",
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def decisions(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    language: Language = "en",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ASGIResponse:
    """Newest first, each with a sentence that says why. Owners and admins only."""
    return await database_of(request).as_caller(
        request, DECISIONS, workspace_id, language, limit, cursor
    )


@get(
    "/routing/waiting",
    summary="Leads that nobody has got",
    tags=["routing"],
    operation_class=DocumentedOperation,
    responses=answers(
        WaitingPage,
        {
            "items": [
                {
                    "lead_id": _LEAD,
                    "queue": "eligibility",
                    "reasons": {"region": 7, "open_cap": 2},
                    "hops": 0,
                    "since": "2026-03-29T12:00:00+00:00",
                    "tried_at": "2026-03-29T12:09:00+00:00",
                    "source": "web",
                    "company": "Acme",
                    "province": "Utrecht",
                    "industry": "Solar",
                }
            ],
            "next_cursor": "WyIyMDI2Il0",
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def waiting(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ASGIResponse:
    """Longest wait first, with the number of candidates per reason. Owners and admins only."""
    return await database_of(request).as_caller(request, WAITING, workspace_id, limit, cursor)


@post(
    "/routing/simulation",
    status_code=200,
    summary="What other settings would have done",
    tags=["routing"],
    operation_class=DocumentedOperation,
    responses=answers(
        Simulation,
        {
            "leads": 771,
            "routed": 610,
            "unroutable": 161,
            "reasons": {"region": 4549, "open_cap": 3456},
            "partners": [
                {
                    "partner_id": _PARTNER,
                    "partner_name": "Mila",
                    "leads": 227,
                    "share": 0.3721,
                    "cap_hits": 365,
                }
            ],
            "logged_decisions": 40,
            "actual_deals": 9,
            "expected_deals": 10.25,
            "effective_sample_size": 31.7,
            "from": "2026-02-28T23:00:00+00:00",
            "to": "2026-03-29T12:00:00+00:00",
        },
        problems=(*GUARDED, 413),
    ),
)
async def simulate(
    request: ApiRequest, data: JSONBody[SimulationRequest], workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """Replays the leads of the last ``days`` local days and writes nothing. What is left out is as
    now. Profiles and scores are as now, too. Owners and admins only."""
    wanted = msgspec.to_builtins(data)
    days = wanted.pop("days", 30)
    (body,) = await database_of(request).fetch_row(
        SIMULATE, request.user.user_id, workspace_id, days, msgspec.json.encode(wanted)
    )
    return _json(body)


@get(
    "/routing/settings",
    summary="How leads are routed",
    tags=["routing"],
    operation_class=DocumentedOperation,
    responses=answers(RoutingSettings, _SETTINGS, problems=GUARDED, cached=True),
)
async def routing_settings(request: ApiRequest, workspace_id: WorkspaceId = None) -> ASGIResponse:
    """Sliders, time limit, exploration, deal value basis and score weights in force. Owners and
    admins only."""
    return await database_of(request).as_caller(request, SETTINGS, workspace_id)


@put(
    "/routing/settings",
    summary="Change how leads are routed",
    tags=["routing"],
    operation_class=DocumentedOperation,
    responses=answers(RoutingSettings, _SETTINGS, problems=GUARDED),
)
async def change_routing_settings(
    request: ApiRequest, data: JSONBody[SettingsChange], workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """A new version of the settings; what is left out stays. 400 with one entry of ``errors`` per
    value that is not possible. Owners and admins only."""
    (body,) = await database_of(request).fetch_row(
        CHANGE_SETTINGS, request.user.user_id, workspace_id, msgspec.json.encode(data)
    )
    return _json(body)


def _json(body: object) -> Response[bytes]:
    return Response(
        cast("bytes", body),
        headers={"Cache-Control": "private, no-cache"},
        media_type="application/json",
    )


def _unassigned(body: bytes) -> Problem:
    """The 409 of a lead that nobody got. The reasons are numbers of candidates per code."""
    decision = msgspec.json.decode(body, type=_Refused)
    detail = (
        "This lead was refused too often and waits for a human."
        if decision.kind == "human_queue"
        else "Nobody is eligible for this lead; it waits until somebody is."
    )
    return Problem(
        409,
        detail,
        members={
            "reasons": decision.reasons,
            "kind": decision.kind,
            "decision_id": decision.decision_id,
        },
    )
