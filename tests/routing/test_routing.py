"""Candidates, assignment, answers, time-outs, queues, explanations: one workspace, frozen clock."""

from decimal import Decimal

import psycopg
import pytest

from tests import builders as build
from tests.routing.market import Market
from tests.sessions import as_login, freeze

NOON = "2026-03-10 12:00+00"


@pytest.fixture
def market(tx: psycopg.Connection) -> Market:
    freeze(tx, NOON)
    return Market(tx)


def refused(tx: psycopg.Connection, sqlstate: str, statement: str, *parameters: object) -> None:
    with pytest.raises(psycopg.Error) as refusal, tx.transaction():
        tx.execute(statement.encode(), parameters)
    assert refusal.value.sqlstate == sqlstate


# Candidates


def test_every_reason_code(market: Market, tx: psycopg.Connection) -> None:
    solar = build.industry(tx, "Solar")
    lead = market.lead(province="Utrecht", postcode="3511AB", industry_id=solar)
    codes = {
        market.partner("Eligible"): [],
        market.partner("Inactive", is_active_for_routing=False): ["inactive"],
        market.partner("Paused", paused_until="2026-03-10 12:00:01+00"): ["paused"],
        # Until this very moment: no longer.
        market.partner("Back", paused_until=NOON): [],
        market.partner("Open", max_open_leads=0): ["open_cap"],
        market.partner("Day", daily_cap=0): ["daily_cap"],
        market.partner("Month", monthly_cap=0): ["monthly_cap"],
        market.partner("Industry", lead_industries=["Fitness"]): ["industry"],
        market.partner("Region", regions=["Zeeland"]): ["region"],
        market.partner("Both", regions=["Zeeland"], max_open_leads=0): ["open_cap", "region"],
    }
    gone = market.partner("Gone")
    tx.execute("update crm.members set deactivated_at = app.now() where user_id = %s", (gone,))
    codes[gone] = ["deactivated"]

    assert market.refusals(lead) == codes


def test_what_the_lead_leaves_open_is_stated_and_refuses_nobody(market: Market) -> None:
    partner = market.partner(regions=["Utrecht"], lead_industries=["Solar"])
    row = market.connection.execute(
        "select refusals, region_match, region_part, industry_match, performance_basis,"
        " performance_part, fairness_part from routing.candidates(%s, %s)",
        (market.id, market.lead()),
    ).fetchall()

    assert row == [([], "unknown", 40, "unknown", "default", 50, 50)]
    assert market.assign(market.lead())["partner_id"] == str(partner)


def test_a_partner_without_figures_has_the_mean(market: Market, tx: psycopg.Connection) -> None:
    known, new = market.partner("Known"), market.partner("New")
    build.lead(tx, market.id, known, "2026-03-09 09:00+00", status="won")
    tx.execute("refresh materialized view stats.partner_performance_stats")
    fresh = market.partner("Fresh")
    rows = {
        user: (basis, part)
        for user, basis, part in tx.execute(
            "select user_id, performance_basis, performance_part from routing.candidates(%s, %s)",
            (market.id, market.lead()),
        ).fetchall()
    }
    scores = dict(
        tx.execute(
            "select partner_id, performance_score from stats.partner_performance_stats"
            " where workspace_id = %s",
            (market.id,),
        ).fetchall()
    )

    assert rows[known] == ("measured", scores[known])
    assert rows[fresh] == ("workspace_mean", (scores[known] + scores[new]) / 2)


def test_ties_go_by_priority_then_by_who_waited_longest_then_by_id(market: Market) -> None:
    first, second, third = (market.partner() for _ in range(3))
    preferred = market.partner(routing_priority=1)
    market.set(regionWeight=100, performanceWeight=0, fairnessWeight=0)
    lead = market.lead()
    assert market.ranking(lead) == [preferred, first, second, third]
    market.connection.execute(
        "insert into routing.partner_load (workspace_id, user_id, last_lead_at)"
        " values (%(w)s, %(a)s, '2026-03-09 12:00+00'), (%(w)s, %(b)s, '2026-03-08 12:00+00')",
        {"w": market.id, "a": first, "b": second},
    )

    assert market.ranking(lead) == [preferred, third, second, first]


def test_a_day_begins_in_the_partners_zone(market: Market, tx: psycopg.Connection) -> None:
    branch = build.branch(tx, market.id, timezone="Europe/Amsterdam")
    partner = market.partner(daily_cap=1)
    tx.execute("update crm.members set branch_id = %s where user_id = %s", (branch, partner))
    # 23:30 in Amsterdam.
    freeze(tx, "2026-03-10 22:30+00")
    assert market.assign(market.lead())["kind"] == "best"
    assert market.assign(market.lead())["reasons"] == {"daily_cap": 1}
    freeze(tx, "2026-03-10 23:00+00")
    assert market.assign(market.lead())["kind"] == "best"


# Assignment


def test_an_assignment_is_owner_log_activity_credit_and_offer(market: Market) -> None:
    one, two = market.partner("One", base_weight=3), market.partner("Two")
    lead = market.lead()
    decision = market.assign(lead)

    assert decision["kind"] == "best"
    assert decision["partner_id"] == str(one)
    assert decision["deadline"] == "2026-03-10T13:00:00+00:00"
    assert (decision["credit_before"], decision["credit_after"]) == (0, -0.25)
    assert market.owner(lead) == one
    # 3 of 4 accrued and 1 paid; 1 of 4 accrued.
    assert market.credit() == {one: Decimal("-0.25"), two: Decimal("0.25")}
    assert market.load() == {one: (1, 1, 1)}
    activity = market.connection.execute(
        "select type, metadata ->> 'to' from crm.lead_activities where lead_id = %s", (lead,)
    ).fetchall()
    assert activity == [("assignment", str(one))]
    assert market.untrue() == []


def test_the_same_lead_again_is_the_same_decision(market: Market) -> None:
    market.partner()
    market.partner()
    lead, other = market.lead(), market.lead()
    first = market.assign(lead, "key")

    assert market.assign(lead, "key") == first
    assert market.assign(lead, "another key") == first
    assert market.assign(lead) == first
    refused(
        market.connection, "LB409", "select routing.assign_lead(%s, %s, 'key')", market.id, other
    )
    refused(market.connection, "LB400", "select routing.assign_lead(%s, %s, '')", market.id, other)
    assert len(market.load()) == 1


def test_a_lead_with_an_owner_or_closed_is_not_routed(market: Market) -> None:
    partner = market.partner()
    for lead in (market.lead(partner), market.lead(status="lost"), build.new_id()):
        with pytest.raises(psycopg.Error) as refusal, market.connection.transaction():
            market.assign(lead)
        assert refusal.value.sqlstate in ("LB409", "LB404")


@pytest.mark.parametrize(
    ("known", "again"),
    [
        ({"email": "Ann@Example.test"}, {"email": "ann@example.TEST"}),
        ({"phone": "+31 6 1234"}, {"phone": "+31 6 1234"}),
    ],
)
def test_a_person_goes_back_to_the_partner_if_eligible(
    market: Market, known: dict[str, str], again: dict[str, str]
) -> None:
    market.partner("Best", routing_priority=9)
    partner = market.partner("Partner", max_open_leads=2)
    build.lead(market.connection, market.id, partner, build.START, **known)
    leads = [build.lead(market.connection, market.id, None, build.START, **again) for _ in "ab"]
    decision = market.assign(leads[0])
    assert (decision["kind"], decision["partner_id"]) == ("sticky", str(partner))
    assert decision["probability"] == 1
    # The second lead has reached the cap: the relation does not outweigh it.
    assert market.assign(leads[1])["kind"] == "best"


def test_exploration_is_logged_with_its_probability(market: Market) -> None:
    for _ in range(4):
        market.partner()
    market.set(regionWeight=100, performanceWeight=0, fairnessWeight=0, explorationShare=0.5)
    kinds = [market.assign(market.lead()) for _ in range(60)]
    found = {(d["kind"], d["probability"]) for d in kinds}

    # 0.5 / 4 for a drawn one; 0.5 + 0.5 / 4 for the best.
    assert found == {("explored", 0.125), ("best", 0.625)}


# Answers


def test_accepting(market: Market) -> None:
    partner = market.partner()
    lead = market.lead()
    market.assign(lead)
    answer = market.respond(lead, partner, "accept")

    assert (answer["outcome"], answer["next"], answer["deadline"]) == ("accepted", None, None)
    assert market.respond(lead, partner, "accept") == answer
    assert market.connection.execute(
        "select status, accepted_at = app.now(), changed_by_user_id from crm.leads where id = %s",
        (lead,),
    ).fetchone() == ("accepted", True, partner)
    refused(
        market.connection,
        "LB409",
        "select routing.respond(%s, %s, %s, 'reject')",
        market.id,
        lead,
        partner,
    )
    assert market.untrue() == []


def test_rejecting_restores_the_credit_and_routes_on(market: Market) -> None:
    one, two = market.partner("One", base_weight=3), market.partner("Two")
    lead = market.lead()
    market.assign(lead)
    answer = market.respond(lead, one, "reject", "too far")

    assert answer["outcome"] == "rejected"
    assert answer["next"]["partner_id"] == str(two)
    assert market.owner(lead) == two
    # The first decision is undone; in the second, two alone is eligible: it accrues 1 and pays 1.
    assert set(market.credit().values()) == {Decimal(0)}
    assert market.refusals(lead)[one] == ["already_refused"]
    # The place was given back.
    assert market.load() == {one: (0, 0, 0), two: (1, 1, 1)}
    assert market.respond(lead, one, "reject") == answer
    assert market.untrue() == []


def test_a_time_out_gives_half_back_and_routes_on(market: Market, tx: psycopg.Connection) -> None:
    one, two = market.partner("One", base_weight=3), market.partner("Two", daily_cap=0)
    three = market.partner("Three", is_active_for_routing=False)
    tx.execute("update crm.profiles set daily_cap = null where user_id = %s", (two,))
    lead = market.lead()
    market.assign(lead)
    freeze(tx, "2026-03-10 12:59:59+00")
    assert market.expire() == 0
    freeze(tx, "2026-03-10 13:00+00")
    tx.execute("update crm.profiles set is_active_for_routing = false where user_id = %s", (two,))
    tx.execute("update crm.profiles set is_active_for_routing = true where user_id = %s", (three,))
    refused(tx, "LB409", "select routing.respond(%s, %s, %s, 'accept')", market.id, lead, one)

    assert market.expire() == 1
    assert market.owner(lead) == three
    # -0.25 and 0.25, of which half is left; three, alone, accrues and pays 1.
    assert market.credit() == {
        one: Decimal("-0.125"),
        two: Decimal("0.125"),
        three: Decimal(0),
    }
    # The place of a time-out is used up.
    assert market.load()[one] == (0, 1, 1)
    assert market.untrue() == []


def test_after_so_many_refusals_a_human_decides(market: Market) -> None:
    partners = [market.partner() for _ in range(3)]
    market.set(maxHops=2)
    lead = market.lead()
    market.assign(lead)
    market.respond(lead, partners[0], "reject")
    answer = market.respond(lead, partners[1], "reject")

    assert answer["next"]["kind"] == "human_queue"
    assert (market.owner(lead), market.waiting(lead)) == (None, "human")
    assert market.assign(lead)["kind"] == "human_queue"
    assert market.expire() == 0
    # A human decides: the lead waits no longer.
    market.connection.execute(
        "update crm.leads set owner_user_id = %s where id = %s", (partners[0], lead)
    )
    assert market.waiting(lead) is None
    assert market.untrue() == []


def test_an_unroutable_lead_waits_until_somebody_is_eligible(
    market: Market, tx: psycopg.Connection
) -> None:
    partner = market.partner(max_open_leads=1)
    busy, lead = market.lead(), market.lead()
    market.assign(busy)
    decision = market.assign(lead)
    assert (decision["kind"], decision["partner_id"]) == ("unroutable", None)
    assert decision["reasons"] == {"open_cap": 1}
    assert market.assign(lead)["decision_id"] == decision["decision_id"]
    assert market.waiting(lead) == "eligibility"

    # A place becomes free, by another path.
    freeze(tx, "2026-03-10 12:00:05+00")
    tx.execute("update crm.leads set status = 'won' where id = %s", (busy,))
    assert market.expire() == 1
    assert market.owner(lead) == partner
    assert market.waiting(lead) is None
    assert market.untrue() == []


def test_a_new_partner_wakes_what_waits(market: Market) -> None:
    lead = market.lead()
    assert market.assign(lead)["reasons"] == {}
    partner = market.partner()

    assert market.expire() == 1
    assert market.owner(lead) == partner


# Other paths


def test_loads_follow_every_path(market: Market, tx: psycopg.Connection) -> None:
    one, two = market.partner(), market.partner()
    leads = [market.lead(one) for _ in range(4)]
    assert market.load() == {one: (4, 0, 0)}
    tx.execute("update crm.leads set owner_user_id = %s where id = any(%s)", (two, leads[:2]))
    assert market.load() == {one: (2, 0, 0), two: (2, 0, 0)}
    tx.execute("update crm.leads set status = 'lost' where id = any(%s)", (leads,))
    assert market.load() == {one: (0, 0, 0), two: (0, 0, 0)}
    tx.execute("update crm.leads set status = 'in_progress' where id = any(%s)", (leads[:3],))
    tx.execute("delete from crm.leads where id = %s", (leads[0],))
    assert market.load() == {one: (1, 0, 0), two: (1, 0, 0)}
    assert market.untrue() == []
    market.expire()
    assert market.load() == {one: (1, 0, 0), two: (1, 0, 0)}
    assert tx.execute("select count(*) from routing.load_changes").fetchone() == (0,)


def test_a_deleted_lead_takes_its_decision_along(market: Market, tx: psycopg.Connection) -> None:
    partner = market.partner(daily_cap=1)
    lead = market.lead()
    market.assign(lead)
    tx.execute("delete from crm.leads where id = %s", (lead,))

    assert market.load() == {partner: (0, 0, 0)}
    assert market.untrue() == []
    assert market.assign(market.lead())["kind"] == "best"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("status = 'contacted'", "accepted"),
        ("status = 'accepted'", "accepted"),
        ("status = 'won'", "accepted"),
        ("status = 'lost'", "withdrawn"),
        ("owner_user_id = null", "withdrawn"),
    ],
)
def test_an_offer_is_answered_by_deed(
    market: Market, tx: psycopg.Connection, change: str, outcome: str
) -> None:
    market.partner()
    lead = market.lead()
    market.assign(lead)
    tx.execute(f"update crm.leads set {change} where id = %s".encode(), (lead,))  # noqa: S608

    assert tx.execute("select outcome from routing.lead_assignment_logs").fetchall() == [(outcome,)]
    assert tx.execute("select from routing.offers").fetchall() == []
    assert market.untrue() == []


def test_verify_finds_a_load_that_is_not_true(market: Market, tx: psycopg.Connection) -> None:
    partner = market.partner()
    market.lead(partner)
    statement = "select what from ops.verify(%s) where family = 'partner_load'"
    assert tx.execute(statement, (market.id,)).fetchall() == []
    tx.execute("update routing.load_changes set open_delta = 2")
    assert tx.execute(statement, (market.id,)).fetchall() == [("different",)]
    tx.execute("select ops.rebuild_workspace(%s, null, null)", (market.id,))
    assert tx.execute(statement, (market.id,)).fetchall() == []
    assert market.load() == {partner: (1, 0, 0)}


def test_erasing_a_lead_erases_it_from_the_decisions(
    market: Market, tx: psycopg.Connection
) -> None:
    partner = market.partner()
    lead = market.lead(postcode="1012AB", province="Utrecht")
    market.assign(lead)
    market.respond(lead, partner, "reject", "knows Ann from school")
    tx.execute("select crm.erase_lead(%s, %s)", (market.id, lead))

    rows = tx.execute(
        "select lead_snapshot ? 'postcode', lead_snapshot ->> 'province', outcome_reason"
        " from routing.lead_assignment_logs"
    ).fetchall()
    assert set(rows) == {(False, "Utrecht", None)}


# Explanations


def test_explanations_in_english_and_dutch(market: Market) -> None:
    market.partner("Mila", routing_priority=1)
    market.partner("Sam", regions=["Zeeland"])
    market.partner("Bo")
    decision = market.assign(market.lead(province="Utrecht", postcode="3511"))

    assert market.explain(decision) == (
        "Mila got this lead with 47.0 of 100 points, ahead of Bo with 47.0; 2 of 3 candidates were"
        " eligible. Region fit 40.0 (weight 30), performance 50.0 (weight 40), fairness 50.0"
        " (weight 30). There are no figures of Mila yet; the mean counts."
    )
    assert market.explain(decision, "nl") == (
        "Mila kreeg deze lead met 47,0 van de 100 punten, voor Bo met 47,0; 2 van de 3 kandidaten"
        " kwamen in aanmerking. Regio 40,0 (gewicht 30), prestatie 50,0 (gewicht 40), eerlijke"
        " verdeling 50,0 (gewicht 30). Van Mila zijn er nog geen cijfers; het gemiddelde telt."
    )
    refused(
        market.connection,
        "LB400",
        "select routing.explain(%s, %s, 'fr')",
        market.id,
        decision["decision_id"],
    )


def test_explanation_of_nobody(market: Market) -> None:
    market.partner(max_open_leads=0)
    market.partner(regions=["Zeeland"], max_open_leads=0)
    decision = market.assign(market.lead(province="Utrecht", postcode="3511"))

    assert market.explain(decision) == (
        "Nobody could get this lead: none of 2 candidates was eligible (too many open leads 2,"
        " another region 1). It waits until somebody is."
    )


# Settings


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ('{"regionWeight": 101}', "regionWeight"),
        ('{"regionWeight": 1.5}', "regionWeight"),
        ('{"fairnessWeight": -1}', "fairnessWeight"),
        ('{"performanceWeight": "40"}', "performanceWeight"),
        ('{"acceptMinutes": 0}', "acceptMinutes"),
        ('{"explorationShare": 0.51}', "explorationShare"),
        ('{"maxHops": 51}', "maxHops"),
        ('{"dealValueBasis": "gut"}', "dealValueBasis"),
        ('{"scoreWeights": {"response": 1}}', "scoreWeights"),
        ('{"colour": "red"}', "colour"),
        ("[]", ""),
    ],
)
def test_every_setting_has_bounds(market: Market, settings: str, field: str) -> None:
    with pytest.raises(psycopg.Error) as refusal, market.connection.transaction():
        market.connection.execute("select routing.change_settings(%s, %s)", (market.id, settings))
    assert refusal.value.sqlstate == "LB400"
    assert f'"field": "{field}"' in str(refusal.value.diag.message_detail)


def test_settings_are_versions(market: Market, tx: psycopg.Connection) -> None:
    market.set(regionWeight=10)
    market.set(regionWeight=10)
    market.set(maxHops=3, dealValueBasis="price_at_purchase")
    rows = tx.execute(
        "select version, region_weight, max_hops from routing.settings where workspace_id = %s"
        " order by version",
        (market.id,),
    ).fetchall()
    assert rows == [(1, 10, 5), (2, 10, 3)]
    assert tx.execute(
        "select deal_value_basis from crm.workspaces where workspace_id = %s", (market.id,)
    ).fetchone() == ("price_at_purchase",)


# Simulation


def test_a_simulation_replays_without_writing(market: Market, tx: psycopg.Connection) -> None:
    market.fair()
    one, two = market.partner("One", base_weight=3), market.partner("Two", max_open_leads=2)
    for hour in range(8):
        freeze(tx, f"2026-03-10 0{hour}:00+00")
        lead = market.lead(created_at=f"2026-03-10 0{hour}:00+00")
        decision = market.assign(lead)
        if hour == 0:
            assert decision["partner_id"] == str(one)
            tx.execute("update crm.leads set status = 'won' where id = %s", (lead,))
    before = tx.execute(
        "select count(*), max(updated_at) from routing.lead_assignment_logs"
    ).fetchone()
    found = market.simulate("2026-03-10 00:00+00", "2026-03-11 00:00+00")

    assert (found["leads"], found["routed"], found["unroutable"]) == (8, 8, 0)
    assert [(p["partner_id"], p["leads"], p["share"]) for p in found["partners"]] == [
        (str(one), 6, 0.75),
        (str(two), 2, 0.25),
    ]
    assert (found["logged_decisions"], found["actual_deals"]) == (8, 1)
    # The same settings make the same decisions, whose probability is 1.
    assert (found["expected_deals"], found["effective_sample_size"]) == (1, 8)
    # Everybody is equally near; the tie goes by who waited longest, but two is full at two.
    other = market.simulate(
        "2026-03-10 00:00+00",
        "2026-03-11 00:00+00",
        regionWeight=100,
        fairnessWeight=0,
    )
    assert [(p["leads"], p["cap_hits"]) for p in other["partners"]] == [(6, 0), (2, 4)]
    assert (
        before
        == tx.execute(
            "select count(*), max(updated_at) from routing.lead_assignment_logs"
        ).fetchone()
    )
    refused(tx, "LB400", "select routing.simulate(%s, now(), now())", market.id)


# Rights


def test_the_router_routes_for_its_workspace_and_reads_nothing(
    market: Market, tx: psycopg.Connection
) -> None:
    partner = market.partner()
    lead, other = market.lead(), Market(tx)
    foreign = other.lead()
    build.principal(tx, "test_router", workspace_id=market.id)
    with as_login(tx, "test_router"):
        assert len(market.refusals(lead)) == 1
        decision = market.assign(lead)
        assert market.explain(decision).startswith("Partner got this lead, the only one eligible")
        assert market.respond(lead, partner, "accept")["outcome"] == "accepted"
        assert market.expire() >= 0
        for statement in (
            "select routing.assign_lead(%s, %s)",
            "select routing.candidates(%s, %s)",
            "select routing.explain(%s, %s)",
            "select routing.explain_lead(%s, %s)",
        ):
            refused(tx, "LB404", statement, other.id, foreign)
        refused(tx, "42501", "select from routing.lead_assignment_logs")
        refused(tx, "42501", "select from crm.leads")
        refused(tx, "42501", "select routing.change_settings(%s, '{}')", market.id)
        refused(tx, "42501", "select routing.decide(%s, %s, null, 'me')", market.id, lead)


def test_a_router_without_a_binding_routes_nothing(market: Market, tx: psycopg.Connection) -> None:
    market.partner()
    lead = market.lead()
    with as_login(tx, "test_router"):
        refused(tx, "LB404", "select routing.assign_lead(%s, %s)", market.id, lead)
        refused(tx, "LB404", "select routing.candidates(%s, %s)", market.id, lead)
