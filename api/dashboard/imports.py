"""/import: files of facts, what became of them, and the lines that were rejected."""

from litestar import Response, get, post
from litestar.response import Stream

from api import imports
from api.dashboard import session, visit
from api.parameters import ApiRequest, Cursor
from api.problems import Problem

PER_PAGE = 25
FAULTS_PER_PAGE = 100

KINDS = (
    "leads",
    "members",
    "profiles",
    "activities",
    "tasks",
    "notes",
    "calls",
    "campaigns",
    "recipients",
    "feedback",
    "tickets",
)


@get("/import")
async def import_page(request: ApiRequest, cursor: Cursor = None) -> Response[bytes]:
    seen = await visit.open_visit(request)
    return await _page(seen, cursor=cursor)


@post("/import")
async def upload(request: ApiRequest) -> Response[bytes]:
    """Lands the good rows of a file, and shows what became of it."""
    async with imports.slot(request):
        form = await session.read_form(request)
        seen = await visit.open_visit(request)
        fields = {name: form.getall(name) for name in form if name != session.FORM_KEY}
        try:
            import_id, _ = await imports.land(request, seen.workspace.workspace_id, fields)
        except Problem as problem:
            if problem.status in (403, 404):
                raise
            return await _page(seen, refused=problem, fields=session.text_fields(form))
    return visit.redirect(f"/import/{import_id}")


@get("/import/{import_id:uuid}")
async def one_import(
    request: ApiRequest, import_id: imports.ImportId, cursor: Cursor = None
) -> Response[bytes]:
    """Counts, and every faulty line, page by page."""
    seen = await visit.open_visit(request)
    report = await seen.read(imports.ImportReport, imports.ONE, import_id)
    faults = await seen.read(imports.FaultPage, imports.REJECTS, import_id, FAULTS_PER_PAGE, cursor)
    return seen.page("one_import.html", done=report.import_, faults=faults, is_first=cursor is None)


@get("/import/{import_id:uuid}/rejects.csv")
async def rejects(request: ApiRequest, import_id: imports.ImportId) -> Stream:
    """The rejected lines as a file, to be mended and imported again."""
    seen = await visit.open_visit(request)
    return await imports.rejects_file(request, seen.workspace.workspace_id, import_id)


async def _page(
    seen: visit.Visit,
    cursor: str | None = None,
    refused: Problem | None = None,
    fields: dict[str, str] | None = None,
) -> Response[bytes]:
    found = await seen.read(imports.ImportPage, imports.LIST, PER_PAGE, cursor)
    return seen.page(
        "import.html",
        status=200 if refused is None else refused.status,
        kinds=KINDS,
        found=found,
        refused=refused,
        fields=fields or {},
        is_first=cursor is None,
    )


PAGES = [import_page, upload, one_import, rejects]
