"""Checks of a person, made by the product's own use-cases, without a worker."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from streamlit.testing.v1 import AppTest

from core.analyses import Stage
from core.examination import Examination
from core.people import Identity
from data import progress
from data.database import transaction
from data.progress import Begun, Seen
from pipeline import intake, record
from tests.dashboard.seeing import seen_by
from tests.stand_in import examination, photo_that


def waiting_check(who: Identity) -> UUID:
    with transaction() as session:
        return intake.submit(session, who, [photo_that("is scored")])


def begun_check(who: Identity, stage: Stage = Stage.OPENING) -> tuple[UUID, Begun]:
    check = waiting_check(who)
    with transaction() as session:
        begun = record.start(session, check)
        assert begun is not None
        progress.move(session, begun, stage, shot=1)
    return check, begun


def scored_check(who: Identity, result: Examination | None = None) -> UUID:
    check, begun = begun_check(who)
    with transaction() as session:
        assert record.record(session, begun, [Seen(result or examination())])
    return check


def rejected_check(who: Identity, *reasons: str) -> UUID:
    check, begun = begun_check(who)
    with transaction() as session:
        record.record(session, begun, [Seen(None, reasons)])
    return check


def failed_check(who: Identity, sentence: str) -> UUID:
    check, begun = begun_check(who)
    with transaction() as session:
        record.fail(session, begun, sentence)
    return check


def opened(who: Identity, path: str, **query: str) -> AppTest:
    """The page at `path`, as this person sees it."""
    page = seen_by(who).run()
    page.query_params.update(query)
    page.switch_page(f"pages/{path}.py").run()
    assert not page.exception
    return page


def button(page: AppTest, label: str) -> Any:
    return next(each for each in page.button if each.label == label)


def viewer(page: AppTest) -> dict[str, Any] | None:
    """What the face viewer was given; None where there is none."""
    shown = [
        element.proto
        for element in page.get("bidi_component")
        if element.proto.component_name == "skincare.face_viewer"
    ]
    return json.loads(shown[0].json) if shown else None


def words(page: AppTest) -> str:
    """Everything that stands on the page, HTML of our own and the face viewer's included."""
    seen = viewer(page)
    panels = [metric["numbers"] for metric in seen["metrics"]] if seen else []
    return "\n".join([*_values(page.main.children.values()), *_html(page), *panels])


def _values(nodes: Iterable[Any]) -> Iterable[str]:
    for node in nodes:
        value = getattr(node, "value", None)
        if isinstance(value, str):
            yield value
        label = getattr(node, "label", None)
        if isinstance(label, str):
            yield label
        children = getattr(node, "children", None)
        if children:
            yield from _values(children.values())


def _html(page: AppTest) -> list[str]:
    return [str(element.proto.body) for element in page.get("html")]
