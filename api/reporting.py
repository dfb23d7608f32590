"""Branch reports: templates, subscriptions, reports that were made, and sending them.

What a report says, who may, when it is due and what became of it is decided in SQL (schema
reporting). Here addresses of webhooks and templates are looked at before they are kept, and pages
and PDFs are drawn from the report that SQL made. Sending is the worker's.
"""

import asyncio
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar, cast
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response.base import ASGIResponse

from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, Cursor, Limit, WorkspaceId, database_of
from api.problems import FieldError, Problem
from api.rendering import document, pdf, sample, sandbox
from api.webhook_urls import ForbiddenUrl, parse

TEMPLATES = "select etag, body from service.report_templates($1, $2, $3, $4, $5)"
TEMPLATE = "select etag, body from service.report_template($1, $2, $3, $4)"
SAVE_TEMPLATE = "select body from service.save_report_template($1, $2, $3, $4)"
DELETE_TEMPLATE = "select removed from service.delete_report_template($1, $2, $3)"
REPORT_RIGHT = "select allowed from service.report_right($1, $2)"
SUBSCRIPTIONS = "select etag, body from service.report_subscriptions($1, $2, $3, $4, $5, $6)"
SUBSCRIPTION = "select etag, body from service.report_subscription($1, $2, $3, $4)"
SAVE_SUBSCRIPTION = "select body from service.save_report_subscription($1, $2, $3, $4)"
DELETE_SUBSCRIPTION = "select removed from service.delete_report_subscription($1, $2, $3)"
GENERATE = "select body from service.generate_report($1, $2, $3)"
SEND = "select body from service.send_report($1, $2, $3)"
DELIVERIES = "select etag, body from service.report_deliveries($1, $2, $3, $4, $5, $6, $7, $8)"
DELIVERY = "select etag, body from service.report_delivery($1, $2, $3, $4)"
SOURCE = "select body from service.report_source($1, $2, $3)"

# A page of a report is shown as it is: no scripts, nothing from elsewhere, nowhere to send a form.
PAGE_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox"
)

# The same within a page of the dashboard.
FRAMED_POLICY = PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")

ReportType = Literal["daily", "weekly"]
Method = Literal["email", "slack", "webhook"]
Status = Literal["generated", "pending", "sent", "failed", "suppressed"]
SendingStatus = Literal["pending", "claimed", "sent", "failed", "suppressed", "dead"]

Content = Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Description = Annotated[str, msgspec.Meta(max_length=2000)]
Time = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Days = Annotated[list[str], msgspec.Meta(min_length=1, max_length=7)]
Recipients = Annotated[
    list[Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]], msgspec.Meta(max_length=50)
]
SigningKey = Annotated[str, msgspec.Meta(min_length=16, max_length=200)]

# A field is called date.
Day = date

Unset = msgspec.UnsetType
UNSET = msgspec.UNSET

# A webhook as it is shown: given back, it means the one that is kept.
_SHOWN = re.compile(r"^https?://[^/]+/\.\.\.[^/]{0,4}$")

T = TypeVar("T")


class NewTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template of the members' own: MiniJinja; docs/reports.md says what it is given."""

    name: Name
    template_content: Content
    description: Description | Unset | None = UNSET
    template_type: Literal["html"] | Unset = UNSET
    gym_id: UUID | Unset = UNSET


class TemplateChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays as it is."""

    name: Name | Unset = UNSET
    template_content: Content | Unset = UNSET
    description: Description | Unset | None = UNSET
    template_type: Literal["html"] | Unset = UNSET
    gym_id: UUID | Unset = UNSET


class NewSubscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who gets which report when. ``gym_id`` is the workspace. Without ``delivery_days`` a daily
    report comes every day, a weekly one on Mondays; without ``timezone`` the branch's clocks count.
    ``signing_key`` is for the method webhook."""

    branch_id: UUID
    report_type: ReportType
    delivery_method: Method
    recipients: Recipients
    delivery_time: Time
    gym_id: UUID | Unset = UNSET
    delivery_days: Days | Unset | None = UNSET
    template_id: UUID | Unset | None = UNSET
    timezone: str | Unset | None = UNSET
    is_active: bool | Unset = UNSET
    signing_key: SigningKey | Unset = UNSET
    created_by: UUID | Unset = UNSET


class SubscriptionChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays as it is. A webhook may be given back as it was shown."""

    branch_id: UUID | Unset = UNSET
    report_type: ReportType | Unset = UNSET
    delivery_method: Method | Unset = UNSET
    recipients: Recipients | Unset = UNSET
    delivery_time: Time | Unset = UNSET
    gym_id: UUID | Unset = UNSET
    delivery_days: Days | Unset | None = UNSET
    template_id: UUID | Unset | None = UNSET
    timezone: str | Unset | None = UNSET
    is_active: bool | Unset = UNSET
    signing_key: SigningKey | Unset = UNSET
    created_by: UUID | Unset = UNSET


class GenerateRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report of a day, of days (both included), or of yesterday or the last complete week.
    Without recipients nothing is sent."""

    report_type: ReportType
    branch_id: UUID | Unset = UNSET
    gym_id: UUID | Unset = UNSET
    date: Day | Unset = UNSET
    start_date: Day | Unset = UNSET
    end_date: Day | Unset = UNSET
    template_id: UUID | Unset | None = UNSET
    recipients: Recipients | Unset = UNSET
    delivery_method: Method | Unset = UNSET
    signing_key: SigningKey | Unset = UNSET


class SendRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report that was made, for these recipients, or again for all it was meant for."""

    delivery_id: UUID
    gym_id: UUID | Unset = UNSET
    recipients: Recipients | Unset = UNSET
    delivery_method: Method | Unset = UNSET
    signing_key: SigningKey | Unset = UNSET


class Template(Answer, frozen=True):
    """A template of the members' own."""

    id: UUID
    gym_id: UUID
    name: str
    description: str | None
    template_type: str
    template_content: str
    created_by: UUID
    created_at: datetime
    updated_at: datetime


class TemplatePage(Answer, frozen=True):
    """Templates, newest first. ``next_cursor`` is null on the last page."""

    items: list[Template]
    next_cursor: str | None


class Subscription(Answer, frozen=True):
    """Webhooks are shown without what makes them secret, signing keys not at all.
    ``delivery_days`` is null for every day. ``paused_reason`` when it paused by itself."""

    id: UUID
    gym_id: UUID
    branch_id: UUID
    report_type: ReportType
    template_id: UUID | None
    is_active: bool
    paused_reason: str | None
    delivery_method: Method
    recipients: list[str]
    delivery_time: str
    delivery_days: list[str] | None
    timezone: str
    next_delivery_at: datetime | None
    created_by: UUID
    created_at: datetime
    updated_at: datetime


class SubscriptionPage(Answer, frozen=True):
    """Subscriptions, newest first. ``next_cursor`` is null on the last page."""

    items: list[Subscription]
    next_cursor: str | None


class Sending(Answer, frozen=True):
    """What became of a delivery for one recipient. ``failed`` is tried again at
    ``next_attempt_at``, ``dead`` is given up; kind ``notice`` tells the creator of a pause."""

    id: UUID
    recipient: str
    kind: Literal["report", "notice"]
    channel: Method
    status: SendingStatus
    attempts: int
    next_attempt_at: datetime | None
    last_error_class: str | None
    last_error: str | None
    message_id: str | None
    sent_at: datetime | None


class Delivery(Answer, frozen=True):
    """A report that was made: ``report_data`` as it was then, whenever it is read or sent again.
    ``missed``: days on which it was due and could not be made."""

    id: UUID
    gym_id: UUID
    branch_id: UUID
    subscription_id: UUID | None
    report_type: ReportType
    template_id: UUID | None
    delivery_method: Method | None
    recipients: list[str]
    report_period_start: datetime
    report_period_end: datetime
    delivery_status: Status
    delivery_time: datetime | None
    error_message: str | None
    due_at: datetime | None
    is_late: bool
    missed: list[Day]
    as_of: datetime | None
    generation: int | None
    created_at: datetime
    updated_at: datetime
    sendings: list[Sending]
    report_data: dict[str, object]


class DeliveryPage(Answer, frozen=True):
    """Deliveries, newest first. ``next_cursor`` is null on the last page."""

    items: list[Delivery]
    next_cursor: str | None


class _Source(msgspec.Struct):
    report_data: dict[str, object]
    notes: dict[str, object]
    template_content: str | None


TemplateId = Annotated[UUID, PathParameter(description="The template.")]
SubscriptionId = Annotated[UUID, PathParameter(description="The subscription.")]
DeliveryId = Annotated[UUID, PathParameter(description="The delivery.")]
BranchId = Annotated[UUID | None, QueryParameter(description="Of this branch only.")]
StatusFilter = Annotated[Status | None, QueryParameter(description="With this status only.")]
TypeFilter = Annotated[ReportType | None, QueryParameter(description="Of this type only.")]

_GYM = "0195f3c0-0000-7000-8000-000000000001"
_BRANCH = "0195f3c0-0000-7000-8000-000000000011"
_PERSON = "0195f3c0-0000-7000-8000-000000000021"

_TEMPLATE = {
    "id": "0195f3c0-0000-7000-8000-0000000000e1",
    "gym_id": _GYM,
    "name": "Custom daily report",
    "description": "With our colours",
    "template_type": "html",
    "template_content": "<h1>{{ branch }}</h1>{{ figures[0].label }}: {{ figures[0].text }}",
    "created_by": _PERSON,
    "created_at": "2026-03-29T12:00:00+00:00",
    "updated_at": "2026-03-29T12:00:00+00:00",
}

_SUBSCRIPTION = {
    "id": "0195f3c0-0000-7000-8000-0000000000e2",
    "gym_id": _GYM,
    "branch_id": _BRANCH,
    "report_type": "weekly",
    "template_id": "0195f3c0-0000-7000-8000-0000000000e1",
    "is_active": False,
    "paused_reason": "Who made it may no longer see the reports of this branch.",
    "delivery_method": "email",
    "recipients": ["manager@example.com"],
    "delivery_time": "09:00",
    "delivery_days": ["Monday"],
    "timezone": "Europe/Amsterdam",
    "next_delivery_at": "2026-03-30T07:00:00+00:00",
    "created_by": _PERSON,
    "created_at": "2026-03-29T12:00:00+00:00",
    "updated_at": "2026-03-29T12:00:00+00:00",
}

_DELIVERY = {
    "id": "0195f3c0-0000-7000-8000-0000000000e3",
    "gym_id": _GYM,
    "branch_id": _BRANCH,
    "subscription_id": "0195f3c0-0000-7000-8000-0000000000e2",
    "report_type": "weekly",
    "template_id": "0195f3c0-0000-7000-8000-0000000000e1",
    "delivery_method": "email",
    "recipients": ["manager@example.com"],
    "report_period_start": "2026-03-22T23:00:00+00:00",
    "report_period_end": "2026-03-29T21:59:59+00:00",
    "delivery_status": "failed",
    "delivery_time": "2026-03-30T07:00:02+00:00",
    "error_message": "451 try again later",
    "due_at": "2026-03-30T07:00:00+00:00",
    "is_late": False,
    "missed": [],
    "as_of": "2026-03-30T06:59:58+00:00",
    "generation": 1841,
    "created_at": "2026-03-30T07:00:01+00:00",
    "updated_at": "2026-03-30T07:00:02+00:00",
    "sendings": [
        {
            "id": "0195f3c0-0000-7000-8000-0000000000e4",
            "recipient": "manager@example.com",
            "kind": "report",
            "channel": "email",
            "status": "failed",
            "attempts": 1,
            "next_attempt_at": "2026-03-30T07:00:32+00:00",
            "last_error_class": "smtp_4xx",
            "last_error": "451 try again later",
            "message_id": "<0195f3c0-0000-7000-8000-0000000000e4@example.com>",
            "sent_at": "2026-03-30T07:00:33+00:00",
        }
    ],
    "report_data": sample.weekly(),
}


@get(
    "/analytics/reporting/templates",
    summary="Templates for reports",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(
        TemplatePage,
        {"items": [_TEMPLATE], "next_cursor": "WyJpZCJd"},
        problems=GUARDED,
        cached=True,
    ),
)
async def list_templates(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ASGIResponse:
    """The members' own templates, newest first. Owners, admins and managers."""
    return await database_of(request).as_caller(request, TEMPLATES, workspace_id, limit, cursor)


@post(
    "/analytics/reporting/templates",
    summary="Make a template",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Template, _TEMPLATE, status=201, problems=(*GUARDED, 409)),
)
async def create_template(
    request: ApiRequest, data: JSONBody[NewTemplate], workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """Kept only if it can be rendered on a sample: 400 names line and reason. 409 for a name that
    is taken. Owners, admins and managers."""
    return await keep_template(request, workspace_id, data)


async def keep_template(
    request: ApiRequest,
    workspace_id: UUID | None,
    data: NewTemplate,
    template_id: UUID | None = None,
) -> Response[bytes]:
    """The same as the caller of ``request``: a new one, or in place of ``template_id``."""
    await _try_template(request, workspace_id, data)
    return await _save(request, SAVE_TEMPLATE, workspace_id, template_id, data, 201)


@get(
    "/analytics/reporting/templates/{template_id:uuid}",
    summary="One template",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Template, _TEMPLATE, problems=GUARDED, cached=True),
)
async def one_template(
    request: ApiRequest, template_id: TemplateId, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """A template of the members' own. Owners, admins and managers."""
    return await database_of(request).as_caller(request, TEMPLATE, workspace_id, template_id)


@put(
    "/analytics/reporting/templates/{template_id:uuid}",
    summary="Change a template",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Template, _TEMPLATE, problems=(*GUARDED, 409)),
)
async def change_template(
    request: ApiRequest,
    template_id: TemplateId,
    data: JSONBody[TemplateChange],
    workspace_id: WorkspaceId = None,
) -> Response[bytes]:
    """What is left out stays. Kept only if it can be rendered on a sample. A manager changes the
    own templates only."""
    await _try_template(request, workspace_id, data)
    return await _save(request, SAVE_TEMPLATE, workspace_id, template_id, data, 200)


@delete(
    "/analytics/reporting/templates/{template_id:uuid}",
    status_code=200,
    summary="Remove a template",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(dict[str, UUID], {"id": _TEMPLATE["id"]}, problems=(*GUARDED, 409)),
)
async def delete_template(
    request: ApiRequest, template_id: TemplateId, workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """409 while subscriptions use it. A manager removes the own templates only."""
    return await _remove(request, DELETE_TEMPLATE, workspace_id, template_id)


@get(
    "/analytics/reporting/subscriptions",
    summary="Subscriptions to reports",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(
        SubscriptionPage,
        {"items": [_SUBSCRIPTION], "next_cursor": "WyJpZCJd"},
        problems=GUARDED,
        cached=True,
    ),
)
async def list_subscriptions(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    branch_id: BranchId = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ASGIResponse:
    """Newest first: all of the workspace for owners and admins, those of the own branch for
    managers."""
    return await database_of(request).as_caller(
        request, SUBSCRIPTIONS, workspace_id, branch_id, limit, cursor
    )


@post(
    "/analytics/reporting/subscriptions",
    summary="Subscribe to a report",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Subscription, _SUBSCRIPTION, status=201, problems=GUARDED),
)
async def create_subscription(
    request: ApiRequest, data: JSONBody[NewSubscription], workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """Computed under the rights of who makes it, from the next time it is due. Webhooks must be
    https and on the public internet, Slack's at Slack. Owners, admins, managers of the branch."""
    return await subscribe(request, workspace_id, data)


async def subscribe(
    request: ApiRequest, workspace_id: UUID | None, data: NewSubscription
) -> Response[bytes]:
    """The same as the caller of ``request``."""
    _check_recipients(request, data.delivery_method, data.recipients)
    return await _save(request, SAVE_SUBSCRIPTION, workspace_id, None, data, 201)


@get(
    "/analytics/reporting/subscriptions/{subscription_id:uuid}",
    summary="One subscription",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Subscription, _SUBSCRIPTION, problems=GUARDED, cached=True),
)
async def one_subscription(
    request: ApiRequest, subscription_id: SubscriptionId, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """Owners, admins and managers of the branch."""
    return await database_of(request).as_caller(
        request, SUBSCRIPTION, workspace_id, subscription_id
    )


@put(
    "/analytics/reporting/subscriptions/{subscription_id:uuid}",
    summary="Change a subscription",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Subscription, _SUBSCRIPTION, problems=GUARDED),
)
async def change_subscription(
    request: ApiRequest,
    subscription_id: SubscriptionId,
    data: JSONBody[SubscriptionChange],
    workspace_id: WorkspaceId = None,
) -> Response[bytes]:
    """What is left out stays. Paused or without a recipient, a report that waits to be sent is not
    sent to them any more; a new time counts from now on."""
    if not isinstance(data.recipients, Unset):
        method = data.delivery_method
        if isinstance(method, Unset):
            method = await _method_of(request, data.gym_id, workspace_id, subscription_id)
        _check_recipients(request, method, data.recipients)
    return await _save(request, SAVE_SUBSCRIPTION, workspace_id, subscription_id, data, 200)


@delete(
    "/analytics/reporting/subscriptions/{subscription_id:uuid}",
    status_code=200,
    summary="End a subscription",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(dict[str, UUID], {"id": _SUBSCRIPTION["id"]}, problems=GUARDED),
)
async def delete_subscription(
    request: ApiRequest, subscription_id: SubscriptionId, workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """What it has not sent is not sent any more; what it sent stays on record. Its webhooks are
    forgotten."""
    return await _remove(request, DELETE_SUBSCRIPTION, workspace_id, subscription_id)


@post(
    "/analytics/reporting/generate",
    summary="Make a report now",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Delivery, _DELIVERY, status=201, problems=GUARDED),
)
async def generate(
    request: ApiRequest, data: JSONBody[GenerateRequest], workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """The delivery with its figures; with recipients it is sent to them. Without a branch: the own
    one, or the only one. Owners, admins and managers of the branch."""
    method = "email" if isinstance(data.delivery_method, Unset) else data.delivery_method
    if not isinstance(data.recipients, Unset):
        _check_recipients(request, method, data.recipients)
    return await _act(request, GENERATE, workspace_id, data, 201)


@post(
    "/analytics/reporting/send",
    status_code=202,
    summary="Send a report that was made",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Delivery, _DELIVERY, status=202, problems=(*GUARDED, 409)),
)
async def send(
    request: ApiRequest, data: JSONBody[SendRequest], workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """With the figures it was made with. 409 when no recipients are named and nobody had it.
    Owners, admins and managers of the branch."""
    if not isinstance(data.recipients, Unset):
        method = data.delivery_method
        if isinstance(method, Unset):
            # The method of the delivery: Slack's addresses are known by their host.
            webhooks = any(each.startswith("http") for each in data.recipients)
            slack = all("//hooks.slack" in each for each in data.recipients)
            method = ("slack" if slack else "webhook") if webhooks else "email"
        _check_recipients(request, method, data.recipients)
    return await _act(request, SEND, workspace_id, data, 202)


@get(
    "/analytics/reporting/deliveries",
    summary="Reports that were made",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(
        DeliveryPage,
        {"items": [_DELIVERY], "next_cursor": "WyJpZCJd"},
        problems=GUARDED,
        cached=True,
    ),
)
async def list_deliveries(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    branch_id: BranchId = None,
    status: StatusFilter = None,
    report_type: TypeFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ASGIResponse:
    """Newest first, with their figures and with what became of them. ``failed`` includes those that
    are tried again. Owners, admins and managers of the branch."""
    return await database_of(request).as_caller(
        request, DELIVERIES, workspace_id, branch_id, status, report_type, limit, cursor
    )


@get(
    "/analytics/reporting/deliveries/{delivery_id:uuid}",
    summary="One report that was made",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(Delivery, _DELIVERY, problems=GUARDED, cached=True),
)
async def one_delivery(
    request: ApiRequest, delivery_id: DeliveryId, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """Figures, and one entry per recipient. Owners, admins and managers of the branch."""
    return await database_of(request).as_caller(request, DELIVERY, workspace_id, delivery_id)


@get(
    "/analytics/reporting/deliveries/{delivery_id:uuid}/html",
    summary="A report as a page",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(str, "<!DOCTYPE html>...", media_type="text/html", problems=(*GUARDED, 422)),
)
async def delivery_page(
    request: ApiRequest, delivery_id: DeliveryId, workspace_id: WorkspaceId = None
) -> Response[str]:
    """As it looks in a mail; 422 when a template of the members' own cannot be rendered any more.
    Scripts and everything from elsewhere are forbidden to it."""
    return await shown_page(request, workspace_id, delivery_id)


async def shown_page(
    request: ApiRequest, workspace_id: UUID | None, delivery_id: UUID, policy: str = PAGE_POLICY
) -> Response[str]:
    """The same as the caller of ``request``; ``policy`` says what the page may do."""
    source = await _source(request, workspace_id, delivery_id)
    try:
        page = await _drawn(request, lambda: _page(source))
    except sandbox.TemplateError as error:
        raise Problem(422, f"The template cannot be rendered. {error}") from error
    return _shut_in(page, policy)


async def preview(
    request: ApiRequest, workspace_id: UUID, content: str, report_type: ReportType
) -> Response[str]:
    """A template on a sample, rendered and drawn as a delivery is; nothing is kept or sent. For who
    may keep templates. Raises Problem: 422 with line and reason when it cannot be rendered."""
    await database_of(request).fetch_row(REPORT_RIGHT, request.user.user_id, workspace_id)
    report = sample.weekly() if report_type == "weekly" else sample.daily()
    try:
        page = await _drawn(request, lambda: _page(_Source(report, {}, content)))
    except sandbox.TemplateError as error:
        raise Problem(422, errors=[FieldError("template_content", str(error))]) from error
    return _shut_in(page, FRAMED_POLICY)


@get(
    "/analytics/reporting/deliveries/{delivery_id:uuid}/pdf",
    summary="A report on paper",
    tags=["reports"],
    operation_class=DocumentedOperation,
    responses=answers(str, "%PDF-1.7 ...", media_type="application/pdf", problems=GUARDED),
)
async def delivery_pdf(
    request: ApiRequest, delivery_id: DeliveryId, workspace_id: WorkspaceId = None
) -> Response[bytes]:
    """A4, in the built-in layout. Owners, admins and managers of the branch."""
    return await shown_pdf(request, workspace_id, delivery_id)


async def shown_pdf(
    request: ApiRequest, workspace_id: UUID | None, delivery_id: UUID
) -> Response[bytes]:
    """The same as the caller of ``request``."""
    source = await _source(request, workspace_id, delivery_id)
    content = await _drawn(request, lambda: pdf.pdf(source.report_data, source.notes))
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="report-{delivery_id}.pdf"',
            "Cache-Control": "private, no-cache",
        },
    )


def _check_recipients(request: ApiRequest, method: str, recipients: list[str]) -> None:
    """400 for webhooks that may not be posted to. What is no address at all SQL tells."""
    if method == "email":
        return
    loopback: bool = request.app.state.loopback_webhooks
    errors: list[FieldError] = []
    for place, recipient in enumerate(recipients):
        if _SHOWN.match(recipient):
            continue
        try:
            parse(method, recipient, loopback=loopback)
        except ForbiddenUrl as error:
            errors.append(FieldError(f"recipients[{place}]", str(error)))
    if errors:
        raise Problem(400, errors=errors)


async def _method_of(
    request: ApiRequest, gym_id: UUID | Unset, workspace_id: UUID | None, subscription_id: UUID
) -> Method:
    """How a subscription is delivered now."""
    workspace = workspace_id if isinstance(gym_id, Unset) else gym_id
    _, body = await database_of(request).fetch_row(
        SUBSCRIPTION, request.user.user_id, None, workspace, subscription_id
    )
    return msgspec.json.decode(cast("bytes", body), type=Subscription).delivery_method


async def _try_template(
    request: ApiRequest, workspace_id: UUID | None, data: NewTemplate | TemplateChange
) -> None:
    """400 with line and reason for a template that cannot be rendered. Nothing is rendered for who
    may keep none."""
    content = data.template_content
    if isinstance(content, Unset):
        return
    workspace = workspace_id if isinstance(data.gym_id, Unset) else data.gym_id
    await database_of(request).fetch_row(REPORT_RIGHT, request.user.user_id, workspace)
    try:
        await _drawn(request, lambda: document.try_template(content))
    except sandbox.TemplateError as error:
        raise Problem(400, errors=[FieldError("template_content", str(error))]) from error


async def _save(
    request: ApiRequest,
    statement: str,
    workspace_id: UUID | None,
    key: UUID | None,
    data: NewTemplate | TemplateChange | NewSubscription | SubscriptionChange,
    status: int,
) -> Response[bytes]:
    (body,) = await database_of(request).fetch_row(
        statement, request.user.user_id, workspace_id, key, msgspec.json.encode(data)
    )
    return _json(body, status)


async def _act(
    request: ApiRequest,
    statement: str,
    workspace_id: UUID | None,
    data: GenerateRequest | SendRequest,
    status: int,
) -> Response[bytes]:
    (body,) = await database_of(request).fetch_row(
        statement, request.user.user_id, workspace_id, msgspec.json.encode(data)
    )
    return _json(body, status)


async def _remove(
    request: ApiRequest, statement: str, workspace_id: UUID | None, key: UUID
) -> Response[bytes]:
    (removed,) = await database_of(request).fetch_row(
        statement, request.user.user_id, workspace_id, key
    )
    return _json(msgspec.json.encode({"id": removed}), 200)


async def _source(request: ApiRequest, workspace_id: UUID | None, delivery_id: UUID) -> _Source:
    (body,) = await database_of(request).fetch_row(
        SOURCE, request.user.user_id, workspace_id, delivery_id
    )
    return msgspec.json.decode(cast("bytes", body), type=_Source)


async def _drawn(request: ApiRequest, draw: Callable[[], T]) -> T:
    """Drawing takes a processor for a moment: a few at once, and not on the loop."""
    slots: asyncio.Semaphore = request.app.state.drawing_slots
    async with slots:
        return await asyncio.to_thread(draw)


def _page(source: _Source) -> str:
    drawn = document.embedded(document.pictures(source.report_data))
    return document.html(source.report_data, source.notes, drawn, source.template_content)


def _shut_in(page: str, policy: str) -> Response[str]:
    return Response(
        page,
        status_code=200,
        media_type="text/html",
        headers={"Content-Security-Policy": policy, "Cache-Control": "private, no-cache"},
    )


def _json(body: object, status: int) -> Response[bytes]:
    return Response(
        cast("bytes", body),
        status_code=status,
        headers={"Cache-Control": "private, no-cache"},
        media_type="application/json",
    )
