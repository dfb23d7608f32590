"""The service on a database of its own, and clients who ask in somebody's name."""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager

import httpx
import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from psycopg import sql

from api import database_url, settings
from api.app import create_app
from api.auth import TokenIssuer
from api.settings import Settings
from tests.api.gym import FROZEN, Gym
from tests.conftest import PASSWORD

SECRET = "a shared secret that is long enough"

Configure = Callable[..., Settings]
Serve = Callable[..., AbstractContextManager["Caller"]]


class Caller:
    """A client of the running service."""

    def __init__(
        self, app: Litestar, client: TestClient[Litestar], issuer: TokenIssuer, gym: Gym
    ) -> None:
        self.app = app
        self.client = client
        self.issuer = issuer
        self.gym = gym

    def token(self, name: str) -> str:
        return self.issuer.mint(self.gym[name], 600)

    def get(
        self,
        name: str | None,
        path: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """GET in somebody's name; None is anonymous."""
        return self.client.get(path, params=params, headers=self._headers(name, headers))

    def post(
        self,
        name: str | None,
        path: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        json: object = None,
        data: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> httpx.Response:
        return self.client.post(
            path,
            params=params,
            headers=self._headers(name, headers),
            content=content,
            json=json,
            data=data,
            files=files,
        )

    def _headers(self, name: str | None, headers: Mapping[str, str] | None) -> dict[str, str]:
        identity = {} if name is None else {"Authorization": f"Bearer {self.token(name)}"}
        return identity | dict(headers or {})


@pytest.fixture
def gym(conn: psycopg.Connection) -> Gym:
    """Rows at a frozen clock, the same for the service's login."""
    conn.execute("select set_config('app.now', %s, false)", (FROZEN,))
    conn.execute(
        sql.SQL("alter role leadboard_api in database {} set app.now = {}").format(
            sql.Identifier(conn.info.dbname), sql.Literal(FROZEN)
        )
    )
    return Gym(conn)


@pytest.fixture
def configure(database: str) -> Configure:
    """Settings of a service for the test's database; keywords as in the environment, lower case."""

    def make(**variables: str) -> Settings:
        login = database_url.with_login(database, "leadboard_api", PASSWORD)
        given = {
            "api_database_url": login,
            "jwt_keys": f"tests:HS256:{SECRET}",
            "pool_max": "2",
        } | variables
        return settings.load({f"LEADBOARD_{key.upper()}": value for key, value in given.items()})

    return make


@pytest.fixture
def serve(configure: Configure, gym: Gym) -> Serve:
    """Runs the service with settings of one's own: ``with serve(pool_max="1") as caller: ...``."""

    @contextmanager
    def run(**variables: str) -> Generator[Caller]:
        config = configure(**variables)
        app = create_app(config)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Caller(app, client, TokenIssuer.of(config), gym)

    return run


@pytest.fixture
def caller(serve: Serve) -> Generator[Caller]:
    """The service as it comes."""
    with serve() as running:
        yield running
