"""What pages load besides themselves: style, scripts and the chart library. An address changes with
the content, so browsers keep them for good."""

import asyncio
import gzip
import hashlib
import secrets
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from litestar import Response, get
from litestar.params import PathParameter

from api.auth import header_of
from api.parameters import ApiRequest
from api.problems import Problem

DIRECTORY = Path(__file__).parent / "static"
LIBRARY = "vega.js"

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

# Making the library takes seconds and much memory, so another process does it.
MAKE_LIBRARY = "import sys, vl_convert; sys.stdout.write(vl_convert.javascript_bundle())"

KEEP = {"Cache-Control": "public, max-age=31536000, immutable"}

FileName = Annotated[str, PathParameter(description="Hash and name of a file.")]


@cache
def files() -> dict[str, bytes]:
    """Address below /static/ -> content."""
    return {
        f"{hashlib.sha256(content).hexdigest()[:12]}-{path.name}": content
        for path in sorted(DIRECTORY.iterdir())
        if path.suffix in TYPES
        for content in [path.read_bytes()]
    }


@cache
def address(name: str) -> str:
    """The address of a file, by its name. Raises StopIteration for a file that is not there."""
    if name == LIBRARY:
        return f"/static/{library_name()}"
    return "/static/" + next(key for key in files() if key.partition("-")[2] == name)


def library_name() -> str:
    return f"{version('vl-convert-python')}-{LIBRARY}"


@get("/static/{name:str}")
async def asset(request: ApiRequest, name: FileName) -> Response[bytes]:
    """A file for everybody: there is nothing secret in it."""
    if name == library_name():
        return await _library(request)
    content = files().get(name)
    if content is None:
        raise Problem(404)
    return Response(content, media_type=TYPES[Path(name).suffix], headers=KEEP)


class Library:
    """Vega, Vega-Lite and vega-embed in one script: made once, compressed, and kept in the data
    directory where that can be written."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "cache" / f"{library_name()}.gz"
        self._packed: bytes | None = None
        self._lock = asyncio.Lock()

    async def packed(self) -> bytes:
        """The script, compressed by gzip."""
        async with self._lock:
            if self._packed is None:
                self._packed = await asyncio.to_thread(self._kept) or await self._made()
            return self._packed

    async def _made(self) -> bytes:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-c", MAKE_LIBRARY, stdout=asyncio.subprocess.PIPE
        )
        script, _ = await program.communicate()
        if program.returncode:
            raise Problem(500)
        packed = await asyncio.to_thread(gzip.compress, script, 9)
        # Without the file, the next process makes it again.
        with suppress(OSError):
            await asyncio.to_thread(self._keep, packed)
        return packed

    def _kept(self) -> bytes | None:
        return self._path.read_bytes() if self._path.exists() else None

    def _keep(self, packed: bytes) -> None:
        """Writes the file as a whole, because other processes look for it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        draft.write_bytes(packed)
        draft.replace(self._path)


async def _library(request: ApiRequest) -> Response[bytes]:
    library: Library = request.app.state.library
    packed = await library.packed()
    headers = {**KEEP, "Vary": "Accept-Encoding"}
    if "gzip" in (header_of(request.scope, b"accept-encoding") or ""):
        return Response(
            packed, media_type=TYPES[".js"], headers={**headers, "Content-Encoding": "gzip"}
        )
    plain = await asyncio.to_thread(gzip.decompress, packed)
    return Response(plain, media_type=TYPES[".js"], headers=headers)
