"""A FastAPI route with nothing in it but the SQL of GET /analysis, for bench.api to compare with.

It is handed the statements that the product's own route executes, with their parameters, and
answers what they find: no tokens, limits, schemas or headers.
"""

from __future__ import annotations

import os
import pickle
from collections import defaultdict
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import create_engine

# Connection settings as in data.database: they cost a query here too.
engine = create_engine(
    os.environ["BARE_DATABASE_URL"], pool_size=10, max_overflow=10, pool_pre_ping=True
)
# Written a moment ago by bench.api; parameters keep their types.
STATEMENTS: list[list[Any]] = pickle.loads(  # noqa: S301
    Path(os.environ["BARE_STATEMENTS"]).read_bytes()
)
app = FastAPI()


@app.get("/analysis")
def list_analyses() -> dict[str, Any]:
    found = []
    for transaction in STATEMENTS:
        with engine.begin() as connection:
            for statement, parameters in transaction:
                result = connection.exec_driver_sql(statement, parameters)
                found.append(
                    [dict(row) for row in result.mappings()] if result.returns_rows else []
                )
    total, analyses, scores = found[-3][0], found[-2], found[-1]
    by_check = defaultdict(list)
    for score in scores:
        by_check[score["analysis_id"]].append(score)
    for check in analyses:
        check.pop("maps_wrapped_key", None)
        check["scores"] = by_check[check["id"]]
    return {"analyses": analyses, "total": total["count_1"]}


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["BARE_PORT"]), log_level="warning", access_log=False)
