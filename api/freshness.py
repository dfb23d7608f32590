"""How old the figures are."""

from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.response.base import ASGIResponse

from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, WorkspaceId, replica_of

FRESHNESS = "select etag, body from service.freshness($1, $2, $3)"


class Freshness(Answer, frozen=True):
    """``as_of``: no figure is older; null before the first refresh. ``version`` moves whenever a
    figure of the workspace may have changed, ``generation`` counts refreshes of all workspaces.
    ``is_overdue``: a local midnight has passed since, and windows still end with yesterday."""

    workspace_id: UUID
    as_of: datetime | None
    version: int
    generation: int
    is_overdue: bool


@get(
    "/freshness",
    summary="How old the figures are",
    tags=["operations"],
    operation_class=DocumentedOperation,
    responses=answers(
        Freshness,
        {
            "workspace_id": "0195f3c0-0000-7000-8000-000000000001",
            "as_of": "2026-03-29T12:00:00+00:00",
            "version": 812,
            "generation": 4711,
            "is_overdue": False,
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def freshness(request: ApiRequest, workspace_id: WorkspaceId = None) -> ASGIResponse:
    """For every member of the workspace."""
    return await replica_of(request).as_caller(request, FRESHNESS, workspace_id)
