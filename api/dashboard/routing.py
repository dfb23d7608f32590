"""/routing: settings with a simulation beside them, the log of decisions, and leads nobody has."""

import asyncio
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery, QueryParameter

from api import routing
from api.dashboard import session, visit
from api.parameters import ApiRequest, Cursor
from api.problems import FieldError, Problem

DECISIONS_PER_PAGE = 25
WAITING_SHOWN = 100

SLIDERS = ("regionWeight", "performanceWeight", "fairnessWeight")


class Wanted(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Settings as the form sends them; what is empty stays as it is."""

    region_weight: float | None = None
    performance_weight: float | None = None
    fairness_weight: float | None = None
    exploration_share: float | None = None
    accept_minutes: float | None = None
    max_hops: float | None = None


Days = Annotated[int | None, QueryParameter(ge=1, le=90, description="Days to replay.")]


@get("/routing")
async def routing_page(
    request: ApiRequest,
    days: Days = None,
    regionWeight: FromQuery[float | None] = None,  # noqa: N803 - as the API calls it
    performanceWeight: FromQuery[float | None] = None,  # noqa: N803
    fairnessWeight: FromQuery[float | None] = None,  # noqa: N803
    explorationShare: FromQuery[float | None] = None,  # noqa: N803
    acceptMinutes: FromQuery[float | None] = None,  # noqa: N803
    maxHops: FromQuery[float | None] = None,  # noqa: N803
    cursor: Cursor = None,
    saved: FromQuery[bool] = False,
) -> Response[bytes]:
    """Everything at once; with ``days``, what the settings in the address would have done."""
    wanted = Wanted(
        regionWeight, performanceWeight, fairnessWeight, explorationShare, acceptMinutes, maxHops
    )
    return await _page(request, wanted, days, cursor, saved=saved)


@post("/routing/settings")
async def save(request: ApiRequest) -> Response[bytes]:
    """A new version of the settings."""
    form = await session.read_form(request)
    seen = await visit.open_visit(request)
    wanted = _wanted(session.text_fields(form))
    try:
        await seen.write(
            routing.RoutingSettings, routing.CHANGE_SETTINGS, msgspec.json.encode(wanted)
        )
    except Problem as problem:
        if problem.status != 400:
            raise
        return await _page(request, wanted, None, None, refused=problem)
    return visit.redirect("/routing?saved=true")


@get("/routing/leads/{lead_id:uuid}")
async def lead_page(request: ApiRequest, lead_id: routing.LeadInPath) -> Response[bytes]:
    """Why a lead went where it went, with every candidate."""
    seen = await visit.open_visit(request)
    found = await seen.read(routing.Explanation, routing.EXPLANATION, lead_id, seen.language)
    return seen.page("lead.html", found=found)


async def _page(
    request: ApiRequest,
    wanted: Wanted,
    days: int | None,
    cursor: str | None,
    *,
    saved: bool = False,
    refused: Problem | None = None,
) -> Response[bytes]:
    seen = await visit.open_visit(request)
    now = await seen.read(routing.RoutingSettings, routing.SETTINGS)
    decisions, waiting, simulated = await asyncio.gather(
        seen.panel(
            routing.DecisionPage, routing.DECISIONS, seen.language, DECISIONS_PER_PAGE, cursor
        ),
        seen.panel(routing.WaitingPage, routing.WAITING, WAITING_SHOWN, None),
        _simulated(seen, wanted, days),
    )
    return seen.page(
        "routing.html",
        status=200 if refused is None else 400,
        sliders=SLIDERS,
        settings=(*SLIDERS, "explorationShare", "acceptMinutes", "maxHops"),
        now=msgspec.to_builtins(now),
        wanted=msgspec.to_builtins(now) | msgspec.to_builtins(wanted),
        days=days,
        simulated=simulated,
        decisions=decisions,
        waiting=waiting,
        is_first=cursor is None,
        saved=saved,
        refused=refused,
    )


async def _simulated(
    seen: visit.Visit, wanted: Wanted, days: int | None
) -> visit.Panel[routing.Simulation] | None:
    """What the wanted settings would have done; None when nobody asked."""
    if days is None:
        return None
    return await visit.shown(
        seen.write(routing.Simulation, routing.SIMULATE, days, msgspec.json.encode(wanted))
    )


def _wanted(fields: dict[str, str]) -> Wanted:
    given = {name: text for name, text in fields.items() if text.strip()}
    try:
        return msgspec.convert(given, Wanted, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(400, errors=[FieldError("", str(error))]) from error


PAGES = [routing_page, save, lead_page]
