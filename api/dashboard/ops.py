"""/ops: how fresh the figures are, what the refreshes did, and whether a day is right."""

from datetime import date
from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from api import ops
from api.dashboard import visit
from api.parameters import ApiRequest

RUNS = 40

Day = Annotated[date | None, QueryParameter(description="Local day to verify: 2026-03-29.")]


@get("/ops")
async def ops_page(request: ApiRequest, day: Day = None) -> Response[bytes]:
    """With ``day``, the stored figures of it are compared with the facts."""
    seen = await visit.open_visit(request)
    found = await seen.read(ops.Refreshes, ops.REFRESHES, RUNS)
    checked = None if day is None else await seen.panel(ops.Verification, ops.VERIFICATION, day)
    return seen.page("ops.html", found=found, checked=checked, day=day)


PAGES = [ops_page]
