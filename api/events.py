"""Facts as they happen: a batch of typed events, one result each.

The shape of an event is checked here, one by one, against a union of the types below; what it
names, and whether the caller may, is checked by crm.record_events, which also applies it.
docs/events.md describes every field, crm.event_fields() is the catalogue, and a test keeps the
three alike.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, cast
from uuid import UUID

import msgspec
from litestar import post
from litestar.openapi.spec import Example, OpenAPIMediaType, Reference, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from msgspec import Meta

from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, WorkspaceId, database_of
from api.problems import Problem

RECORD = "select body from service.record_events($1, $2, $3)"
MOST_EVENTS = 1000

JSON = "application/json"
NDJSON = "application/x-ndjson"

Time = Annotated[datetime, Meta(tz=True)]
Text = str | None
Value = Annotated[object, Meta(extra_json_schema={"description": "Any JSON value."})]
Status = Literal[
    "new",
    "accepted",
    "rejected",
    "contacted",
    "in_progress",
    "qualified",
    "won",
    "lost",
    "completed",
]


class Event(msgspec.Struct, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What every event has. ``event_id`` is the sender's key: a repeat is acknowledged, not applied
    again. A person is named by user id, e-mail address or external id."""

    event_id: UUID
    occurred_at: Time
    source_system: Text = None
    actor: Text = None


class DescribedLead(Event, kw_only=True):
    """A lead with what is known of it."""

    lead_id: UUID | None = None
    branch: Text = None
    first_name: Text = None
    last_name: Text = None
    company: Text = None
    job_title: Text = None
    email: Text = None
    phone: Text = None
    source: Text = None
    industry: Text = None
    country: Text = None
    province: Text = None
    postcode: Text = None
    company_size: Text = None
    tags: list[str] | None = None
    score: float | None = None
    price_at_purchase: float | None = None
    deal_value: float | None = None


class AboutLead(Event, kw_only=True):
    """The lead, by one of two keys."""

    lead_id: UUID | None = None
    lead_external_id: Text = None


class AboutRecipient(AboutLead, kw_only=True):
    """A lead in a campaign."""

    campaign_id: UUID | None = None
    campaign_external_id: Text = None


class LeadCreated(DescribedLead, tag="lead.created", kw_only=True):
    """``lead_id`` is the sender's own choice of key."""

    external_id: Text = None
    owner: Text = None
    created_by: Text = None
    status: Status | None = None


class LeadUpdated(DescribedLead, tag="lead.updated", kw_only=True):
    """An explicit null clears a field."""

    lead_external_id: Text = None


class LeadStatusChanged(AboutLead, tag="lead.status_changed", kw_only=True):
    status: Status
    deal_value: float | None = None


class LeadAssigned(AboutLead, tag="lead.assigned", kw_only=True):
    """Null: nobody owns it any more."""

    owner: str | None


class ActivityLogged(AboutLead, tag="activity.logged", kw_only=True):
    activity_type: str
    title: Text = None
    description: Text = None
    duration_seconds: int | None = None
    metadata: dict[str, Value] | None = None
    external_id: Text = None


class TaskCreated(AboutLead, tag="task.created", kw_only=True):
    title: Text = None
    due_at: Time | None = None
    assigned_to: Text = None
    task_id: UUID | None = None
    external_id: Text = None


class TaskCompleted(Event, tag="task.completed", kw_only=True):
    task_id: UUID | None = None
    task_external_id: Text = None


class NoteCreated(AboutLead, tag="note.created", kw_only=True):
    body: str
    external_id: Text = None


class CallLogged(AboutLead, tag="call.logged", kw_only=True):
    direction: Literal["inbound", "outbound"]
    status: Literal["completed", "missed", "failed"]
    branch: Text = None
    outcome: Text = None
    duration_seconds: int | None = None
    notes: Text = None
    external_id: Text = None


class CampaignCreated(Event, tag="campaign.created", kw_only=True):
    name: str
    campaign_id: UUID | None = None
    external_id: Text = None
    variants: list[str] | None = None
    segment: Text = None


class CampaignSent(AboutRecipient, tag="campaign.sent", kw_only=True):
    variant: Text = None
    delivered_at: Time | None = None
    segments: list[str] | None = None


class CampaignDelivered(AboutRecipient, tag="campaign.delivered", kw_only=True):
    """The message reached the recipient's mailbox."""


class CampaignOpened(AboutRecipient, tag="campaign.opened", kw_only=True):
    machine: bool | None = None


class CampaignClicked(AboutRecipient, tag="campaign.clicked", kw_only=True):
    """The recipient followed a link."""


class CampaignReplied(AboutRecipient, tag="campaign.replied", kw_only=True):
    auto_reply: bool | None = None


class CampaignBounced(AboutRecipient, tag="campaign.bounced", kw_only=True):
    bounce_kind: Literal["hard", "soft"] | None = None


class FeedbackGiven(AboutLead, tag="feedback.given", kw_only=True):
    rating: Annotated[int, Meta(ge=1, le=5)]
    comment: Text = None
    user: Text = None
    external_id: Text = None


class TicketOpened(AboutLead, tag="ticket.opened", kw_only=True):
    ticket_type: str
    status: Literal["open", "pending", "closed"] | None = None
    upheld: bool | None = None
    subject: Text = None
    user: Text = None
    external_id: Text = None


AnyEvent = (
    LeadCreated
    | LeadUpdated
    | LeadStatusChanged
    | LeadAssigned
    | ActivityLogged
    | TaskCreated
    | TaskCompleted
    | NoteCreated
    | CallLogged
    | CampaignCreated
    | CampaignSent
    | CampaignDelivered
    | CampaignOpened
    | CampaignClicked
    | CampaignReplied
    | CampaignBounced
    | FeedbackGiven
    | TicketOpened
)


class EventResult(Answer, frozen=True):
    """What became of one event. ``event_id`` is null where it could not be read; ``reason`` where
    nothing is wrong."""

    event_id: UUID | None
    result: Literal["applied", "duplicate", "rejected"]
    reason: str | None


class EventResults(Answer, frozen=True):
    """One result per event, in order, and how often each occurs."""

    applied: int
    duplicate: int
    rejected: int
    results: list[EventResult]


_EVENTS = msgspec.json.Decoder(list[msgspec.Raw])
_EVENT = msgspec.json.Decoder(AnyEvent)


class _Recorded(msgspec.Struct):
    """What SQL says of an event."""

    result: Literal["applied", "duplicate", "rejected"]
    reason: str | None


_RECORDED = msgspec.json.Decoder(list[_Recorded])


class _Key(msgspec.Struct):
    event_id: UUID


_KEY = msgspec.json.Decoder(_Key)

_EXAMPLE = {
    "type": "activity.logged",
    "event_id": "0195f3c0-0000-7000-8000-00000000000a",
    "occurred_at": "2026-03-29T09:41:00+02:00",
    "lead_external_id": "4711",
    "activity_type": "phone_call",
    "duration_seconds": 180,
}

_SCHEMA_PREFIX = "#/components/schemas/"


def schemas() -> dict[str, object]:
    """JSON Schemas of the events, for the components of the OpenAPI document."""
    union, components = msgspec.json.schema_components(
        [AnyEvent], ref_template=_SCHEMA_PREFIX + "{name}"
    )
    return {"Event": union[0], **components}


class EventsOperation(DocumentedOperation):
    """The body is read by hand, so that one bad event is one rejected event; here is what it is."""

    def __post_init__(self) -> None:
        super().__post_init__()
        event = Reference(ref=_SCHEMA_PREFIX + "Event")
        batch = Schema(type=OpenAPIType.ARRAY, items=event, min_items=1, max_items=MOST_EVENTS)
        line = msgspec.json.encode(_EXAMPLE).decode()
        self.request_body = RequestBody(
            required=True,
            description="A JSON array, or one event per line.",
            content={
                JSON: OpenAPIMediaType(
                    schema=batch,
                    examples={"batch": Example(summary="A batch", value=[_EXAMPLE])},
                ),
                NDJSON: OpenAPIMediaType(
                    schema=Schema(type=OpenAPIType.STRING),
                    examples={"lines": Example(summary="One event per line", value=line + "\n")},
                ),
            },
        )


@post(
    "/events",
    status_code=200,
    summary="Record events",
    tags=["facts"],
    operation_class=EventsOperation,
    responses=answers(
        EventResults,
        {
            "applied": 0,
            "duplicate": 0,
            "rejected": 1,
            "results": [
                {
                    "event_id": "0195f3c0-0000-7000-8000-00000000000a",
                    "result": "rejected",
                    "reason": 'No such lead: "4711".',
                },
            ],
        },
        problems=(*GUARDED, 408, 409, 413, 415),
    ),
)
async def record(request: ApiRequest, workspace_id: WorkspaceId = None) -> EventResults:
    """Applies up to 1,000 events and answers one result per event, in order: applied, duplicate
    (its event_id was applied before) or rejected with the reason. Good events stay when others
    fail."""
    raw = _split(request.content_type[0], await request.body())
    checked = [_check(event) for event in raw]
    good = [event for event, found in zip(raw, checked, strict=True) if isinstance(found, UUID)]
    (body,) = await database_of(request).fetch_row(
        RECORD, request.user.user_id, workspace_id, b"[" + b",".join(good) + b"]"
    )
    recorded = iter(_RECORDED.decode(cast("bytes", body)))
    results: list[EventResult] = []
    for found in checked:
        if isinstance(found, UUID):
            outcome = next(recorded)
            results.append(EventResult(found, outcome.result, outcome.reason))
        else:
            results.append(found)
    return _count(results)


def _split(content_type: str, body: bytes) -> Sequence[bytes]:
    """The events of a body, unread. Raises Problem."""
    if content_type == JSON:
        events = _elements(body)
    elif content_type == NDJSON:
        events = [line for line in re.split(rb"\r?\n", body) if line.strip()]
    else:
        raise Problem(415, f"Events come as {JSON} or {NDJSON}.")
    if not events:
        raise Problem(400, "The batch holds no event.")
    if len(events) > MOST_EVENTS:
        raise Problem(413, f"One batch holds at most {MOST_EVENTS:,} events.")
    return events


def _elements(body: bytes) -> list[bytes]:
    """The elements of a JSON array, unread. Raises Problem."""
    try:
        return [bytes(event) for event in _EVENTS.decode(body)]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        pass
    # The standard library lets half of a surrogate pair pass, which is then the fault of one event.
    try:
        events = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        events = None
    if not isinstance(events, list):
        raise Problem(400, "The body is not a JSON array of events.")
    return [json.dumps(event).encode() for event in cast("list[object]", events)]


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON.")


def _check(event: bytes) -> UUID | EventResult:
    """The key of an event that has a right shape; otherwise why it is rejected."""
    try:
        return _EVENT.decode(event).event_id
    except RecursionError:
        reason = "The event is nested too deeply."
    except UnicodeDecodeError:
        reason = "The event is not UTF-8."
    except msgspec.ValidationError as error:
        reason = f"{error}."
    except msgspec.DecodeError:
        reason = "The event is not valid JSON."
    return EventResult(_key(event), "rejected", reason)


def _key(event: bytes) -> UUID | None:
    try:
        return _KEY.decode(event).event_id
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _count(results: list[EventResult]) -> EventResults:
    outcomes = [result.result for result in results]
    return EventResults(
        applied=outcomes.count("applied"),
        duplicate=outcomes.count("duplicate"),
        rejected=outcomes.count("rejected"),
        results=results,
    )
