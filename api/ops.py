"""How the refreshing of the figures goes, for owners and admins; the command line and the functions
of schema ``ops`` tell operators more."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import get
from litestar.params import QueryParameter
from litestar.response.base import ASGIResponse

from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, Limit, WorkspaceId, database_of

REFRESHES = "select etag, body from service.refreshes($1, $2, $3, $4)"
VERIFICATION = "select etag, body from service.verification($1, $2, $3, $4)"


class RefreshedObject(Answer, frozen=True):
    """``rollup`` for all rollups together, else a materialized view. ``duration_ms`` is that of the
    last good refresh; ``failed_at`` is set while the last one failed, and then older figures are
    served."""

    name: str
    generation: int
    refreshed_at: datetime | None
    duration_ms: float | None
    valid_until: datetime | None
    failed_at: datetime | None


class RefreshRun(Answer, frozen=True):
    """One refresh that had something to do."""

    name: str
    ended_at: datetime
    duration_ms: float | None
    has_failed: bool


class Refreshes(Answer, frozen=True):
    """``waiting_entries`` are changes of the workspace that no figure shows yet, by family in
    ``waiting``; runs newest first."""

    waiting_entries: int
    waiting: dict[str, int]
    objects: list[RefreshedObject]
    runs: list[RefreshRun]


class Difference(Answer, frozen=True):
    """A cell whose stored figures are not what the facts say: missing, extra or different. The
    subject is null for nobody; the day for what is counted as of now."""

    family: str
    subject_id: UUID | None
    day: date | None
    what: Literal["missing", "extra", "different"]


class Verification(Answer, frozen=True):
    """No differences: every stored figure of the day is what the facts say."""

    day: date
    families: int
    differences: list[Difference]


Day = Annotated[date, QueryParameter(description="Local day to look at, 1900 to 2999: 2026-03-29.")]


@get(
    "/ops/refreshes",
    summary="How the refreshing goes",
    tags=["operations"],
    operation_class=DocumentedOperation,
    responses=answers(
        Refreshes,
        {
            "waiting_entries": 3,
            "waiting": {"lead_day": 2, "task_day": 1},
            "objects": [
                {
                    "name": "rollup",
                    "generation": 4711,
                    "refreshed_at": "2026-03-29T12:00:00+00:00",
                    "duration_ms": 41.2,
                    "valid_until": "2026-03-29T22:00:00+00:00",
                    "failed_at": "2026-03-29T12:00:05+00:00",
                }
            ],
            "runs": [
                {
                    "name": "rollup",
                    "ended_at": "2026-03-29T12:00:00+00:00",
                    "duration_ms": 41.2,
                    "has_failed": False,
                }
            ],
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def refreshes(
    request: ApiRequest, workspace_id: WorkspaceId = None, limit: Limit = 50
) -> ASGIResponse:
    """Changes that wait, every refreshed object, and the last ``limit`` runs. Owners and admins
    only."""
    return await database_of(request).as_caller(request, REFRESHES, workspace_id, limit)


@get(
    "/ops/verification",
    summary="Whether stored figures are right",
    tags=["operations"],
    operation_class=DocumentedOperation,
    responses=answers(
        Verification,
        {"day": "2026-03-29", "families": 10, "differences": []},
        problems=GUARDED,
        cached=True,
    ),
)
async def verification(
    request: ApiRequest, day: Day, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """Computes the figures of one local day of the workspace again from the facts, and compares.
    Changes that wait for the refresh are no difference. Owners and admins only."""
    return await database_of(request).as_caller(request, VERIFICATION, workspace_id, day)
