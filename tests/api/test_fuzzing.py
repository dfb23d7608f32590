# Schemathesis leaves the arguments of its generic types open.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false
"""Schemathesis tries what the OpenAPI document allows, and what it does not, and finds no 5xx, no
status that is not documented and no answer of another shape."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from requests import Session
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.auth import TokenIssuer
from tests import builders as build
from tests.api.conftest import Configure
from tests.api.gym import Gym
from tests.api.loopback import on_loopback


@schemathesis.serializer("application/x-ndjson")
def as_lines(_: schemathesis.SerializationContext, value: object) -> bytes:
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]

FUZZING = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)


# What is looked for under an id that nobody has is not found, whatever else is asked.
FEW = settings(FUZZING, max_examples=3)

# The operations are dealt out to so many tests, which run side by side.
SHARES = 2


Statuses = dict[str | None, Counter[int]]


def _sender(sessions: dict[str | None, Session], statuses: Statuses) -> Callable[..., None]:
    """Sends a case in everybody's name: making it up takes as long as all the answers."""

    def send(case: "schemathesis.Case[Any]") -> None:
        for name, session in sessions.items():
            if case.path == "/api/live" and name is not None:
                # It does not end.
                continue
            response = case.call(session=session)
            statuses[name][response.status_code] += 1
            # A batch of nothing but bad events is answered, one rejection per event.
            answered = case.path == "/api/events"
            checks = CHECKS if answered else [*CHECKS, negative_data_rejection]
            case.validate_response(response, checks=checks)

    return send


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_a_client_sends_gets_an_answer_that_is_not_documented(
    configure: Configure, gym: Gym, conn: psycopg.Connection, mode: GenerationMode, share: int
) -> None:
    config = configure()
    sessions = {None: Session(), "pia": Session(), "olga": Session()}
    for name, session in sessions.items():
        # Looks for no proxy.
        session.trust_env = False
        if name is not None:
            token = TokenIssuer.of(config).mint(gym[name], 3600)
            session.headers["Authorization"] = f"Bearer {token}"
    statuses: Statuses = {name: Counter() for name in sessions}
    known = {
        "partner_id": str(gym["pia"]),
        "import_id": str(gym["nemo"]),
        "segment_id": str(build.segment(conn, gym.iron)),
    }
    with on_loopback(create_app(config)) as url:
        schema = schemathesis.openapi.from_url(f"{url}/schema/openapi.json")
        operations = [result.ok() for result in schema.get_all_operations()]
        for operation in operations[share::SHARES]:
            takes_nothing = not (operation.body or operation.query or operation.path_parameters)
            if takes_nothing and mode is GenerationMode.NEGATIVE:
                continue
            # As it comes, and for ids that there are.
            rounds = [(FEW, None), (FUZZING, known)] if "{" in operation.path else [(FUZZING, None)]
            for effort, fixed in rounds:
                cases = operation.as_strategy(mode, path_parameters=fixed)
                effort(given(cases)(_sender(sessions, statuses)))()

    for name, found in statuses.items():
        assert found[401 if name is None else 400] > 0
        if name is not None and mode is GenerationMode.POSITIVE:
            assert {200, 404} <= found.keys()
