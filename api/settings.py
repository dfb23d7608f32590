"""All settings of Leadboard: ``LEADBOARD_*`` variables of the environment, read once.

A field is its own documentation: type, bounds, default and meaning are declared together, and both
the check and the table in docs/settings.md are made from that declaration.
"""

import difflib
import json
import os
import re
import secrets
import typing
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NoReturn, cast

import msgspec
from msgspec import Meta

from api import database_url

PREFIX = "LEADBOARD_"
DEVELOPMENT_KEY_ID = "development"

# Read by the test suite, not by the program.
_NOT_OURS = "LEADBOARD_TEST_"


class SettingsError(Exception):
    """Settings that cannot be used; the message names every variable and what is allowed."""


class Secret:
    """A value that is never printed: ``str`` and ``repr`` mask it, ``reveal`` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __str__(self) -> str:
        return "***"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return secrets.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not written anywhere.")


class DatabaseUrl(Secret):
    """A database's URL: shown without its password."""

    __slots__ = ()

    def __str__(self) -> str:
        return database_url.without_password(self.reveal())


def _what(description: str, allowed: str) -> Meta:
    return Meta(description=description, extra={"allowed": allowed})


_URL_ALLOWED = "`postgresql://user:password@host:port/database`"
_PASSWORD_ALLOWED = "text"  # noqa: S105


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is in force. Made by ``load``; a program reads it once and hands it on."""

    database_url: Annotated[
        DatabaseUrl | None,
        _what(
            "The login that deploys: a superuser, or the owner of the database and member of "
            "the `leadboard_*` roles. Unset: an embedded PostgreSQL 18 under the data directory",
            _URL_ALLOWED,
        ),
    ] = None
    api_database_url: Annotated[
        DatabaseUrl | None,
        _what(
            "The login of the service. Unset: the database above as `leadboard_api`", _URL_ALLOWED
        ),
    ] = None
    api_password: Annotated[
        Secret | None,
        _what(
            "Password of `leadboard_api`: `leadboard deploy` sets it, the service uses it",
            _PASSWORD_ALLOWED,
        ),
    ] = None
    read_url: Annotated[
        DatabaseUrl | None,
        _what("A streaming replica for the endpoints that only read", _URL_ALLOWED),
    ] = None
    worker_database_url: Annotated[
        DatabaseUrl | None,
        _what(
            "The login of the worker. Unset: the database above as `leadboard_worker`",
            _URL_ALLOWED,
        ),
    ] = None
    worker_password: Annotated[
        Secret | None,
        _what("Password of `leadboard_worker`, like that of the service", _PASSWORD_ALLOWED),
    ] = None
    data_dir: Annotated[
        Path,
        _what("Where the embedded server and the development key live", "a directory"),
    ] = Path(".data")
    demo: Annotated[
        bool,
        _what("Whether `make run` fills an empty embedded database with demo data", "true, false"),
    ] = True

    host: Annotated[
        str, Meta(min_length=1), _what("Address the service listens on", "a name or address")
    ] = "127.0.0.1"
    port: Annotated[
        int, Meta(ge=1, le=65535), _what("Port the service listens on", "1 to 65535")
    ] = 8000
    workers: Annotated[
        int,
        Meta(ge=0, le=256),
        _what("Processes of the service; 0 is one per processor, at most 4", "0 to 256"),
    ] = 0
    max_body: Annotated[
        int,
        Meta(ge=1024, le=1024**3),
        _what("Largest request body, in bytes", "1024 to 1073741824"),
    ] = 32 * 1024**2
    shutdown_timeout: Annotated[
        float,
        Meta(ge=0, le=600),
        _what("Seconds that running requests are given when the service stops", "0 to 600"),
    ] = 10.0

    pool_min: Annotated[
        int, Meta(ge=0, le=1000), _what("Connections each process keeps open", "0 to 1000")
    ] = 1
    pool_max: Annotated[
        int,
        Meta(ge=1, le=1000),
        _what(
            "Connections each process opens at most; one more than the database has processors"
            " answers the most evenly",
            "1 to 1000, not below the minimum",
        ),
    ] = 4
    pool_timeout: Annotated[
        float,
        Meta(gt=0, le=60),
        _what(
            "Seconds a request waits for a connection before it is answered 503", "above 0 to 60"
        ),
    ] = 2.0
    statement_timeout: Annotated[
        float,
        Meta(gt=0, le=600),
        _what(
            "Seconds a statement of the service may take before it is answered 504",
            "above 0 to 600",
        ),
    ] = 10.0

    jwt_keys: Annotated[
        Secret | None,
        _what(
            "Keys that tokens are verified with. Unset, with the embedded server only: a random "
            "key made once in the data directory",
            "path of a JWKS file, or `kid:algorithm:secret`",
        ),
    ] = None
    jwt_issuer: Annotated[
        str, Meta(min_length=1), _what("`iss` that a token must have", "text")
    ] = "leadboard"
    jwt_audience: Annotated[
        str, Meta(min_length=1), _what("`aud` that a token must have", "text")
    ] = "leadboard"
    jwt_max_lifetime: Annotated[
        int,
        Meta(ge=60, le=31 * 86400),
        _what("Seconds between `iat` and `exp` of a token at most", "60 to 2678400"),
    ] = 86400

    refresh_interval: Annotated[
        float,
        Meta(ge=0.05, le=3600),
        _what("Seconds between two looks of the worker for changed facts", "0.05 to 3600"),
    ] = 1.0
    verify_interval: Annotated[
        float,
        Meta(ge=0, le=86400),
        _what(
            "Seconds between two checks of a sample of rollup cells by the worker; 0 is never",
            "0 to 86400",
        ),
    ] = 60.0

    smtp_host: Annotated[
        str | None,
        _what(
            "Mail server that reports are handed to. Unset: reports by e-mail wait and are given "
            "up after a few hours",
            "a name or address",
        ),
    ] = None
    smtp_port: Annotated[
        int, Meta(ge=1, le=65535), _what("Port of the mail server", "1 to 65535")
    ] = 587
    smtp_security: Annotated[
        Literal["starttls", "tls", "none"],
        _what(
            "How the mail server is spoken to: TLS after STARTTLS, TLS from the start, or in the "
            "clear (a server on the same machine)",
            "starttls, tls, none",
        ),
    ] = "starttls"
    smtp_user: Annotated[str | None, _what("Login at the mail server, if it wants one", "text")] = (
        None
    )
    smtp_password: Annotated[Secret | None, _what("Password of that login", _PASSWORD_ALLOWED)] = (
        None
    )
    mail_from: Annotated[
        str,
        Meta(pattern=r"^[^@\s<>\x00-\x1f\x7f]+@[A-Za-z0-9.-]+$", max_length=320),
        _what("Address that reports come from", "an e-mail address"),
    ] = "reports@localhost"
    delivery_interval: Annotated[
        float,
        Meta(ge=0.05, le=3600),
        _what(
            "Seconds between two looks of the worker for reports to make or send", "0.05 to 3600"
        ),
    ] = 1.0
    delivery_retention: Annotated[
        int,
        Meta(ge=0, le=36500),
        _what(
            "Days that reports are kept after they were made and sent; 0 is for ever",
            "0 to 36500",
        ),
    ] = 400
    loopback_webhooks: Annotated[
        bool,
        _what(
            "For development only: webhooks may be on this machine, and without TLS. Whoever may "
            "subscribe can then make the worker post to everything that listens here",
            "true, false",
        ),
    ] = False

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        _what("What is logged", "debug, info, warning, error"),
    ] = "info"
    log_format: Annotated[
        Literal["json", "text"],
        _what("One JSON object per line, or text for people", "json, text"),
    ] = "json"

    @property
    def processes(self) -> int:
        """How many processes the service has."""
        return self.workers or min(os.cpu_count() or 1, 4)

    @property
    def embedded(self) -> bool:
        """Whether the embedded server is used."""
        return self.database_url is None

    def service_database(self) -> DatabaseUrl:
        """Where the service connects. Raises SettingsError when nothing says so."""
        if self.api_database_url is not None:
            return self.api_database_url
        return self._derived("leadboard_api", self.api_password, "API_DATABASE_URL")

    def reading_database(self) -> DatabaseUrl:
        """Where the reading endpoints connect: a replica, or where the service does."""
        return self.read_url or self.service_database()

    def worker_database(self) -> DatabaseUrl:
        """Where the worker connects. Raises SettingsError when nothing says so."""
        if self.worker_database_url is not None:
            return self.worker_database_url
        return self._derived("leadboard_worker", self.worker_password, "WORKER_DATABASE_URL")

    def token_keys(self) -> Secret:
        """What ``jwt_keys`` says, or the development key of the embedded server.

        Raises SettingsError when a server of your own is used and no keys are given: a key that
        nobody chose must not guard real data.
        """
        if self.jwt_keys is not None:
            return self.jwt_keys
        if not self.embedded:
            raise SettingsError(
                f"{PREFIX}JWT_KEYS is not set: "
                f"give the path of a JWKS file, or kid:algorithm:secret."
            )
        return Secret(str(_development_keys(self.data_dir)))

    def _derived(self, user: str, password: Secret | None, variable: str) -> DatabaseUrl:
        if self.database_url is None:
            raise SettingsError(
                f"Neither {PREFIX}{variable} nor {PREFIX}DATABASE_URL is set. For the embedded "
                f"server start with `leadboard up` or `leadboard serve`."
            )
        plain = None if password is None else password.reveal()
        return DatabaseUrl(database_url.with_login(self.database_url.reveal(), user, plain))


@cache
def current() -> Settings:
    """The settings of this process, from its environment."""
    return load(os.environ)


def load(environment: Mapping[str, str]) -> Settings:
    """Reads and checks the variables; an empty one counts as unset.

    Raises SettingsError that lists every wrong or unknown variable.
    """
    fields = _fields()
    values: dict[str, object] = {}
    wrong: list[str] = []
    for variable, text in sorted(environment.items()):
        if not variable.startswith(PREFIX) or variable.startswith(_NOT_OURS):
            continue
        if variable not in fields:
            wrong.append(f"{variable} is not a setting{_suggestion(variable, fields)}")
            continue
        field = fields[variable]
        if text.strip():
            try:
                values[field.name] = _parse(field, text.strip())
            except ValueError:
                shown = "the value" if field.secret else f"{text!r}"
                wrong.append(f"{variable}: {shown} is not allowed; allowed: {field.allowed}")
    if not wrong:
        settings = Settings(**values)  # pyright: ignore[reportArgumentType]
        if settings.pool_min <= settings.pool_max:
            return settings
        wrong.append(
            f"{PREFIX}POOL_MIN is {settings.pool_min}, above {PREFIX}POOL_MAX, "
            f"which is {settings.pool_max}"
        )
    raise SettingsError("\n".join(wrong))


def settings_table() -> str:
    """Every setting as a Markdown table: variable, what is allowed, default, meaning."""
    lines = ["| variable | allowed | default | what it does |", "|---|---|---|---|"]
    lines += [
        f"| `{variable}` | {field.allowed} | {field.shown_default} | {field.description} |"
        for variable, field in _fields().items()
    ]
    return "\n".join(lines) + "\n"


def shown(settings: Settings) -> dict[str, str]:
    """Variable -> value in force, secrets masked."""
    return {
        variable: "" if (value := getattr(settings, field.name)) is None else str(value)
        for variable, field in _fields().items()
    }


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make another process read the same settings, secrets in plain text."""
    variables: dict[str, str] = {}
    for variable, field in _fields().items():
        value = getattr(settings, field.name)
        if isinstance(value, Secret):
            variables[variable] = value.reveal()
        elif value is not None:
            variables[variable] = str(value)
    return variables


class _Field(msgspec.Struct, frozen=True):
    name: str
    type: object
    """Annotated with its bounds."""
    description: str
    allowed: str
    default: object

    @property
    def bare_type(self) -> object:
        """Without bounds, and without None."""
        annotated = typing.get_args(self.type)[0]
        members = typing.get_args(annotated)
        return members[0] if type(None) in members else annotated

    @property
    def secret(self) -> bool:
        return self.bare_type is Secret or self.bare_type is DatabaseUrl

    @property
    def shown_default(self) -> str:
        if self.default is None:
            return ""
        if isinstance(self.default, bool):
            return f"`{str(self.default).lower()}`"
        return f"`{self.default:g}`" if isinstance(self.default, float) else f"`{self.default}`"


@cache
def _fields() -> dict[str, _Field]:
    fields: dict[str, _Field] = {}
    for info in msgspec.structs.fields(Settings):
        what = next(
            meta
            for meta in typing.get_args(info.type)
            if isinstance(meta, Meta) and meta.extra is not None
        )
        fields[PREFIX + info.name.upper()] = _Field(
            name=info.name,
            type=info.type,
            description=what.description or "",
            allowed=str((what.extra or {})["allowed"]),
            default=info.default,
        )
    return fields


def _parse(field: _Field, text: str) -> object:
    """Raises ValueError for what is not allowed; msgspec's own error is one."""
    if field.bare_type is DatabaseUrl:
        if re.match(r"postgres(ql)?://", text) is None:
            raise ValueError
        return DatabaseUrl(text)
    if field.bare_type is Secret:
        return Secret(text)
    if field.bare_type is Path:
        return Path(text).expanduser()
    if typing.get_origin(field.bare_type) is Literal:
        text = text.lower()
    checked = cast("type[object]", field.type)
    return msgspec.convert(text, checked, strict=False)


def _suggestion(variable: str, fields: Mapping[str, _Field]) -> str:
    close = difflib.get_close_matches(variable, fields, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _development_keys(data_dir: Path) -> Path:
    """A JWKS file with one random HS256 key, made on first use and readable by its owner only."""
    path = data_dir.absolute() / "development-keys.json"
    if path.exists():
        return path
    key = {
        "kty": "oct",
        "kid": DEVELOPMENT_KEY_ID,
        "alg": "HS256",
        "use": "sig",
        "k": secrets.token_urlsafe(48),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"keys": [key]}, file)
    try:
        # Of two programs that start at once, the first one's key stays.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path
