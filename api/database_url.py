"""Variations of a PostgreSQL URL: another database, another login, another driver."""

from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit


def with_database(url: str, name: str) -> str:
    """The same server and login, another database."""
    return _join(urlsplit(url)._replace(path="/" + quote(name)))


def with_login(url: str, user: str, password: str | None) -> str:
    """The same database for another login; the URL's own password is not kept."""
    parts = urlsplit(url)
    _, _, place = parts.netloc.rpartition("@")
    login = quote(user, safe="")
    if password is not None:
        login += ":" + quote(password, safe="")
    query = [(key, value) for key, value in parse_qsl(parts.query) if key not in _LOGIN_KEYS]
    return _join(parts._replace(netloc=f"{login}@{place}", query=urlencode(query, safe="/")))


def for_yoyo(url: str) -> str:
    """The same database for yoyo, whose own tables live in the schema ``yoyo``."""
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "options"]
    query.append(("schema", "yoyo"))
    return _join(parts._replace(scheme="postgresql+psycopg", query=urlencode(query, safe="/")))


def without_password(url: str) -> str:
    """The URL as it may be shown: the password is replaced by three stars."""
    parts = urlsplit(url)
    login, at, place = parts.netloc.rpartition("@")
    user, colon, _ = login.partition(":")
    shown = f"{user}{colon}***{at}{place}" if colon else parts.netloc
    query = [(key, "***" if key == "password" else value) for key, value in parse_qsl(parts.query)]
    return _join(parts._replace(netloc=shown, query=urlencode(query, safe="/*")))


_LOGIN_KEYS = ("user", "password")


def _join(parts: SplitResult) -> str:
    # urlunsplit drops the // of a URL without a host, which libpq then does not take for a URL.
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}{query}"
