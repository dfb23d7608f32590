"""/reports: subscriptions, templates, and the reports that were made, with what became of each."""

import asyncio
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter

from api import branches, reporting
from api.dashboard import session, visit
from api.parameters import ApiRequest, Cursor
from api.problems import FieldError, Problem

PER_PAGE = 20
LISTED = 100
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STATUSES = ("generated", "pending", "sent", "failed", "suppressed")

# What a new template begins with.
STARTER = """<h1>{{ title }}</h1>
<p>{{ branch }}, {{ period }}</p>
<table>
{% for figure in figures %}
  <tr><th align="left">{{ figure.label }}</th><td>{{ figure.text }}</td></tr>
{% endfor %}
</table>
"""

PreviewType = Annotated[
    reporting.ReportType, QueryParameter(description="Which sample the template is shown on.")
]


class Period(msgspec.Struct):
    """The local days of the branch that a report is about, both included."""

    start: date
    end: date


Status = Annotated[
    reporting.Status | None, QueryParameter(description="Only reports of this state.")
]


@get("/reports")
async def report_list(
    request: ApiRequest, status: Status = None, cursor: Cursor = None
) -> Response[bytes]:
    """Everything at once."""
    return await _page(await visit.open_visit(request), status, cursor)


@post("/reports")
async def generate(request: ApiRequest) -> Response[bytes]:
    """Makes a report of a branch; nothing is sent."""
    fields = session.text_fields(await session.read_form(request))
    seen = await visit.open_visit(request)
    try:
        made = await seen.write(
            reporting.Delivery, reporting.GENERATE, msgspec.json.encode(_given(fields))
        )
    except Problem as problem:
        return await _explained(seen, problem, fields)
    return visit.redirect(f"/reports/{made.id}")


@post("/reports/subscriptions")
async def subscribe(request: ApiRequest) -> Response[bytes]:
    """Who gets which report when; checked as the API checks it."""
    form = await session.read_form(request)
    fields = session.text_fields(form)
    seen = await visit.open_visit(request)
    given: dict[str, object] = dict(_given(fields))
    given["recipients"] = fields.get("recipients", "").split()
    days = [day for day in form.getall("delivery_days", []) if isinstance(day, str)]
    if days:
        given["delivery_days"] = days
    else:
        given.pop("delivery_days", None)
    try:
        wanted = msgspec.convert(given, reporting.NewSubscription, strict=False)
        await reporting.subscribe(request, seen.workspace.workspace_id, wanted)
    except msgspec.ValidationError as error:
        return await _explained(seen, _unfit(error), fields)
    except Problem as problem:
        return await _explained(seen, problem, fields)
    return visit.redirect("/reports")


@post("/reports/subscriptions/{subscription_id:uuid}")
async def change_subscription(
    request: ApiRequest, subscription_id: reporting.SubscriptionId
) -> Response[bytes]:
    """Pauses, resumes or removes."""
    fields = session.text_fields(await session.read_form(request))
    seen = await visit.open_visit(request)
    if fields.get("do") == "remove":
        await _remove(seen, reporting.DELETE_SUBSCRIPTION, subscription_id)
    else:
        is_active = fields.get("do") == "resume"
        await seen.write(
            reporting.Subscription,
            reporting.SAVE_SUBSCRIPTION,
            subscription_id,
            msgspec.json.encode({"is_active": is_active}),
        )
    return visit.redirect("/reports")


@post("/reports/templates")
async def save_template(request: ApiRequest) -> Response[bytes]:
    """Keeps a template that can be rendered."""
    fields = session.text_fields(await session.read_form(request))
    seen = await visit.open_visit(request)
    try:
        await _keep(seen, fields)
    except Problem as problem:
        return _kept_out(seen, problem, None, fields)
    return visit.redirect("/reports#templates")


@get("/reports/templates/new")
async def new_template(request: ApiRequest) -> Response[bytes]:
    """An editor with a preview beside it."""
    seen = await visit.open_visit(request)
    # Who may keep no template is told so before writing one.
    await seen.read(reporting.TemplatePage, reporting.TEMPLATES, 1, None)
    return _editor(seen, None, {"template_content": STARTER})


@get("/reports/templates/{template_id:uuid}")
async def one_template(request: ApiRequest, template_id: reporting.TemplateId) -> Response[bytes]:
    """The same for a template that there is."""
    seen = await visit.open_visit(request)
    found = await seen.read(reporting.Template, reporting.TEMPLATE, template_id)
    return _editor(
        seen, template_id, {"name": found.name, "template_content": found.template_content}
    )


@get("/reports/templates/{template_id:uuid}/preview")
async def saved_template(
    request: ApiRequest, template_id: reporting.TemplateId, report_type: PreviewType = "weekly"
) -> Response[str] | Response[bytes]:
    """What is kept, on a sample."""
    seen = await visit.open_visit(request)
    found = await seen.read(reporting.Template, reporting.TEMPLATE, template_id)
    return await _previewed(seen, found.template_content, report_type)


@post("/reports/templates/preview", status_code=200)
async def try_template(request: ApiRequest) -> Response[str] | Response[bytes]:
    """What is in the form, on a sample; nothing is kept."""
    fields = session.text_fields(await session.read_form(request))
    seen = await visit.open_visit(request)
    report_type = msgspec.convert(fields.get("report_type", "weekly"), reporting.ReportType)
    return await _previewed(seen, fields.get("template_content", ""), report_type)


@post("/reports/templates/{template_id:uuid}")
async def change_template(
    request: ApiRequest, template_id: reporting.TemplateId
) -> Response[bytes]:
    """Keeps what is in the form, or removes the template."""
    fields = session.text_fields(await session.read_form(request))
    seen = await visit.open_visit(request)
    try:
        if fields.get("do") == "remove":
            await _remove(seen, reporting.DELETE_TEMPLATE, template_id)
            return visit.redirect("/reports#templates")
        await _keep(seen, fields, template_id)
    except Problem as problem:
        return _kept_out(seen, problem, template_id, fields)
    return visit.redirect(f"/reports/templates/{template_id}")


@get("/reports/{delivery_id:uuid}")
async def one_report(request: ApiRequest, delivery_id: reporting.DeliveryId) -> Response[bytes]:
    """The report as it looks in a mail, and what became of it for every recipient."""
    seen = await visit.open_visit(request)
    found = await seen.read(reporting.Delivery, reporting.DELIVERY, delivery_id)
    return _report(seen, found)


@get("/reports/{delivery_id:uuid}/page")
async def report_page(request: ApiRequest, delivery_id: reporting.DeliveryId) -> Response[str]:
    """The report itself, shut in: no scripts, nothing from elsewhere."""
    seen = await visit.open_visit(request)
    return await reporting.shown_page(
        request, seen.workspace.workspace_id, delivery_id, reporting.FRAMED_POLICY
    )


@get("/reports/{delivery_id:uuid}/report.pdf")
async def report_pdf(request: ApiRequest, delivery_id: reporting.DeliveryId) -> Response[bytes]:
    seen = await visit.open_visit(request)
    return await reporting.shown_pdf(request, seen.workspace.workspace_id, delivery_id)


@post("/reports/{delivery_id:uuid}/send")
async def send(request: ApiRequest, delivery_id: reporting.DeliveryId) -> Response[bytes]:
    """To whom the form names, or again to all it was meant for."""
    fields = session.text_fields(await session.read_form(request))
    seen = await visit.open_visit(request)
    given: dict[str, object] = {"delivery_id": str(delivery_id)}
    if people := fields.get("recipients", "").split():
        given |= {"recipients": people, "delivery_method": "email"}
    try:
        await seen.write(reporting.Delivery, reporting.SEND, msgspec.json.encode(given))
    except Problem as problem:
        if problem.status not in (400, 409, 422):
            raise
        found = await seen.read(reporting.Delivery, reporting.DELIVERY, delivery_id)
        return _report(seen, found, problem)
    return visit.redirect(f"/reports/{delivery_id}")


async def _page(
    seen: visit.Visit,
    status: str | None = None,
    cursor: str | None = None,
    refused: Problem | None = None,
    fields: dict[str, str] | None = None,
) -> Response[bytes]:
    made, subscriptions, templates, places = await asyncio.gather(
        seen.read(
            reporting.DeliveryPage, reporting.DELIVERIES, None, status, None, PER_PAGE, cursor
        ),
        seen.read(reporting.SubscriptionPage, reporting.SUBSCRIPTIONS, None, LISTED, None),
        seen.read(reporting.TemplatePage, reporting.TEMPLATES, LISTED, None),
        seen.read(branches.BranchPage, branches.LIST),
    )
    own = seen.workspace.branch_id
    managed = [b for b in places.items if seen.is_admin or b.branch_id == own]
    return seen.page(
        "reports.html",
        status=200 if refused is None else refused.status,
        made=made,
        periods={str(delivery.id): _period(delivery) for delivery in made.items},
        subscriptions=subscriptions.items,
        templates=templates.items,
        branches=managed,
        names={str(b.branch_id): b.branch_name for b in places.items},
        weekdays=WEEKDAYS,
        statuses=STATUSES,
        state=status,
        refused=refused,
        fields=fields or {},
        is_first=cursor is None,
    )


async def _keep(seen: visit.Visit, fields: dict[str, str], key: UUID | None = None) -> None:
    """Keeps the template of a form if it can be rendered. Raises Problem."""
    given = {name: fields[name] for name in ("name", "template_content") if fields.get(name)}
    try:
        wanted = msgspec.convert(given, reporting.NewTemplate)
    except msgspec.ValidationError as error:
        raise _unfit(error) from error
    await reporting.keep_template(seen.request, seen.workspace.workspace_id, wanted, key)


async def _previewed(
    seen: visit.Visit, content: str, report_type: reporting.ReportType
) -> Response[str] | Response[bytes]:
    """The template, or within the same frame why there is none."""
    workspace_id = seen.workspace.workspace_id
    try:
        return await reporting.preview(seen.request, workspace_id, content, report_type)
    except Problem as problem:
        if problem.status != 422:
            raise
        page = seen.page("preview_refused.html", status=422, problem=problem)
        page.headers["Content-Security-Policy"] = reporting.FRAMED_POLICY
        return page


def _editor(
    seen: visit.Visit, key: UUID | None, fields: dict[str, str], refused: Problem | None = None
) -> Response[bytes]:
    return seen.page(
        "template.html",
        status=200 if refused is None else refused.status,
        key=key,
        fields=fields,
        refused=refused,
    )


def _kept_out(
    seen: visit.Visit, problem: Problem, key: UUID | None, fields: dict[str, str]
) -> Response[bytes]:
    """The editor again, with what is wrong; other refusals are pages of their own."""
    if problem.status not in (400, 409, 422):
        raise problem
    return _editor(seen, key, fields, problem)


def _report(
    seen: visit.Visit, found: reporting.Delivery, refused: Problem | None = None
) -> Response[bytes]:
    return seen.page(
        "report.html",
        status=200 if refused is None else refused.status,
        found=found,
        period=_period(found),
        refused=refused,
    )


def _period(delivery: reporting.Delivery) -> Period:
    return msgspec.convert(delivery.report_data["period"], Period)


async def _explained(
    seen: visit.Visit, problem: Problem, fields: dict[str, str]
) -> Response[bytes]:
    """The page again, with what is wrong with the form; other refusals are pages of their own."""
    if problem.status not in (400, 409, 422):
        raise problem
    return await _page(seen, refused=problem, fields=fields)


async def _remove(seen: visit.Visit, statement: str, key: UUID) -> None:
    await seen.request.app.state.database.fetch_row(
        statement, seen.request.user.user_id, seen.workspace.workspace_id, key
    )


def _given(fields: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if text.strip()}


def _unfit(error: msgspec.ValidationError) -> Problem:
    return Problem(400, errors=[FieldError("", str(error))])


PAGES = [
    report_list,
    generate,
    subscribe,
    change_subscription,
    save_template,
    new_template,
    one_template,
    saved_template,
    try_template,
    change_template,
    one_report,
    report_page,
    report_pdf,
    send,
]
