"""House rules as queries over the catalog: one file per rule, each in three acts.

A rule returns the columns name, detail and object, one row per breach. It must be clean on the
deployed database, bite on a broken example, and be clean again when the example is gone. A rule
without an example fails: what cannot fail is no rule.
"""

from pathlib import Path

import psycopg
import pytest

LINTS = Path(__file__).parent
RULES = sorted(path.stem for path in LINTS.glob("*.sql"))

# For each rule: statements that break it, and the objects that it must name.
BROKEN: dict[str, tuple[str, list[str]]] = {
    "analytics_view_not_secured": (
        """
        create materialized view analytics.bare_table as select 1 as figure;
        create view analytics.strangers_view with (security_barrier) as
        select app.member_workspaces() as workspaces;
        create view analytics.leaky with (security_barrier = false) as
        select app.member_workspaces() as workspaces;
        alter view analytics.leaky owner to leadboard_view;
        create view analytics.open_to_all with (security_barrier) as select 1 as figure;
        alter view analytics.open_to_all owner to leadboard_view;
        create view analytics.with_callers_rights with (security_barrier, security_invoker) as
        select app.member_workspaces() as workspaces;
        alter view analytics.with_callers_rights owner to leadboard_view;
        """,
        [
            "analytics.bare_table",
            "analytics.leaky",
            "analytics.open_to_all",
            "analytics.strangers_view",
            "analytics.with_callers_rights",
        ],
    ),
    "clock_outside_app_now": (
        """
        create function crm.own_clock() returns timestamptz language sql stable as
        'select pg_catalog.now()';
        create function crm.old_clock() returns date language sql stable as
        'select current_date - 1';
        create function crm.word_clock() returns timestamptz language sql stable as
        $$select 'now'::timestamptz$$;
        -- Nothing wrong with these two: the clock itself, and a comment.
        create function crm.good_clock() returns timestamptz language sql stable as
        'select app.now()';
        create function crm.talks_of_clocks() returns integer language sql immutable as
        E'select 1 -- not now()\n';
        create view crm.todays_leads as
        select * from crm.leads where created_at > current_timestamp;
        create policy see_new on crm.leads for select to leadboard_view
        using (created_at > clock_timestamp());
        alter table crm.leads alter column won_at set default now();
        """,
        [
            "crm.leads policy see_new",
            "crm.leads.won_at",
            "crm.old_clock()",
            "crm.own_clock()",
            "crm.todays_leads",
            "crm.word_clock()",
        ],
    ),
    "definer_within_reach": (
        """
        create function crm.all_emails() returns setof text
        language sql stable security definer set search_path = pg_catalog, pg_temp as
        'select email from crm.users';
        grant execute on function crm.all_emails() to leadboard_bi;
        """,
        ["crm.all_emails()"],
    ),
    "definer_without_pinned_path": (
        """
        create function crm.no_path() returns integer language sql security definer as 'select 1';
        create function crm.temp_first() returns integer language sql security definer
        set search_path = pg_temp, pg_catalog as 'select 1';
        create function crm.with_public() returns integer language sql security definer
        set search_path = pg_catalog, public, pg_temp as 'select 1';
        """,
        ["crm.no_path()", "crm.temp_first()", "crm.with_public()"],
    ),
    "enum_type": (
        "create type crm.mood as enum ('good', 'bad')",
        ["crm.mood"],
    ),
    "foreign_key_without_index": (
        """
        create table crm.reminders (workspace_id uuid, lead_id uuid, user_id uuid,
            foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id),
            foreign key (workspace_id, user_id) references crm.members (workspace_id, user_id));
        create index on crm.reminders (lead_id, workspace_id) where user_id = lead_id;
        create index on crm.reminders (workspace_id, user_id) where user_id is not null;
        """,
        ["crm.reminders"],
    ),
    "grant_to_public": (
        """
        grant select on crm.leads to public;
        grant update (email) on crm.users to public;
        grant usage on schema stats to public;
        grant usage on language plpgsql to public;
        grant execute on function app.act_as(uuid) to public;
        -- Made by a login for which nothing was revoked.
        alter default privileges grant execute on routines to public;
        create function crm.for_everyone() returns integer language sql as 'select 1';
        do $$ begin
            execute format('grant temporary on database %I to public', current_database());
        end $$;
        """,
        [
            "app.act_as(uuid)",
            "crm.for_everyone()",
            "crm.leads",
            "crm.users.email",
            "language plpgsql",
            "schema stats",
            "this database",
        ],
    ),
    "identity_asked_per_row": (
        """
        create policy see_mine on crm.leads for select to leadboard_view
        using (workspace_id = any(app.member_workspaces()));
        create view analytics.slow with (security_barrier) as
        select id from crm.leads where owner_user_id = app.current_user_id();
        """,
        ["analytics.slow", "crm.leads policy see_mine"],
    ),
    "key_without_workspace": (
        """
        create table crm.labels (id uuid primary key, workspace_id uuid, name text,
            unique (name), unique (workspace_id, id));
        create index labels_expression on crm.labels (lower(name));
        create table crm.label_uses (workspace_id uuid, label_id uuid references crm.labels (id));
        """,
        [
            "crm.labels_expression",
            "crm.labels_name_key",
            "crm.labels_pkey",
            "label_uses_label_id_fkey on crm.label_uses",
        ],
    ),
    "materialized_view_without_unique_index": (
        """
        create materialized view stats.no_index as select 1 as figure;
        create materialized view stats.over_expression as select 1 as figure;
        create unique index on stats.over_expression ((figure + 1));
        """,
        ["stats.no_index", "stats.over_expression"],
    ),
    "object_outside_owner_roles": (
        """
        create table crm.made_by_hand (id uuid);
        create function crm.made_by_hand() returns integer language sql as 'select 1';
        """,
        ["crm.made_by_hand", "crm.made_by_hand()"],
    ),
    "object_without_comment": (
        """
        create schema forgotten;
        create table forgotten.things (id uuid);
        create view forgotten.shown as select id from forgotten.things;
        create function forgotten.act() returns integer language sql as 'select 1';
        create role leadboard_forgotten;
        """,
        [
            "forgotten",
            "forgotten.act()",
            "forgotten.shown",
            "forgotten.shown.id",
            "forgotten.things",
            "forgotten.things.id",
            "leadboard_forgotten",
        ],
    ),
    "reads_upwards": (
        """
        create materialized view stats.high as select 1 as figure;
        create view rollup.reads_stats as select figure from stats.high;
        create function crm.reads_rollup() returns bigint language sql stable as
        'select count(*) from rollup.lead_day';
        create function service.answer() returns integer language sql as 'select 1';
        create function metrics.calls_service() returns integer language sql as
        'select service.answer()';
        -- Nothing wrong with this one.
        create function crm.logs_a_change() returns void language sql as
        'delete from rollup.dirty_cells';
        """,
        ["crm.reads_rollup", "metrics.calls_service", "rollup.reads_stats"],
    ),
    "scoring_not_pure": (
        """
        create function scoring.late() returns integer language sql parallel safe as 'select 1';
        create function scoring.alone() returns integer language sql immutable as 'select 1';
        create function scoring.pinned() returns integer language sql immutable parallel safe
        set search_path = pg_catalog as 'select 1';
        -- Nothing wrong with this one: it looks something up.
        create function scoring.looks_up() returns bigint language sql stable as
        'select count(*) from scoring.weights';
        """,
        ["scoring.alone()", "scoring.late()", "scoring.pinned()"],
    ),
    "table_without_row_security": (
        """
        create table crm.wide_open (id uuid);
        create table crm.not_forced (id uuid);
        alter table crm.not_forced enable row level security;
        create policy see_all on crm.not_forced using (true);
        create table crm.shut (id uuid);
        alter table crm.shut enable row level security;
        alter table crm.shut force row level security;
        """,
        ["crm.not_forced", "crm.shut", "crm.wide_open"],
    ),
    "text_without_length": (
        """
        create table crm.texts (
            endless text,
            endless_list text[],
            matched text check (matched ~ '^[a-z]+$'),
            counted text check (char_length(counted) <= 10),
            listed text check (listed in ('a', 'b')),
            patterned text check (patterned ~ '^[a-z]{1,5}$')
        )
        """,
        ["crm.texts.endless", "crm.texts.endless_list", "crm.texts.matched"],
    ),
    "untrue_volatility": (
        """
        create function crm.claims_to_be_pure() returns bigint language plpgsql immutable as
        'begin return (select count(*) from crm.leads); end';
        create function crm.calls_the_clock() returns timestamptz language plpgsql immutable as
        'begin return app.now(); end';
        create function crm.prints_times() returns text language plpgsql immutable as
        $$begin return to_char(make_timestamptz(2026, 1, 1, 0, 0, 0), 'HH24'); end$$;
        create function crm.rolls_dice() returns float language plpgsql stable as
        'begin return random(); end';
        create function crm.makes_keys() returns uuid language plpgsql stable as
        'begin return app.uuid_v7(); end';
        create function crm.writes() returns void language plpgsql stable as
        'begin delete from crm.notes; end';
        -- Nothing wrong with this one.
        create function crm.counts() returns bigint language sql stable as
        'select count(*) from crm.leads';
        """,
        [
            "crm.calls_the_clock()",
            "crm.claims_to_be_pure()",
            "crm.makes_keys()",
            "crm.prints_times()",
            "crm.rolls_dice()",
            "crm.writes()",
        ],
    ),
}


def breaches(connection: psycopg.Connection, rule: str) -> list[tuple[str, str, str]]:
    # Without a search path every object is named in full.
    connection.execute("set local search_path to ''")
    return connection.execute((LINTS / f"{rule}.sql").read_bytes()).fetchall()


@pytest.mark.parametrize("rule", RULES)
def test_rule_in_three_acts(tx: psycopg.Connection, rule: str) -> None:
    statements, expected = BROKEN[rule]

    assert breaches(tx, rule) == []

    with tx.transaction(force_rollback=True):
        tx.execute(statements.encode())
        found = breaches(tx, rule)
        assert {name for name, _, _ in found} == {rule}
        assert all(detail for _, detail, _ in found)
        assert sorted({object_name for _, _, object_name in found}) == expected

    assert breaches(tx, rule) == []


def test_every_rule_has_an_example() -> None:
    assert sorted(BROKEN) == RULES
