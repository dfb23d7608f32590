"""Settings: read, checked, named when wrong, and never printed when secret."""

import json
import pickle
import stat
import threading
from pathlib import Path

import msgspec
import pytest

from api import database_url
from api.settings import (
    Secret,
    Settings,
    SettingsError,
    environment,
    load,
    settings_table,
    shown,
)

URL = "postgresql://deployer:tops3cret@db.example:6432/leads?sslmode=require"


def test_nothing_set_is_the_embedded_server_on_the_loopback_address() -> None:
    settings = load({})

    assert settings == Settings()
    assert settings.embedded
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_values_are_parsed_and_other_variables_ignored() -> None:
    settings = load(
        {
            "HOME": "/home/x",
            "LEADBOARD_PORT": " 9000 ",
            "LEADBOARD_POOL_TIMEOUT": "0.5",
            "LEADBOARD_DEMO": "false",
            "LEADBOARD_LOG_LEVEL": "WARNING",
            "LEADBOARD_DATA_DIR": "/srv/leadboard",
            "LEADBOARD_TEST_DATABASE_URL": "not checked here",
        }
    )

    assert settings.port == 9000
    assert settings.pool_timeout == 0.5
    assert settings.demo is False
    assert settings.log_level == "warning"
    assert settings.data_dir == Path("/srv/leadboard")


def test_an_empty_variable_counts_as_unset() -> None:
    assert load({"LEADBOARD_PORT": "", "LEADBOARD_DATABASE_URL": "  "}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("LEADBOARD_PORT", "0", "1 to 65535"),
        ("LEADBOARD_PORT", "65536", "1 to 65535"),
        ("LEADBOARD_PORT", "http", "1 to 65535"),
        ("LEADBOARD_PORT", "80.5", "1 to 65535"),
        ("LEADBOARD_POOL_TIMEOUT", "0", "above 0 to 60"),
        ("LEADBOARD_POOL_TIMEOUT", "nan", "above 0 to 60"),
        ("LEADBOARD_DEMO", "maybe", "true, false"),
        ("LEADBOARD_LOG_FORMAT", "xml", "json, text"),
        ("LEADBOARD_JWT_MAX_LIFETIME", "59", "60 to 2678400"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    variable: str, value: str, allowed: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load({variable: value})

    assert str(caught.value) == f"{variable}: {value!r} is not allowed; allowed: {allowed}"


def test_all_wrong_values_are_reported_together() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"LEADBOARD_PORT": "x", "LEADBOARD_WORKERS": "-1"})

    assert str(caught.value).splitlines() == [
        "LEADBOARD_PORT: 'x' is not allowed; allowed: 1 to 65535",
        "LEADBOARD_WORKERS: '-1' is not allowed; allowed: 0 to 256",
    ]


def test_a_misspelt_variable_is_not_silently_ignored() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"LEADBOARD_PROT": "9000"})

    assert str(caught.value) == "LEADBOARD_PROT is not a setting; did you mean LEADBOARD_PORT?"


def test_the_pool_cannot_be_larger_at_rest_than_at_most() -> None:
    with pytest.raises(SettingsError, match="POOL_MIN is 20, above LEADBOARD_POOL_MAX"):
        load({"LEADBOARD_POOL_MIN": "20"})


def test_a_url_that_is_no_postgresql_url_is_refused_without_being_shown() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"LEADBOARD_DATABASE_URL": "mysql://u:tops3cret@h/d"})

    assert "LEADBOARD_DATABASE_URL: the value is not allowed" in str(caught.value)
    assert "tops3cret" not in str(caught.value)


def test_secrets_are_never_printed() -> None:
    settings = load(
        {
            "LEADBOARD_DATABASE_URL": URL,
            "LEADBOARD_API_PASSWORD": "tops3cret://x",
            "LEADBOARD_READ_URL": "postgresql:///leads?host=/run&password=tops3cret",
            "LEADBOARD_JWT_KEYS": "main:HS256:tops3cret",
        }
    )

    printed = [repr(settings), str(settings), f"{settings.jwt_keys}", str(shown(settings))]

    assert not [text for text in printed if "tops3cret" in text]
    assert "deployer:***@db.example:6432/leads" in repr(settings)
    with pytest.raises(TypeError):
        pickle.dumps(settings.jwt_keys)
    with pytest.raises(TypeError):
        msgspec.json.encode(settings)


def test_another_process_can_be_given_the_same_settings() -> None:
    settings = load(
        {
            "LEADBOARD_DATABASE_URL": URL,
            "LEADBOARD_JWT_KEYS": "main:HS256:tops3cret",
            "LEADBOARD_DEMO": "false",
            "LEADBOARD_POOL_TIMEOUT": "0.25",
            "LEADBOARD_LOG_LEVEL": "debug",
            "LEADBOARD_DATA_DIR": "/srv/a b",
        }
    )

    assert load(environment(settings)) == settings
    assert load(environment(Settings())) == Settings()


def test_a_secret_equals_the_same_secret_only() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_service_and_worker_use_the_same_database_as_their_own_logins() -> None:
    settings = load({"LEADBOARD_DATABASE_URL": URL, "LEADBOARD_API_PASSWORD": "p@ss word"})

    assert settings.service_database().reveal() == (
        "postgresql://leadboard_api:p%40ss%20word@db.example:6432/leads?sslmode=require"
    )
    assert settings.worker_database().reveal() == (
        "postgresql://leadboard_worker@db.example:6432/leads?sslmode=require"
    )
    assert settings.reading_database() == settings.service_database()


def test_a_url_of_its_own_wins() -> None:
    settings = load(
        {
            "LEADBOARD_DATABASE_URL": URL,
            "LEADBOARD_API_DATABASE_URL": "postgresql://a@h/d",
            "LEADBOARD_WORKER_DATABASE_URL": "postgresql://w@h/d",
            "LEADBOARD_READ_URL": "postgresql://r@h/d",
        }
    )

    assert settings.service_database().reveal() == "postgresql://a@h/d"
    assert settings.worker_database().reveal() == "postgresql://w@h/d"
    assert settings.reading_database().reveal() == "postgresql://r@h/d"


def test_without_any_database_the_service_says_how_to_start() -> None:
    with pytest.raises(SettingsError, match="leadboard serve"):
        load({}).service_database()


def test_the_development_key_is_made_once_and_private(tmp_path: Path) -> None:
    settings = load({"LEADBOARD_DATA_DIR": str(tmp_path / "data")})
    found: list[str] = []

    def find() -> None:
        path = Path(settings.token_keys().reveal())
        found.append(path.read_text())

    threads = [threading.Thread(target=find) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    path = Path(settings.token_keys().reveal())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    [key] = json.loads(path.read_text())["keys"]
    assert (key["kty"], key["alg"], len(key["k"])) == ("oct", "HS256", 64)


def test_a_server_of_ones_own_gets_no_random_key() -> None:
    with pytest.raises(SettingsError, match="LEADBOARD_JWT_KEYS is not set"):
        load({"LEADBOARD_DATABASE_URL": URL}).token_keys()


def test_the_table_documents_every_setting() -> None:
    rows = settings_table().splitlines()[2:]

    assert len(rows) == len(Settings.__struct_fields__)
    assert "| `LEADBOARD_PORT` | 1 to 65535 | `8000` | Port the service listens on |" in rows
    assert not [row for row in rows if row.count("|") != 5]


@pytest.mark.parametrize(
    ("url", "database", "login"),
    [
        (
            "postgresql://u:p@h:1/d?sslmode=require",
            "postgresql://u:p@h:1/x%20y?sslmode=require",
            "postgresql://a:b%2Fc@h:1/d?sslmode=require",
        ),
        (
            "postgresql:///d?host=/run/pg&port=5432",
            "postgresql:///x%20y?host=/run/pg&port=5432",
            "postgresql://a:b%2Fc@/d?host=/run/pg&port=5432",
        ),
        (
            "postgresql://h/d?user=u&password=p",
            "postgresql://h/x%20y?user=u&password=p",
            "postgresql://a:b%2Fc@h/d",
        ),
    ],
)
def test_variations_of_a_url(url: str, database: str, login: str) -> None:
    assert database_url.with_database(url, "x y") == database
    assert database_url.with_login(url, "a", "b/c") == login
    assert "p@" not in database_url.without_password(url)
    assert "password=p" not in database_url.without_password(url)
