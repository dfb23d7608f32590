"""The service on a database of its own, and clients who ask in somebody's name."""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager

import httpx
import msgspec
import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from litestar.types import ControllerRouterHandler

from api import database_url, settings
from api.app import create_app, resources
from api.auth import TokenIssuer
from api.settings import Settings
from tests.api.gym import Gym, freeze_clock
from tests.conftest import PASSWORD, clone, copy_database, run_dir, run_lock, template_name

SECRET = "a shared secret that is long enough"

# Making one takes longer than most tests. By the one setting that is fixed in it.
_idle: dict[int, Litestar] = {}

Configure = Callable[..., Settings]
Serve = Callable[..., AbstractContextManager["Caller"]]


class Reader:
    """A client of the running service that changes nothing."""

    def __init__(self, client: TestClient[Litestar], issuer: TokenIssuer, gym: Gym) -> None:
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

    def _headers(self, name: str | None, headers: Mapping[str, str] | None) -> dict[str, str]:
        identity = {} if name is None else {"Authorization": f"Bearer {self.token(name)}"}
        return identity | dict(headers or {})


class Caller(Reader):
    """A client of the running service."""

    def __init__(
        self, app: Litestar, client: TestClient[Litestar], issuer: TokenIssuer, gym: Gym
    ) -> None:
        super().__init__(client, issuer, gym)
        self.app = app

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


@pytest.fixture
def database(server_url: str, run_prefix: str, request: pytest.FixtureRequest) -> Generator[str]:
    """Superuser's URL of a database for this test alone, with the gyms for tests that want them."""
    template = _gym_template(server_url, run_prefix) if "gym" in request.fixturenames else None
    with clone(server_url, run_prefix, template) as url:
        yield url


def _gym_template(server_url: str, run_prefix: str) -> str:
    """Name of a database with the gyms, made by whichever worker comes first."""
    name = f"{run_prefix}-gym"
    made = run_dir() / "gym.json"
    with run_lock():
        if not made.exists():
            url = copy_database(server_url, template_name(run_prefix), name)
            with psycopg.connect(url, autocommit=True) as connection:
                freeze_clock(connection)
                made.write_bytes(msgspec.json.encode(Gym.build(connection)))
    return name


@pytest.fixture
def gym(conn: psycopg.Connection) -> Gym:
    """Rows at a frozen clock, the same for the service's login."""
    freeze_clock(conn)
    return _gym()


def _gym() -> Gym:
    return msgspec.json.decode((run_dir() / "gym.json").read_bytes(), type=Gym)


@pytest.fixture
def configure(database: str) -> Configure:
    """Settings of a service for the test's database; keywords as in the environment, lower case."""

    def make(**variables: str) -> Settings:
        return _settings(database, variables)

    return make


def _settings(database: str, variables: dict[str, str]) -> Settings:
    given = {
        "api_database_url": database_url.with_login(database, "leadboard_api", PASSWORD),
        "jwt_keys": f"tests:HS256:{SECRET}",
        "pool_max": "2",
    } | variables
    return settings.load({f"LEADBOARD_{key.upper()}": value for key, value in given.items()})


@pytest.fixture
def serve(configure: Configure, gym: Gym) -> Serve:
    """Runs the service with settings of one's own: ``with serve(pool_max="1") as caller: ...``, or
    with routes of one's own beside its own: ``with serve(Router(...)) as caller: ...``."""

    @contextmanager
    def run(*routes: ControllerRouterHandler, **variables: str) -> Generator[Caller]:
        config = configure(**variables)
        app = _idle.pop(config.max_body, None) if not routes else None
        if app is None:
            app = create_app(config)
        else:
            app.state.update(resources(config).dict())
        for route in routes:
            app.register(route)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Caller(app, client, TokenIssuer.of(config), gym)
        if not routes:
            _idle[config.max_body] = app

    return run


@pytest.fixture
def caller(serve: Serve) -> Generator[Caller]:
    """The service as it comes."""
    with serve() as running:
        yield running


@contextmanager
def reading(
    server_url: str, run_prefix: str, *routes: ControllerRouterHandler
) -> Generator[tuple[Reader, psycopg.Connection]]:
    """The service as it comes, or with routes of one's own beside its own, over a database with the
    gyms, and a connection to what tests that only read shall find there besides."""
    with clone(server_url, run_prefix, _gym_template(server_url, run_prefix)) as url:
        config = _settings(url, {})
        app = create_app(config)
        for route in routes:
            app.register(route)
        with psycopg.connect(url, autocommit=True) as connection:
            # Sessions of the service that are there already would not learn of it.
            freeze_clock(connection)
            with TestClient(app, raise_server_exceptions=False) as client:
                yield Reader(client, TokenIssuer.of(config), _gym()), connection


@pytest.fixture(scope="session")
def reader(server_url: str, run_prefix: str) -> Generator[Reader]:
    """The service as it comes, with the gyms, for all tests of this worker that only read: nobody
    makes a database and a service for them."""
    with reading(server_url, run_prefix) as (running, _):
        yield running
