"""Any history of changes, against a model in plain Python that knows the rules and no SQL.

The model keeps for each lead what was said about it and works everything out anew at the end:
first contact, credit, stage times, status history, ownership.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import LiteralString
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import builders as make
from tests.sessions import freeze

T0 = datetime(2026, 3, 2, tzinfo=UTC)
CONTACTS = {"sms", "meeting", "status_change_contacted"}
STAGE: dict[str, LiteralString] = {
    "accepted": "accepted_at",
    "rejected": "rejected_at",
    "qualified": "interested_at",
    "won": "won_at",
    "lost": "lost_at",
}
STATUSES = ("new", "accepted", "rejected", "contacted", "in_progress", "qualified", "won", "lost")

hours = st.integers(1, 200)
people = st.integers(0, 2)
maybe_people = st.none() | people
leads = st.integers(0, 1)

steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("status"), leads, st.sampled_from(STATUSES), st.none() | hours, maybe_people
        ),
        st.tuples(st.just("owner"), leads, maybe_people, st.none() | hours),
        st.tuples(
            st.just("act"), leads, st.sampled_from(["sms", "meeting", "note"]), hours, maybe_people
        ),
        st.tuples(st.just("move"), st.integers(0, 9), leads, hours),
        st.tuples(st.just("retype"), st.integers(0, 9), st.sampled_from(["sms", "note"])),
        st.tuples(st.just("reactor"), st.integers(0, 9), maybe_people),
        st.tuples(st.just("drop"), st.integers(0, 9)),
    ),
    max_size=12,
)

Step = tuple[object, ...]


@dataclass
class Lead:
    """What was said about one lead."""

    owner: UUID | None
    creator: UUID | None
    status: str = "new"
    status_changed_at: datetime = T0
    assigned_at: datetime | None = None
    stages: dict[str, datetime] = field(default_factory=dict[str, datetime])
    history: list[tuple[str, datetime]] = field(default_factory=list[tuple[str, datetime]])
    stretches: list[tuple[UUID | None, datetime]] = field(
        default_factory=list[tuple[UUID | None, datetime]]
    )


@dataclass
class Act:
    """One activity, with the number that decides a tie."""

    number: int
    lead: int
    type: str
    at: datetime
    actor: UUID | None


class World:
    """Two leads, three people, and every change made both in SQL and in the model."""

    def __init__(self, tx: psycopg.Connection, owned: tuple[int | None, int | None]) -> None:
        self.tx = tx
        self.now = T0
        self.tick(0)
        self.gym = make.workspace(tx)
        self.people = [make.member(tx, self.gym) for _ in range(3)]
        self.ids: list[UUID] = []
        self.leads: list[Lead] = []
        self.acts: dict[UUID, Act] = {}
        for owner, creator in (owned, (None, None)):
            lead = Lead(self.person(owner), self.person(creator))
            lead.assigned_at = T0 if lead.owner else None
            lead.history.append(("new", T0))
            lead.stretches.append((lead.owner, T0))
            self.leads.append(lead)
            self.ids.append(
                make.lead(tx, self.gym, lead.owner, T0, created_by_user_id=lead.creator)
            )

    def person(self, number: object) -> UUID | None:
        return self.people[number] if isinstance(number, int) else None

    def tick(self, number: int) -> None:
        """The clock of step n: a minute later than the one before, after every event time."""
        self.now = T0 + timedelta(hours=300, minutes=number)
        freeze(self.tx, self.now)

    def play(self, step: Step) -> None:
        match step:
            case ("status", int(n), str(status), hour, by):
                self.set_status(n, status, hour, self.person(by))
            case ("owner", int(n), owner, hour):
                self.set_owner(n, self.person(owner), hour)
            case ("act", int(n), str(kind), int(hour), by):
                moment = T0 + timedelta(hours=hour)
                actor = self.person(by)
                row = make.activity(self.tx, self.gym, self.ids[n], actor, kind, moment)
                self.acts[row] = Act(row.int, n, kind, moment, actor)
            case ("move", int(k), int(n), int(hour)) if act := self.pick(k):
                act.lead, act.at = n, T0 + timedelta(hours=hour)
                self.edit(act, "lead_id = %s, occurred_at = %s", self.ids[n], act.at)
            case ("retype", int(k), str(kind)) if act := self.pick(k):
                act.type = kind
                self.edit(act, "type = %s", kind)
            case ("reactor", int(k), by) if act := self.pick(k):
                act.actor = self.person(by)
                self.edit(act, "actor_user_id = %s", act.actor)
            case ("drop", int(k)) if act := self.pick(k):
                self.tx.execute(
                    "delete from crm.lead_activities where id = %s", (UUID(int=act.number),)
                )
                del self.acts[UUID(int=act.number)]
            case _:
                pass

    def pick(self, k: int) -> Act | None:
        acts = [act for act in self.acts.values() if act.type in ("sms", "meeting", "note")]
        return acts[k % len(acts)] if acts else None

    def edit(self, act: Act, assignments: LiteralString, *values: object) -> None:
        self.tx.execute(
            f"update crm.lead_activities set {assignments} where id = %s",  # noqa: S608
            (*values, UUID(int=act.number)),
        )

    def set_status(self, n: int, status: str, hour: object, by: UUID | None) -> None:
        lead = self.leads[n]
        moment = T0 + timedelta(hours=hour) if isinstance(hour, int) else self.now
        if isinstance(hour, int):
            self.tx.execute(
                """
                update crm.leads set status = %s, status_changed_at = %s, changed_by_user_id = %s
                where id = %s and status <> %s
                """,
                (status, moment, by, self.ids[n], status),
            )
        else:
            self.tx.execute(
                "update crm.leads set status = %s, changed_by_user_id = %s where id = %s",
                (status, by, self.ids[n]),
            )
        if status == lead.status:
            return
        lead.history.append((status, max(moment, lead.history[-1][1])))
        lead.status, lead.status_changed_at = status, moment
        if status in STAGE:
            lead.stages.setdefault(STAGE[status], moment)
        kind = {"contacted": "status_change_contacted", "won": "conversion"}.get(
            status, "status_change"
        )
        self.learn(n, kind, moment, by)

    def set_owner(self, n: int, owner: UUID | None, hour: object) -> None:
        lead = self.leads[n]
        moment = T0 + timedelta(hours=hour) if isinstance(hour, int) else self.now
        if owner is None:
            moment = self.now
        if isinstance(hour, int) and owner is not None and owner != lead.owner:
            self.tx.execute(
                "update crm.leads set owner_user_id = %s, assigned_at = %s where id = %s",
                (owner, moment, self.ids[n]),
            )
        else:
            self.tx.execute(
                "update crm.leads set owner_user_id = %s where id = %s", (owner, self.ids[n])
            )
        if owner == lead.owner:
            return
        lead.owner = owner
        lead.assigned_at = moment if owner else None
        lead.stretches = [(who, start) for who, start in lead.stretches if start < moment]
        lead.stretches.append((owner, moment))
        self.learn(n, "assignment", moment, None)

    def learn(self, n: int, kind: str, moment: datetime, actor: UUID | None) -> None:
        """Takes the activity in that the triggers wrote, whose id only they know."""
        row = self.tx.execute(
            """
            select id from crm.lead_activities
            where lead_id = %s and type = %s and occurred_at = %s and not id = any(%s)
            """,
            (self.ids[n], kind, moment, list(self.acts)),
        ).fetchone()
        assert row is not None, f"no activity {kind} at {moment}"
        self.acts[row[0]] = Act(row[0].int, n, kind, moment, actor)

    def expected(self, n: int) -> dict[LiteralString, object]:
        lead = self.leads[n]
        acts = [act for act in self.acts.values() if act.lead == n]
        first_actor = min(
            (act for act in acts if act.actor), key=lambda act: (act.at, act.number), default=None
        )
        if lead.owner:
            credit = (lead.owner, "owner")
        elif lead.creator:
            credit = (lead.creator, "creator")
        elif first_actor:
            credit = (first_actor.actor, "first_actor")
        else:
            credit = (None, "nobody")
        expected: dict[LiteralString, object] = {
            name: lead.stages.get(name) for name in STAGE.values()
        }
        expected |= {
            "status": lead.status,
            "status_changed_at": lead.status_changed_at,
            "assigned_at": lead.assigned_at,
            "first_contact_at": min((a.at for a in acts if a.type in CONTACTS), default=None),
            "credited_user_id": credit[0],
            "owner_basis": credit[1],
        }
        return expected

    def check(self) -> None:
        for n, (key, lead) in enumerate(zip(self.ids, self.leads, strict=True)):
            expected = self.expected(n)
            row = self.tx.execute(
                f"select {', '.join(expected)} from crm.leads where id = %s",  # noqa: S608
                (key,),
            ).fetchone()
            assert row is not None
            assert dict(zip(expected, row, strict=True)) == expected
            history = self.tx.execute(
                """
                select status, changed_at from crm.lead_status_history where lead_id = %s
                order by changed_at, id
                """,
                (key,),
            ).fetchall()
            assert sorted(history, key=str) == sorted(lead.history, key=str)
            assert history[-1][0] == lead.status
            stretches = self.tx.execute(
                """
                select user_id, lower(during), upper(during) from crm.lead_ownership
                where lead_id = %s order by lower(during)
                """,
                (key,),
            ).fetchall()
            assert [row[:2] for row in stretches] == lead.stretches
            assert [row[2] for row in stretches] == [*(s for _, s in lead.stretches[1:]), None]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(owned=st.tuples(maybe_people, maybe_people), history=steps)
def test_any_history(
    tx: psycopg.Connection, owned: tuple[int | None, int | None], history: list[Step]
) -> None:
    with tx.transaction(force_rollback=True):
        world = World(tx, owned)
        for number, step in enumerate(history):
            world.tick(number)
            world.play(step)
        world.check()
