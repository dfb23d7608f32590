"""/segments: which segments answer, what is in them, and a builder that counts as one types."""

import asyncio
from typing import Annotated, cast
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter

from api import segments
from api.dashboard import charts, session, visit
from api.parameters import ApiRequest, Cursor
from api.problems import FieldError, Problem

PER_PAGE = 50
PREVIEWED = 10
LEADS_SHOWN = 25

# Fields of the builder: several words, separated by commas; one number; yes or no.
LISTS = ("sources", "statuses", "countries", "roles", "company_sizes", "industries", "tags")
NUMBERS = ("min_score", "max_score")
CHOICES = ("has_email", "has_phone")

Days = Annotated[int, QueryParameter(ge=1, le=365, description="Local days ending today.")]
Metric = Annotated[segments.Metric, QueryParameter(description="What segments are ranked by.")]
Text = Annotated[str, QueryParameter(max_length=2000, description="Words, separated by commas.")]
Others = Annotated[
    list[UUID] | None,
    QueryParameter(name="segment_id", max_items=5, description="Segments to stand side by side."),
]


@get("/segments")
async def segment_list(
    request: ApiRequest,
    days: Days = 30,
    metric: Metric = "reply_rate",
    compared: Others = None,
    cursor: Cursor = None,
) -> Response[bytes]:
    """The five best, all of them, and those chosen side by side."""
    seen = await visit.open_visit(request)
    top, found, beside = await asyncio.gather(
        seen.read(segments.TopSegments, segments.TOP, days, metric, 5),
        seen.read(segments.PerformancePage, segments.PERFORMANCE, days, metric, PER_PAGE, cursor),
        _beside(seen, compared, days),
    )
    t, f = seen.t, seen.f
    rates = [(s.segment_name, getattr(s, metric)) for s in top.segments]
    return seen.page(
        "segments.html",
        top=top,
        found=found,
        beside=beside,
        compared={str(key) for key in compared or ()},
        days=days,
        metric=metric,
        is_first=cursor is None,
        top_rows=[(name, f.share(rate)) for name, rate in rates],
        charts={
            "top": charts.level_shares(
                [{"what": name, "figure": rate} for name, rate in rates], t(f"segment.{metric}")
            )
        },
    )


@get("/segments/new")
async def builder(
    request: ApiRequest,
    name: Text = "",
    sources: Text = "",
    statuses: Text = "",
    countries: Text = "",
    roles: Text = "",
    company_sizes: Text = "",
    industries: Text = "",
    tags: Text = "",
    min_score: Text = "",
    max_score: Text = "",
    has_email: Text = "",
    has_phone: Text = "",
) -> Response[bytes]:
    """The form, and who fulfils the rule that is in it."""
    fields = {
        "name": name,
        "sources": sources,
        "statuses": statuses,
        "countries": countries,
        "roles": roles,
        "company_sizes": company_sizes,
        "industries": industries,
        "tags": tags,
        "min_score": min_score,
        "max_score": max_score,
        "has_email": has_email,
        "has_phone": has_phone,
    }
    seen = await visit.open_visit(request)
    return await _builder(seen, fields)


@post("/segments")
async def create(request: ApiRequest) -> Response[bytes]:
    fields = session.text_fields(await session.read_form(request))
    seen = await visit.open_visit(request)
    try:
        wanted = {"name": fields.get("name", ""), "filter": _filter(fields)}
        made = await seen.write(
            segments.SegmentHistory, segments.SAVE, None, msgspec.json.encode(wanted)
        )
    except Problem as problem:
        if problem.status not in (400, 409):
            raise
        return await _builder(seen, fields, problem)
    return visit.redirect(f"/segments/{made.segment_id}")


@get("/segments/{segment_id:uuid}")
async def one_segment(
    request: ApiRequest, segment_id: segments.SegmentInPath, days: Days = 30, cursor: Cursor = None
) -> Response[bytes]:
    """Rule, figures, weeks and leads of a segment."""
    seen = await visit.open_visit(request)
    found, report, trend, leads = await asyncio.gather(
        seen.read(segments.SegmentHistory, segments.ONE, segment_id),
        seen.panel(segments.SegmentReport, segments.ONE_PERFORMANCE, segment_id, days),
        seen.panel(segments.Trend, segments.TREND, segment_id, "week", 12),
        seen.panel(segments.LeadPage, segments.LEADS, segment_id, LEADS_SHOWN, cursor),
    )
    t, f = seen.t, seen.f
    weeks = [] if trend.found is None else trend.found.data
    return seen.page(
        "segment.html",
        found=found,
        rule=msgspec.to_builtins(found.filter),
        report=report,
        leads=leads,
        days=days,
        is_first=cursor is None,
        week_rows=[
            (f.day(w.from_day), f.number(w.leads_sent), f.number(w.replied), f.share(w.reply_rate))
            for w in weeks
        ],
        charts={
            "weeks": charts.daily_shares(
                [
                    {"day": w.from_day, "figure": figure, "what": t(f"segment.{name}")}
                    for w in weeks
                    for name, figure in (("reply_rate", w.reply_rate), ("open_rate", w.open_rate))
                ],
                t("segment.rates"),
            )
        },
    )


async def _beside(
    seen: visit.Visit, compared: list[UUID] | None, days: int
) -> visit.Panel[segments.Comparison] | None:
    if not compared:
        return None
    return await seen.panel(
        segments.Comparison, segments.COMPARE, [str(key) for key in compared], days
    )


async def _builder(
    seen: visit.Visit, fields: dict[str, str], refused: Problem | None = None
) -> Response[bytes]:
    preview: visit.Panel[segments.PreviewAnswer]
    try:
        rule = msgspec.json.encode(_filter(fields))
    except Problem as problem:
        preview = visit.Panel(None, problem)
    else:
        preview = await visit.shown(
            seen.write(segments.PreviewAnswer, segments.PREVIEW, rule, PREVIEWED)
        )
    return seen.page(
        "segment_builder.html",
        status=200 if refused is None else refused.status,
        fields=fields,
        preview=preview,
        refused=refused,
        lists=LISTS,
        numbers=NUMBERS,
        choices=CHOICES,
    )


def _filter(fields: dict[str, str]) -> dict[str, object]:
    """The rule of a form: empty fields do not restrict. Raises Problem."""
    rule: dict[str, object] = {}
    for name in LISTS:
        if words := [word.strip() for word in fields.get(name, "").split(",") if word.strip()]:
            rule[name] = words
    for name in (*NUMBERS, *CHOICES):
        if text := fields.get(name, "").strip():
            rule[name] = text
    try:
        checked = msgspec.convert(rule, segments.SegmentFilter, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(400, errors=[FieldError("", str(error))]) from error
    return cast("dict[str, object]", msgspec.to_builtins(checked))


PAGES = [segment_list, builder, create, one_segment]
