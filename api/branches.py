"""The branches of a workspace."""

from uuid import UUID

from litestar import get
from litestar.response.base import ASGIResponse

from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, WorkspaceId, database_of

LIST = "select etag, body from service.branches($1, $2, $3)"


class Branch(Answer, frozen=True):
    """``timezone`` is the one its local days are counted in."""

    branch_id: UUID
    branch_name: str
    timezone: str


class BranchPage(Answer, frozen=True):
    """Branches by name; always one page."""

    items: list[Branch]
    next_cursor: str | None = None


@get(
    "/branches",
    summary="The branches of a workspace",
    tags=["people"],
    operation_class=DocumentedOperation,
    responses=answers(
        BranchPage,
        {
            "items": [
                {
                    "branch_id": "0195f3c0-0000-7000-8000-000000000002",
                    "branch_name": "Utrecht",
                    "timezone": "Europe/Amsterdam",
                }
            ]
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def list_branches(request: ApiRequest, workspace_id: WorkspaceId = None) -> ASGIResponse:
    """For every member of the workspace."""
    return await database_of(request).as_caller(request, LIST, workspace_id)
