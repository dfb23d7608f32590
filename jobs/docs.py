"""Fills the generated blocks of the Markdown files from the catalog and the settings.

A block stands between ``<!-- begin generated: WHAT -->`` and ``<!-- end generated -->``. WHAT is
one of ``roles``, ``erd SCHEMA``, ``tables SCHEMA``, ``functions SCHEMA``, ``columns SCHEMA.VIEW``,
``import targets`` and ``settings``. The comments in ``sql/`` are the source, so the documents
cannot say something else.
"""

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from api.settings import settings_table
from jobs.deploy import deploy

ROOT = Path(__file__).resolve().parent.parent

_BLOCK = re.compile(
    r"(<!-- begin generated: (?P<what>[^>]+?) -->\n).*?(<!-- end generated -->)", re.DOTALL
)

_ROLES = """
    select r.rolname, case when r.rolcanlogin then 'yes' else 'no' end,
        pg_catalog.shobj_description(r.oid, 'pg_authid')
    from pg_catalog.pg_roles as r
    where r.rolname like 'leadboard\\_%' order by r.rolname
"""

_REFERENCES = """
    select distinct c.relname, f.relname
    from pg_catalog.pg_constraint as k
    join pg_catalog.pg_class as c on c.oid = k.conrelid
    join pg_catalog.pg_class as f on f.oid = k.confrelid
    where k.contype = 'f' and c.relnamespace = %(schema)s::regnamespace
        and k.conparentid = 0
    order by 1, 2
"""

_RELATIONS = """
    select c.relname,
        case c.relkind when 'm' then 'materialized view' when 'v' then 'view' else 'table' end,
        pg_catalog.obj_description(c.oid, 'pg_class'),
        (
            select pg_catalog.string_agg(a.attname, ', ' order by k.ordinality)
            from pg_catalog.pg_index as i
            cross join lateral unnest(i.indkey) with ordinality as k (attnum, ordinality)
            join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = k.attnum
            where i.indrelid = c.oid and (i.indisprimary or (c.relkind = 'm' and i.indisunique))
        )
    from pg_catalog.pg_class as c
    where c.relnamespace = %(schema)s::regnamespace and c.relkind in ('r', 'v', 'm')
    order by c.relname
"""

_COLUMNS = """
    select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
        pg_catalog.col_description(a.attrelid, a.attnum)
    from pg_catalog.pg_attribute as a
    where a.attrelid = %(relation)s::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attnum
"""

_FUNCTIONS = """
    select p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid),
        pg_catalog.obj_description(p.oid, 'pg_proc')
    from pg_catalog.pg_proc as p
    where p.pronamespace = %(schema)s::regnamespace and p.prorettype <> 'trigger'::regtype
    order by p.proname, 2
"""

_IMPORT_TARGETS = """
    select
        t.kind,
        t.target,
        case t.need when 'row' then '*' when 'new' then '+' end,
        case
            when t.choices is not null
                then t.type || ': ' || pg_catalog.array_to_string(t.choices, ', ')
            when t.type in ('list', 'segments')
                then t.type || ', at most ' || t.max_length || ' entries'
            when t.max_length is not null
                then t.type || ', at most ' || t.max_length || ' characters'
            when t.low is not null and t.high is not null
                then t.type || ', ' || t.low || ' to ' || t.high
            when t.low is not null then t.type || ', at least ' || t.low
            when t.high is not null then t.type || ', at most ' || t.high
            else t.type
        end
    from crm.import_targets() as t
    order by t.number
"""


def write(url: str, root: Path = ROOT) -> list[Path]:
    """Renews the generated blocks; returns the files that changed.

    ``url`` names a server to deploy on: a database is made there and dropped again.
    """
    changed = _render_all(url, root)
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8")
    return list(changed)


def stale(url: str, root: Path = ROOT) -> list[Path]:
    """The files whose generated blocks are out of date. Changes nothing."""
    return list(_render_all(url, root))


def _render_all(url: str, root: Path) -> dict[Path, str]:
    """New text of every file that would change, read from a database made for this and dropped."""
    name = f"leadboard_docs_{secrets.token_hex(4)}"
    changed: dict[Path, str] = {}
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            target = make_conninfo(url, dbname=name)
            deploy(_as_url(url, name))
            with psycopg.connect(target, autocommit=True) as connection:
                for path in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
                    text = path.read_text(encoding="utf-8")
                    fresh = _BLOCK.sub(lambda match: _fill(connection, match), text)
                    if fresh != text:
                        changed[path] = fresh
        finally:
            server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
    return changed


def _as_url(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    scheme, _, rest = head.partition("://")
    authority = rest.partition("/")[0]
    return f"{scheme}://{authority}/{name}" + (f"?{query}" if query else "")


def _fill(connection: psycopg.Connection[TupleRow], match: re.Match[str]) -> str:
    what, _, name = match["what"].strip().partition(" ")
    writers: dict[str, Callable[[psycopg.Connection[TupleRow], str], str]] = {
        "roles": _roles,
        "erd": _erd,
        "tables": _tables,
        "functions": _functions,
        "columns": _columns,
        "import": _import_targets,
        "settings": lambda _connection, _name: settings_table(),
    }
    return f"{match[1]}{writers[what](connection, name).rstrip()}\n{match[3]}"


def _roles(connection: psycopg.Connection[TupleRow], _name: str) -> str:
    rows = connection.execute(_ROLES).fetchall()
    return _markdown(("role", "login", "what it is"), rows)


def _erd(connection: psycopg.Connection[TupleRow], schema: str) -> str:
    rows = connection.execute(_REFERENCES, {"schema": schema}).fetchall()
    lines = [f'    {parent} ||--o{{ {child} : ""' for child, parent in rows]
    return "\n".join(["```mermaid", "erDiagram", *lines, "```"])


def _tables(connection: psycopg.Connection[TupleRow], schema: str) -> str:
    parts: list[str] = []
    for name, kind, comment, key in connection.execute(_RELATIONS, {"schema": schema}).fetchall():
        grain = f" Key: {key}." if key else ""
        parts += [f"### {schema}.{name}\n", f"{kind.capitalize()}. {comment}{grain}\n"]
        parts.append(_columns(connection, f"{schema}.{name}"))
    return "\n".join(parts)


def _columns(connection: psycopg.Connection[TupleRow], relation: str) -> str:
    rows = connection.execute(_COLUMNS, {"relation": relation}).fetchall()
    return _markdown(("column", "type", "meaning"), rows)


def _functions(connection: psycopg.Connection[TupleRow], schema: str) -> str:
    rows = connection.execute(_FUNCTIONS, {"schema": schema}).fetchall()
    signatures = [(f"{name}({arguments})", comment) for name, arguments, comment in rows]
    return _markdown(("function", "what it does"), signatures)


def _import_targets(connection: psycopg.Connection[TupleRow], _name: str) -> str:
    """One table per kind: `*` must be mapped, `+` only when a row may be new."""
    rows = connection.execute(_IMPORT_TARGETS).fetchall()
    parts: list[str] = []
    for kind in dict.fromkeys(row[0] for row in rows):
        own = [row[1:] for row in rows if row[0] == kind]
        parts += [f"### {kind}\n", _markdown(("target", "", "what it takes"), own)]
    return "\n".join(parts)


def _markdown(header: tuple[str, ...], rows: list[TupleRow] | list[tuple[str, str]]) -> str:
    """A table; the first column as code."""
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    for first, *rest in rows:
        cells = [f"`{first}`", *(_escape(cell) for cell in rest)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _escape(cell: object) -> str:
    return str(cell or "").replace("|", "\\|").replace("\n", " ")
