"""Where the database is: the one that the settings name, or the embedded one."""

from pathlib import Path

import msgspec

from api.settings import DatabaseUrl, Settings
from jobs import server

NAME = "leadboard"
"""Name of the embedded database."""


def data_dir(settings: Settings) -> Path:
    """Data directory of the embedded server."""
    return settings.data_dir / "pg"


def located(settings: Settings) -> Settings:
    """The settings with the address of the database and the keys filled in.

    Starts the embedded server when no other is named. Raises ServerError when it does not start.
    """
    if settings.database_url is not None:
        return settings
    running = server.start(data_dir(settings))
    server.ensure_database(running.url("postgres"), NAME)
    return msgspec.structs.replace(
        settings,
        database_url=DatabaseUrl(running.url(NAME)),
        jwt_keys=settings.token_keys(),
    )
