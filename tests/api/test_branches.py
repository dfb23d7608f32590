"""GET /api/branches: every member sees the branches of the own workspace."""

import msgspec
import pytest

from api.branches import BranchPage
from tests.api.conftest import Reader

PATH = "/api/branches"


@pytest.mark.parametrize("name", ["olga", "mo", "ann", "pia"])
def test_branches_by_name(reader: Reader, name: str) -> None:
    found = msgspec.json.decode(reader.get(name, PATH).content, type=BranchPage)
    assert [(b.branch_id, b.branch_name, b.timezone) for b in found.items] == [
        (reader.gym.north, "North", "Europe/Amsterdam"),
        (reader.gym.south, "South", "UTC"),
    ]


def test_another_tenants_branches_do_not_exist(reader: Reader) -> None:
    assert reader.get("ona", PATH).json()["items"] == []
    assert reader.get("ona", PATH, {"workspace_id": str(reader.gym.iron)}).status_code == 404
    assert reader.get("nemo", PATH).status_code == 403
