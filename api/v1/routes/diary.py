"""The diary: irritation, sleep, sun, cycle, products."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from api.v1.caller import Caller
from api.v1.paging import Page
from api.v1.problems import answers
from api.v1.routes.routine import day_or_today
from api.v1.schemas import care as schemas
from core.care import Topic
from data.database import read, transaction
from pipeline.routines import diary

router = APIRouter(prefix="/diary", tags=["routine"], responses=answers(401))


@router.get("")
def list_diary(
    caller: Caller,
    page: Page,
    topic: Annotated[Topic | None, Query(description="Only about this.")] = None,
) -> schemas.Diary:
    """What the person noted, the newest day first."""
    with read() as session:
        found, total = diary.listed(
            session, caller.user_id, topic=topic, limit=page.limit, offset=page.offset
        )
    return schemas.Diary(entries=[schemas.DiaryEntry(**vars(line)) for line in found], total=total)


@router.post("/irritation", responses=answers(403))
def note_irritation(caller: Caller, given: schemas.Irritation) -> schemas.Braked:
    """Note irritation. Twice within 14 days slows the routine down; two more pause its actives."""
    with transaction() as session:
        day = day_or_today(session, caller, given.day)
        put = diary.irritation(session, caller, day, given.half, given.signs)
    return schemas.Braked(brake_put=put)


@router.put("/answer", status_code=204, responses=answers(403))
def note_answer(caller: Caller, given: schemas.DiaryAnswer) -> None:
    """Note sleep, sun or cycle of a day; null takes it back."""
    with transaction() as session:
        day = day_or_today(session, caller, given.day)
        diary.answer(session, caller, day, given.topic, given.level)


@router.post("/product", status_code=201, responses=answers(403))
def note_product(caller: Caller, given: schemas.ProductChange) -> schemas.MadeId:
    """Note that a product was begun or ended. A trial under way names it."""
    with transaction() as session:
        day = day_or_today(session, caller, given.day)
        made = diary.product(session, caller, day, given.name, is_new=given.is_new)
    return schemas.MadeId(id=made)


@router.delete("/{entry_id}", status_code=204, responses=answers(404))
def remove_entry(
    caller: Caller, entry_id: Annotated[UUID, Path(description="The line's id.")]
) -> None:
    """Take a line back."""
    with transaction() as session:
        diary.remove(session, caller, entry_id)
