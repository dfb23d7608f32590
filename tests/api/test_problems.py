"""Refusals: RFC 9457, the same everywhere, and nothing of the database in them."""

import msgspec
import psycopg
import pytest

from api.problems import KINDS, MEDIA_TYPE, ProblemDetails, from_sqlstate
from tests.api.conftest import Caller, Reader

PARTNERS = "/api/partners/performance"
DEBUG = "/api/admin/ai-router/performance-debug"


def details(body: bytes) -> ProblemDetails:
    return msgspec.json.decode(body, type=ProblemDetails)


@pytest.mark.parametrize(
    ("path", "field", "message"),
    [
        (PARTNERS + "?workspace=1", "workspace", "There is no such parameter here."),
        (PARTNERS + "?limit=1&limit=2", "limit", "Given more than once."),
        (PARTNERS + "?limit=0", "limit", "Expected `int` >= 1"),
        (PARTNERS + "?limit=201", "limit", "Expected `int` <= 200"),
        (PARTNERS + "?limit=many", "limit", "Expected `int`, got `str`"),
        (PARTNERS + "?limit=", "limit", "Expected `int`, got `str`"),
        (PARTNERS + "?workspace_id=1", "workspace_id", ""),
        (PARTNERS + "?workspace_id=%00", "workspace_id", ""),
        (PARTNERS + "?cursor=", "cursor", ""),
        (PARTNERS + "?cursor=%C3%A9", "cursor", ""),
        (PARTNERS + "?cursor=" + "a" * 2001, "cursor", ""),
        (DEBUG, "partner_id", "Required."),
        (DEBUG + "?partner_id=x", "partner_id", ""),
        ("/health/live?deep=1", "deep", "There is no such parameter here."),
    ],
)
def test_a_bad_parameter_is_named(reader: Reader, path: str, field: str, message: str) -> None:
    response = reader.get("olga", path)
    found = details(response.content)

    assert response.status_code == found.status == 400
    assert response.headers["content-type"] == MEDIA_TYPE
    assert found.instance == path.partition("?")[0]
    assert found.errors is not msgspec.UNSET
    assert [error.field for error in found.errors] == [field]
    assert found.errors[0].message.startswith(message)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/api", 404),
        ("/api/partners", 404),
        ("/api/partners/1/performance", 404),
        ("/api/partners/%00/performance", 404),
        ("/api/partners/performance/", 200),
        ("/api/events", 405),
    ],
)
def test_an_address_that_is_none(reader: Reader, path: str, status: int) -> None:
    response = reader.get("olga", path)

    assert response.status_code == status
    if status != 200:
        assert details(response.content).status == status
    if status == 405:
        assert "POST" in response.headers["allow"]


@pytest.mark.parametrize("name", [None, "olga"])
@pytest.mark.parametrize("path", ["/health/live", PARTNERS, "/nothing", "/schema"])
def test_every_answer_carries_the_headers(reader: Reader, name: str | None, path: str) -> None:
    response = reader.get(name, path)

    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert len(response.headers["x-request-id"]) == 32
    assert "access-control-allow-origin" not in response.headers
    assert "server" not in response.headers


def test_other_origins_are_not_let_in(caller: Caller) -> None:
    response = caller.client.options(
        PARTNERS,
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"},
    )

    assert "access-control-allow-origin" not in response.headers


def test_a_harmless_request_id_is_kept_and_any_other_replaced(reader: Reader) -> None:
    kept = reader.get(None, "/health/live", headers={"X-Request-Id": "trace-1.2_3"})
    replaced = reader.get(None, "/health/live", headers={"X-Request-Id": 'a b"; c'})

    assert kept.headers["x-request-id"] == "trace-1.2_3"
    assert len(replaced.headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    ("sqlstate", "status"),
    [
        ("LB400", 400),
        ("LB404", 404),
        ("LB409", 409),
        ("LB422", 422),
        ("LB999", 500),
        ("LBxyz", 500),
        ("57014", 504),
        ("57P01", 503),
        ("57P03", 503),
        ("53300", 503),
        ("08006", 503),
        ("40001", 503),
        ("40P01", 503),
        ("25006", 503),
        ("22021", 400),
        ("23505", 500),
        ("42501", 500),
        ("42P01", 500),
        ("XX000", 500),
    ],
)
def test_each_sqlstate_has_its_status(sqlstate: str, status: int) -> None:
    problem = from_sqlstate(sqlstate, "the message", '{"workspaces": []}')

    assert problem.status == status
    shown = sqlstate.startswith("LB") and status != 500
    assert (problem.detail == "the message") is shown
    assert (problem.members == {"workspaces": []}) is shown
    assert ("Retry-After" in problem.headers) is (status == 503)


def test_members_that_are_no_object_are_left_out() -> None:
    assert from_sqlstate("LB400", "message", "no json").members == {}
    assert from_sqlstate("LB400", "message", "[1]").members == {}


def test_every_status_of_the_tables_is_a_kind() -> None:
    assert {kind for kind, _ in KINDS.values()} == {kind for kind, _ in set(KINDS.values())}
    assert len({kind for kind, _ in KINDS.values()}) == len(KINDS)


def test_no_text_of_the_database_reaches_a_client(caller: Caller, conn: psycopg.Connection) -> None:
    conn.execute("alter function service.own_profile() rename to hidden")
    missing = caller.get("olga", "/api/me")
    conn.execute(
        """
        create function service.own_profile() returns json language plpgsql as $$
        begin
            raise exception 'the password is %', 'swordfish' using detail = 'at crm.secrets';
        end $$;
        grant execute on function service.own_profile() to leadboard_api
        """
    )
    failing = caller.get("olga", "/api/me")

    # A function that is missing has not been deployed yet.
    assert missing.status_code == 503
    assert failing.status_code == 500
    assert details(failing.content).detail.startswith("Something went wrong on our side.")
    for response in (missing, failing):
        assert not {"swordfish", "crm", "own_profile", "P0001"} & set(response.text.split('"'))
        assert "swordfish" not in response.text
