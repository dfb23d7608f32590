"""Runs the service: Granian, with processes that read their settings from the environment."""

import logging
import os
import socket
from tempfile import TemporaryDirectory

import msgspec
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from api.settings import PREFIX, Settings, environment

LOG = logging.getLogger("leadboard.serving")


class PortTakenError(Exception):
    """Something else listens where the service is to listen."""


def serve(settings: Settings) -> None:
    """Serves until a signal ends it; running requests are finished first.

    Raises PortTakenError before anything is started.
    """
    check_port(settings)
    # The processes of the service get their own login, never the one that deploys.
    own = msgspec.structs.replace(
        settings,
        database_url=None,
        api_database_url=settings.service_database(),
        worker_database_url=None,
        api_password=None,
        worker_password=None,
        jwt_keys=settings.token_keys(),
    )
    for variable in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[variable]
    os.environ.update(environment(own))
    # Whichever process answers /metrics has to show the sum over all of them.
    with TemporaryDirectory(prefix="leadboard-metrics-") as shared:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
        Granian(
            "api.app:create_app",
            factory=True,
            interface=Interfaces.ASGI,
            address=settings.host,
            port=settings.port,
            workers=settings.processes,
            websockets=False,
            log_enabled=True,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=max(round(settings.shutdown_timeout), 1),
        ).serve()


def check_port(settings: Settings) -> None:
    """Raises PortTakenError when the port is taken, or the address is not this machine's."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise PortTakenError(
            f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). "
            f"Set {PREFIX}HOST or {PREFIX}PORT."
        ) from error
