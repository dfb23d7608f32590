"""GET /api/branches: every member sees the branches of the own workspace."""

import msgspec
import pytest

from api.branches import BranchPage
from tests.api.conftest import Caller

PATH = "/api/branches"


@pytest.mark.parametrize("name", ["olga", "mo", "ann", "pia"])
def test_branches_by_name(caller: Caller, name: str) -> None:
    found = msgspec.json.decode(caller.get(name, PATH).content, type=BranchPage)
    assert [(b.branch_id, b.branch_name, b.timezone) for b in found.items] == [
        (caller.gym.north, "North", "Europe/Amsterdam"),
        (caller.gym.south, "South", "UTC"),
    ]


def test_another_tenants_branches_do_not_exist(caller: Caller) -> None:
    assert caller.get("ona", PATH).json()["items"] == []
    assert caller.get("ona", PATH, {"workspace_id": str(caller.gym.iron)}).status_code == 404
    assert caller.get("nemo", PATH).status_code == 403
