"""The service on a port of the loopback address, for clients of another thread."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from litestar import Litestar


@contextmanager
def on_loopback(app: Litestar) -> Generator[str]:
    """Address of the running service."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        # Who connects before the service is up waits.
        listener.listen()
        port = listener.getsockname()[1]
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()
