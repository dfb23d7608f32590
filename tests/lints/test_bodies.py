"""Every function body is valid: made again with its checks on, and rolled back.

The deploy builds with the checks off, because a function may name a view that is built after it.
"""

import psycopg


def invalid_bodies(connection: psycopg.Connection) -> dict[str, str]:
    functions = connection.execute(
        """
        select p.oid::regprocedure::text, pg_get_functiondef(p.oid)
        from pg_proc as p
        inner join pg_namespace as n on n.oid = p.pronamespace
        inner join pg_language as l on l.oid = p.prolang
        where n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
            and p.prokind <> 'a' and l.lanname in ('sql', 'plpgsql')
        """
    ).fetchall()
    assert len(functions) > 50
    found: dict[str, str] = {}
    with connection.transaction(force_rollback=True):
        connection.execute("set local check_function_bodies = on")
        connection.execute("set local search_path to ''")
        for signature, definition in functions:
            try:
                with connection.transaction():
                    connection.execute(definition)
            except psycopg.Error as error:
                found[signature] = str(error.diag.message_primary)
    return found


def test_bodies_in_three_acts(tx: psycopg.Connection) -> None:
    assert invalid_bodies(tx) == {}

    with tx.transaction(force_rollback=True):
        tx.execute(
            """
            set local check_function_bodies = off;
            create function crm.names_nothing() returns bigint language sql as
            'select count(*) from crm.no_such_table';
            create function crm.says_another_type() returns integer language sql as
            $$select 'one'$$;
            create function crm.does_not_parse() returns integer language plpgsql as
            'begin return 1 + ; end';
            """
        )
        assert sorted(invalid_bodies(tx)) == [
            "crm.does_not_parse()",
            "crm.names_nothing()",
            "crm.says_another_type()",
        ]

    assert invalid_bodies(tx) == {}
