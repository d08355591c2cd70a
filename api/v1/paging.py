"""Lists in pages: how many at most, after how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

MOST_AT_ONCE = 100
FARTHEST = 10_000


@dataclass(frozen=True)
class Paging:
    limit: int
    offset: int


async def _paging(
    limit: Annotated[
        int, Query(ge=1, le=MOST_AT_ONCE, description="How many at most.", examples=[20])
    ] = 20,
    offset: Annotated[
        int, Query(ge=0, le=FARTHEST, description="How many to leave out first.", examples=[0])
    ] = 0,
) -> Paging:
    return Paging(limit, offset)


Page = Annotated[Paging, Depends(_paging)]
