"""/team: the leaderboard, and one person's page."""

import asyncio
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.response.base import ASGIResponse

from api import exports, insights, reps
from api.agent import Activities, ActivityFilter
from api.dashboard import agent, charts, visit
from api.parameters import ApiRequest, Cursor

# Column of the table -> what the leaderboard is sorted by.
COLUMNS = {
    "new_leads": "new_leads_owned",
    "leads_worked": "leads_worked",
    "tasks_completed": "tasks_completed",
    "replies": "campaign_replies",
    "reply_rate": "campaign_reply_rate",
    "conversion_rate": "conversion_rate",
}

Other = Annotated[
    UUID | None, QueryParameter(name="with", description="A colleague to stand beside.")
]


@get("/team/performance")
async def leaderboard_page(
    request: ApiRequest, days: reps.Days = 30, sort_by: reps.SortBy = "replies"
) -> Response[bytes]:
    """Everybody the caller may see, best first."""
    seen = await visit.open_visit(request)
    rows, metrics, goals = await asyncio.gather(
        seen.read(list[reps.RepPerformance], reps.LEADERBOARD, days, sort_by),
        seen.read(reps.MetricPage, reps.METRICS),
        seen.read(reps.TeamGoals, reps.TEAM_GOALS),
    )
    own = [metric for metric in metrics.items if metric.id is not None]
    return seen.page(
        "team.html",
        rows=rows,
        goals=goals.items,
        own=own,
        days=days,
        sort_by=sort_by,
        columns=COLUMNS,
    )


@get("/team/performance.csv", opt={"kind": "csv"})
async def leaderboard_csv(
    request: ApiRequest, days: reps.Days = 30, sort_by: reps.SortBy = "replies"
) -> ASGIResponse:
    return await _file(request, days, sort_by)


@get("/team/performance.xlsx", opt={"kind": "xlsx"})
async def leaderboard_xlsx(
    request: ApiRequest, days: reps.Days = 30, sort_by: reps.SortBy = "replies"
) -> ASGIResponse:
    return await _file(request, days, sort_by)


@get("/team/performance.pdf", opt={"kind": "pdf"})
async def leaderboard_pdf(
    request: ApiRequest, days: reps.Days = 30, sort_by: reps.SortBy = "replies"
) -> ASGIResponse:
    return await _file(request, days, sort_by)


@get("/team/{user_id:uuid}")
async def person_page(
    request: ApiRequest,
    user_id: reps.PersonInPath,
    days: reps.Days = 30,
    other: Other = None,
    filter: ActivityFilter = "all",
    shown: agent.Shown = agent.SHOWN,
    cursor: Cursor = None,
) -> Response[bytes]:
    """One person: figures, insights, days, sources, segments, activities, badges; beside a
    colleague when asked."""
    seen = await visit.open_visit(request)
    person, trend, colleagues, compared, told, done = await asyncio.gather(
        seen.read(reps.RepPage, reps.PAGE, user_id, days),
        seen.read(reps.Trend, reps.TRENDS, user_id, "week", 12),
        seen.read(list[reps.RepPerformance], reps.PERFORMANCE, days, None),
        _compared(seen, user_id, other, days),
        seen.panel(insights.MemberInsights, insights.INSIGHTS, user_id, days, seen.language),
        seen.panel(Activities, reps.TIMELINE, user_id, filter, shown, cursor),
    )
    t, f = seen.t, seen.f
    return seen.page(
        "person.html",
        person=person,
        told=told,
        timeline=agent.Timeline(done, filter, shown, cursor),
        days=days,
        other=other,
        compared=compared,
        colleagues=[c for c in colleagues if c.user_id not in (None, user_id)],
        day_rows=[
            (f.day(d.day), f.number(d.new_leads), f.number(d.tasks_completed), f.number(d.replies))
            for d in person.daily
        ],
        source_rows=[
            (name or t("person.no-source"), f.percent(share))
            for name, share in person.source_breakdown.items()
        ],
        week_rows=[
            (
                f.day(b.from_day),
                f.number(b.new_leads_owned),
                f.number(b.leads_worked),
                f.number(b.campaign_replies),
                f.percent(b.campaign_reply_rate),
            )
            for b in trend.items
        ],
        charts={
            "tasks": charts.daily_bars(
                [
                    {"day": d.day, "figure": d.tasks_completed, "what": t("team.tasks_completed")}
                    for d in person.daily
                ],
                t("team.tasks_completed"),
            ),
            "replies": charts.daily_line(
                [
                    {"day": d.day, "figure": d.replies, "what": t("team.replies")}
                    for d in person.daily
                ],
                t("team.replies"),
            ),
            "sources": charts.level_bars(
                [
                    {"what": name or t("person.no-source"), "figure": share}
                    for name, share in person.source_breakdown.items()
                ],
                t("person.percent"),
            ),
            "weeks": charts.daily_line(
                [
                    {"day": b.from_day, "figure": figure, "what": t(f"team.{name}")}
                    for b in trend.items
                    for name, figure in (
                        ("leads_worked", b.leads_worked),
                        ("replies", b.campaign_replies),
                    )
                ],
                t("person.per-week"),
            ),
        },
    )


async def _compared(
    seen: visit.Visit, user_id: UUID, other: UUID | None, days: int
) -> visit.Panel[list[reps.RepPerformance]] | None:
    if other is None:
        return None
    people = [str(user_id), str(other)]
    return await seen.panel(list[reps.RepPerformance], reps.COMPARISON, people, days)


async def _file(request: ApiRequest, days: int, sort_by: str) -> ASGIResponse:
    """The leaderboard as the API gives it; which kind of file, the route says."""
    seen = await visit.open_visit(request)
    return await exports.answer(
        request, reps.LEADERBOARD_REPORT, seen.workspace.workspace_id, days, sort_by
    )


PAGES = [leaderboard_page, leaderboard_csv, leaderboard_xlsx, leaderboard_pdf, person_page]
