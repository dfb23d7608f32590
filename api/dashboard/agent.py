"""/agent: what agents see of their own work, and the goals they set themselves."""

import asyncio
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter

from api import agent
from api.dashboard import charts, session, visit
from api.parameters import ApiRequest, Cursor
from api.problems import Problem

STAGES = ("assigned", "contacted", "interested", "converted")
GOALS = ("conversions", "revenue", "responseTimeHours")
FILTERS = ("all", "calls", "emails", "meetings", "conversions")
SHOWN = 20
MOST_SHOWN = 200
"""Activities on a page: at first, and as many as the service gives at once."""

Days = Annotated[int, QueryParameter(ge=1, le=365, description="Local days ending today.")]
Shown = Annotated[
    int, QueryParameter(ge=1, le=MOST_SHOWN, description="How many activities to show.")
]


@get("/agent")
async def agent_page(
    request: ApiRequest,
    days: Days = 30,
    revenue: agent.RevenuePeriod = "daily",
    goals: agent.GoalPeriod = "monthly",
    filter: agent.ActivityFilter = "all",
    shown: Shown = SHOWN,
    cursor: Cursor = None,
) -> Response[bytes]:
    """The caller's own figures; 403 for everybody who is no agent."""
    seen = await visit.open_visit(request)
    return await _page(seen, days, revenue, goals, filter, shown, cursor)


class Timeline:
    """What the macro ``activities`` shows. The list grows in place while there is more to show
    and the service gives more at once: then ``more_shown`` is how many come next."""

    filters = FILTERS

    def __init__(
        self, done: visit.Panel[agent.Activities], filter: str, shown: int, cursor: str | None
    ) -> None:
        self.done = done
        self.filter = filter
        self.shown = shown
        self.is_first = cursor is None
        is_more = done.found is not None and done.found.next_cursor is not None
        self.more_shown = min(shown + SHOWN, MOST_SHOWN) if is_more and shown < MOST_SHOWN else None


@post("/agent/targets")
async def set_targets(request: ApiRequest) -> Response[bytes]:
    """Sets the goals of a period: those that are filled in, instead of those there were."""
    fields = session.text_fields(await session.read_form(request))
    seen = await visit.open_visit(request)
    period = msgspec.convert(fields.get("period", "monthly"), agent.Period)
    try:
        targets = msgspec.convert(
            {name: fields[name] for name in GOALS if fields.get(name, "").strip()},
            agent.Targets,
            strict=False,
        )
        await seen.write(agent.Goals, agent.SET_GOALS, period, msgspec.json.encode(targets), False)
    except msgspec.ValidationError as error:
        return await _page(seen, goals=period, refused=Problem(400, str(error)))
    except Problem as problem:
        if problem.status not in (400, 409):
            raise
        return await _page(seen, goals=period, refused=problem)
    return visit.redirect(f"/agent?goals={period}#goals")


async def _page(
    seen: visit.Visit,
    days: int = 30,
    revenue: str = "daily",
    goals: str = "monthly",
    filter: str = "all",
    shown: int = SHOWN,
    cursor: str | None = None,
    refused: Problem | None = None,
) -> Response[bytes]:
    # In two parts: more than six at once have no types.
    (found, funnel, sources, money), (targets, told, done, badges) = await asyncio.gather(
        asyncio.gather(
            seen.read(agent.AgentKpis, agent.KPIS, days),
            seen.read(agent.Funnel, agent.FUNNEL, days),
            seen.read(agent.LeadSources, agent.LEAD_SOURCES, days),
            seen.read(agent.RevenueTrends, agent.REVENUE_TRENDS, revenue),
        ),
        asyncio.gather(
            seen.read(agent.Goals, agent.GOALS, goals),
            seen.read(agent.Insights, agent.INSIGHTS, days, seen.language),
            seen.panel(agent.Activities, agent.ACTIVITIES, filter, shown, cursor),
            seen.read(agent.Achievements, agent.ACHIEVEMENTS),
        ),
    )
    t, f = seen.t, seen.f
    return seen.page(
        "agent.html",
        status=200 if refused is None else refused.status,
        found=found,
        funnel=funnel,
        targets=targets,
        goals={
            name: goal
            for name, goal in msgspec.structs.asdict(targets.goals).items()
            if goal is not msgspec.UNSET
        },
        money=money,
        insights=told.insights,
        badges=badges,
        days=days,
        revenue=revenue,
        period=goals,
        timeline=Timeline(done, filter, shown, cursor),
        refused=refused,
        funnel_rows=[(t(f"funnel.{s}"), f.number(getattr(funnel.funnel, s))) for s in STAGES],
        source_rows=[
            (s.source, f.number(s.count), f.percent(s.conversion_rate), f.money(s.revenue))
            for s in sources.sources
        ],
        revenue_rows=[(f.day(r.date), f.money(r.revenue)) for r in money.data],
        charts={
            "funnel": charts.level_bars(
                [{"what": t(f"funnel.{s}"), "figure": getattr(funnel.funnel, s)} for s in STAGES],
                t("agent.leads"),
            ),
            "sources": charts.level_bars(
                [{"what": s.source, "figure": s.count} for s in sources.sources],
                t("agent.leads"),
            ),
            "revenue": charts.daily_bars(
                [
                    {"day": r.date, "figure": r.revenue, "what": t("agent.revenue")}
                    for r in money.data
                ],
                seen.workspace.currency,
            ),
        },
    )


PAGES = [agent_page, set_targets]
