"""/partners: how partners work their leads, and how each score comes about."""

import asyncio

from litestar import Response, get

from api import partners
from api.dashboard import charts, visit
from api.parameters import ApiRequest, Cursor

PER_PAGE = 50

# The eight parts of the score, heaviest first, as the API names them.
PARTS = (
    "response",
    "deal_rate",
    "follow_up",
    "feedback",
    "complaints",
    "trust",
    "deal_value",
    "consistency",
)

PER_DAY = ("leads_assigned", "leads_accepted", "leads_contacted", "won_leads", "lost_leads")


@get("/partners")
async def partner_list(request: ApiRequest, cursor: Cursor = None) -> Response[bytes]:
    """Every partner the caller may see, best score first."""
    seen = await visit.open_visit(request)
    found = await seen.read(partners.PartnerPage, partners.LIST, PER_PAGE, cursor)
    ids = [str(item.partner_id) for item in found.items]
    daily = await seen.read(partners.PartnersDaily, partners.DAILY, ids)
    return seen.page(
        "partners.html",
        found=found,
        parts=PARTS,
        days={str(item.partner_id): item for item in daily.items},
        is_first=cursor is None,
    )


@get("/partners/{partner_id:uuid}")
async def one_partner(request: ApiRequest, partner_id: partners.PartnerInPath) -> Response[bytes]:
    """One partner: score, parts, days; for owners and admins every step of the score."""
    seen = await visit.open_visit(request)
    partner, daily, steps = await asyncio.gather(
        seen.read(partners.PartnerPerformance, partners.ONE, partner_id),
        seen.read(partners.PartnersDaily, partners.DAILY, [str(partner_id)]),
        seen.panel(partners.PerformanceDebug, partners.DEBUG, partner_id),
    )
    days = daily.items[0].days if daily.items else []
    scores = {part: getattr(partner, f"{part}_score") for part in PARTS}
    t, f = seen.t, seen.f
    return seen.page(
        "partner.html",
        partner=partner,
        steps=steps,
        part_rows=[(t(f"part.{part}"), f.number(score, 1)) for part, score in scores.items()],
        day_rows=[
            (f.day(day.day), *(f.number(getattr(day, name)) for name in PER_DAY)) for day in days
        ],
        charts={
            "parts": charts.level_bars(
                [{"what": t(f"part.{part}"), "figure": score} for part, score in scores.items()],
                t("partner.score"),
                100,
            ),
            "days": charts.daily_bars(
                [
                    {"day": day.day, "figure": getattr(day, name), "what": t(f"partner.{name}")}
                    for day in days
                    for name in ("leads_assigned", "won_leads")
                ],
                t("partner.leads"),
            ),
        },
    )


PAGES = [partner_list, one_partner]
