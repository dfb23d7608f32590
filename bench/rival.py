"""The usual service: FastAPI, SQLAlchemy and pydantic, which computes the figures when it is asked.

It answers with the plain counts, means and rates of 30 days, without medians, scores, intervals and
7-day figures, so it has less to do. Time zones are those of the branches, as everywhere.
"""

import os
from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Executable,
    Numeric,
    case,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

KEY = os.environ["BENCH_KEY"]

engine = create_async_engine(os.environ["BENCH_DATABASE"], pool_size=10, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    __table_args__ = {"schema": "crm"}  # noqa: RUF012


class User(Base):
    __tablename__ = "users"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]


class Member(Base):
    __tablename__ = "members"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    deactivated_at: Mapped[object | None] = mapped_column(DateTime(timezone=True))


class Lead(Base):
    __tablename__ = "leads"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    credited_user_id: Mapped[UUID | None]
    status: Mapped[str]
    created_at: Mapped[object] = mapped_column(DateTime(timezone=True))
    accepted_at: Mapped[object | None] = mapped_column(DateTime(timezone=True))
    rejected_at: Mapped[object | None] = mapped_column(DateTime(timezone=True))
    first_contact_at: Mapped[object | None] = mapped_column(DateTime(timezone=True))
    won_at: Mapped[object | None] = mapped_column(DateTime(timezone=True))
    deal_value: Mapped[float | None] = mapped_column(Numeric)


class Activity(Base):
    __tablename__ = "lead_activities"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID]
    type: Mapped[str]


class Performance(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    partner_id: UUID
    partner_name: str | None
    leads_assigned_30d: int
    leads_accepted_30d: int
    leads_rejected_30d: int
    conversion_rate_30d: float | None
    leads_contacted_30d: int
    avg_first_response_time_minutes_30d: float | None
    leads_contacted_within_1h_30d: int
    leads_contacted_within_24h_30d: int
    won_leads_30d: int
    lost_leads_30d: int
    deal_rate_30d: float | None
    contact_attempts_30d: int
    leads_min_2_attempts_30d: int
    avg_deal_value_30d: float | None


CONTACTS = ("phone_call", "email_sent", "whatsapp", "sms", "meeting", "status_change_contacted")


def performance(workspace_id: UUID, partner_id: UUID | None) -> Executable:
    """The figures of one partner, or of all of a workspace, from the leads and their activities."""
    cohort = (
        select(Lead)
        .where(
            Lead.workspace_id == workspace_id,
            Lead.credited_user_id.is_not(None),
            Lead.created_at >= text("now() - interval '30 days'"),
            *([] if partner_id is None else [Lead.credited_user_id == partner_id]),
        )
        .subquery()
    )
    attempts = (
        select(Activity.lead_id, func.count().label("attempts"))
        .join(cohort, (Activity.lead_id == cohort.c.id) & (Activity.workspace_id == workspace_id))
        .where(Activity.type.in_(CONTACTS))
        .group_by(Activity.lead_id)
        .subquery()
    )
    response = func.date_part("epoch", cohort.c.first_contact_at - cohort.c.created_at)
    won = (cohort.c.status == "won") | (
        (cohort.c.status == "completed") & cohort.c.won_at.is_not(None)
    )
    lost = cohort.c.status == "lost"

    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((condition, 1)))

    def share(count: ColumnElement[int], of: ColumnElement[int]) -> ColumnElement[float]:
        return cast(count, Numeric) / func.nullif(of, 0)

    return (
        select(
            cohort.c.credited_user_id.label("partner_id"),
            User.name.label("partner_name"),
            func.count().label("leads_assigned_30d"),
            func.count(cohort.c.accepted_at).label("leads_accepted_30d"),
            func.count(cohort.c.rejected_at).label("leads_rejected_30d"),
            share(func.count(cohort.c.accepted_at), func.count()).label("conversion_rate_30d"),
            func.count(cohort.c.first_contact_at).label("leads_contacted_30d"),
            (func.avg(response) / 60).label("avg_first_response_time_minutes_30d"),
            counted(response <= 3600).label("leads_contacted_within_1h_30d"),
            counted(response <= 86400).label("leads_contacted_within_24h_30d"),
            counted(won).label("won_leads_30d"),
            counted(lost).label("lost_leads_30d"),
            share(counted(won), counted(won | lost)).label("deal_rate_30d"),
            func.coalesce(func.sum(attempts.c.attempts), 0).label("contact_attempts_30d"),
            counted(attempts.c.attempts >= 2).label("leads_min_2_attempts_30d"),
            func.avg(case((won, cohort.c.deal_value))).label("avg_deal_value_30d"),
        )
        .join(User, User.id == cohort.c.credited_user_id)
        .outerjoin(attempts, attempts.c.lead_id == cohort.c.id)
        .group_by(cohort.c.credited_user_id, User.name)
        .order_by(func.count().desc(), User.name, cohort.c.credited_user_id)
        .limit(50)
    )


async def session() -> AsyncGenerator[AsyncSession]:
    async with sessions() as opened:
        yield opened


async def caller(authorization: Annotated[str, Header()]) -> UUID:
    try:
        claims = jwt.decode(
            authorization.removeprefix("Bearer "),
            KEY,
            algorithms=["HS256"],
            audience="leadboard",
            issuer="leadboard",
        )
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error
    return UUID(claims["sub"])


async def allowed(
    workspace_id: UUID,
    user_id: Annotated[UUID, Depends(caller)],
    opened: Annotated[AsyncSession, Depends(session)],
) -> UUID:
    member = await opened.get(Member, (workspace_id, user_id))
    if member is None or member.deactivated_at is not None:
        raise HTTPException(404)
    if member.role not in ("owner", "admin"):
        raise HTTPException(403)
    return workspace_id


@app.get("/partners/{partner_id}/performance")
async def one(
    partner_id: UUID,
    workspace_id: Annotated[UUID, Depends(allowed)],
    opened: Annotated[AsyncSession, Depends(session)],
) -> Performance:
    row = (await opened.execute(performance(workspace_id, partner_id))).first()
    if row is None:
        raise HTTPException(404)
    return Performance.model_validate(row)


@app.get("/partners/performance")
async def board(
    workspace_id: Annotated[UUID, Depends(allowed)],
    opened: Annotated[AsyncSession, Depends(session)],
) -> list[Performance]:
    rows = (await opened.execute(performance(workspace_id, None))).all()
    return [Performance.model_validate(row) for row in rows]
