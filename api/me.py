"""Who the caller is."""

from uuid import UUID

from litestar import get
from litestar.response.base import ASGIResponse

from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, WorkspaceId, database_of

ME = "select etag, body from service.me($1, $2, $3)"


class User(Answer, frozen=True):
    id: UUID
    email: str | None
    name: str | None


class Membership(Answer, frozen=True):
    """``timezone`` is the one local days are counted in: the branch's, else the workspace's.
    ``locale`` is the BCP 47 tag whose number formats the workspace has chosen, if any."""

    workspace_id: UUID
    workspace_name: str
    role: str
    branch_id: UUID | None
    branch_name: str | None
    timezone: str
    currency: str
    locale: str | None


class Me(Answer, frozen=True):
    """``workspace`` is the one a request is about that names none; null when it would have to name
    one."""

    user: User
    workspace: Membership | None
    memberships: list[Membership]


_MEMBERSHIP = {
    "workspace_id": "0195f3c0-0000-7000-8000-000000000001",
    "workspace_name": "Iron Gym",
    "role": "manager",
    "branch_id": "0195f3c0-0000-7000-8000-000000000002",
    "branch_name": "Utrecht",
    "timezone": "Europe/Amsterdam",
    "currency": "EUR",
    "locale": "nl-NL",
}


@get(
    "/me",
    summary="Who am I",
    tags=["people"],
    operation_class=DocumentedOperation,
    responses=answers(
        Me,
        {
            "user": {
                "id": "0195f3c0-0000-7000-8000-000000000003",
                "email": "mila@example.org",
                "name": "Mila",
            },
            "workspace": _MEMBERSHIP,
            "memberships": [_MEMBERSHIP],
        },
        problems=GUARDED,
        cached=True,
    ),
)
async def me(request: ApiRequest, workspace_id: WorkspaceId = None) -> ASGIResponse:
    """The caller, the caller's active memberships, and the workspace of a request that names
    none."""
    return await database_of(request).as_caller(request, ME, workspace_id)
