"""Nothing of one person is kept for another: what is cached, and what a second person gets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from core.people import Identity
from core.settings import ROOT
from data.database import transaction
from data.progress import Seen
from pipeline import intake, record
from pipeline.routines import days, diary
from tests import people
from tests.api.calling import Person, person
from tests.api.checking import calling
from tests.api.test_openapi import operations
from tests.consulting import question
from tests.dashboard.checks import opened, viewer, words
from tests.stand_in import examination, photo_that

FOLDERS = ("api", "core", "dashboard", "data", "models", "pipeline")
CACHES = frozenset({"cache", "lru_cache", "cached_property", "cache_data", "cache_resource"})

# What every process keeps, and why it may: the same for everybody, unless it says otherwise.
KEPT = {
    "api/routes/mail.py _templates": "templates",
    "core/clocks.py instant": "times of day in time zones",
    "core/clocks.py zones": "names of time zones",
    "core/health.py countries": "names of countries",
    "core/inputs.py _adapter": "validators of kinds of input",
    "core/keys.py _own_jwt_key": "the product's key",
    "core/settings.py settings": "settings",
    "dashboard/plots.py _theme": "colours",
    "dashboard/plots.py template": "the look of charts",
    "dashboard/widgets/component.py _made": "files of ours",
    "data/analyses.py _list_of": "SQL without its values",
    "data/database.py _engine": "connections",
    "data/photo_store.py _store": "where photos lie",
    "models/backdrops.py reference": "training only",
    "models/manifest.py manifest": "figures of the model",
    "pipeline/advice/knowledge.py knowledge": "knowledge that ships with the product",
    "pipeline/advice/lookup.py in_service": "the same, by name",
    "pipeline/advice/outcome.py _adapter": "a validator",
    "pipeline/mail/letters.py _templates": "templates",
    "pipeline/noise.py of_models": "figures of the model",
    "pipeline/passwords.py _nobodys": "a hash of nobody's password",
    "pipeline/recommendations.py _reader": "a validator",
    "pipeline/routines/pace.py brake_rule": "a rule in words",
    "pipeline/safety/questions.py questionnaire": "questions that ship with the product",
    # a person's: found again only by the very token, whose session is looked up each time
    "pipeline/tokens.py _verified": "what a token says, by the token",
}
# What a process writes into its modules while it runs, and why it may.
WRITTEN = {
    "api/figures.py _LATE": "how late the event loop is, of no one",
    "api/request_ids.py _current": "the id of the request that runs, and of no other",
    "data/database.py _in_use": "connections",
    "pipeline/score_files.py _of_process": "the scorer of a process that reads files",
}
CHANGES = frozenset(
    {"add", "append", "appendleft", "extend", "insert", "setdefault", "update", "pop", "set"}
)
NAMES_A_PERSON = frozenset({"user_id", "who", "whose", "session", "person", "email", "staff"})
CANARY = "Adalbertinecanary"
# Pages of a personal account.
PAGES = (
    *("today", "new_check", "result", "trends", "advice", "routine", "trials", "safety"),
    *("consultations", "ask", "notifications", "profile", "evidence"),
)


def _cached() -> Iterator[tuple[str, ast.FunctionDef]]:
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if not isinstance(node, ast.FunctionDef):
                    continue
                for decorator in node.decorator_list:
                    called = decorator.func if isinstance(decorator, ast.Call) else decorator
                    name = called.attr if isinstance(called, ast.Attribute) else None
                    name = called.id if isinstance(called, ast.Name) else name
                    if name in CACHES:
                        yield f"{file.relative_to(ROOT)} {node.name}", node


def test_every_cache_of_the_product_is_known_and_says_why_it_may_be_one() -> None:
    assert {name for name, _ in _cached()} == set(KEPT)


def test_no_cache_is_asked_with_a_person() -> None:
    for name, node in _cached():
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        assert NAMES_A_PERSON.isdisjoint(one.arg for one in every), name


def _written() -> Iterator[str]:
    """Names of modules that a function of the same module changes: caches of another kind."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(file.read_text())
            names = {
                target.id
                for node in tree.body
                if isinstance(node, ast.Assign | ast.AnnAssign)
                for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
                if isinstance(target, ast.Name)
            }
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    for name in sorted(_changed_in(function) & names):
                        yield f"{file.relative_to(ROOT)} {name}"


def _changed_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names of others which it binds anew, sets an item or an attribute of, or adds to."""
    own = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    bound, changed, shared = set(), set(), set()
    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            shared |= set(node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            bound.add(node.id)
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.value, ast.Name):
            is_call = isinstance(node, ast.Attribute) and node.attr in CHANGES
            if is_call or isinstance(node.ctx, ast.Store | ast.Del):
                changed.add(node.value.id)
    return (changed - own - (bound - shared)) | (bound & shared)


def test_what_a_process_writes_into_its_modules_is_known_and_is_nobodys() -> None:
    assert set(_written()) == set(WRITTEN)


def test_streamlit_caches_nothing() -> None:
    """Its caches are of all sessions, and any client can clear them."""
    for folder in ("dashboard", "pipeline", "api"):
        for file in (ROOT / folder).rglob("*.py"):
            assert "st.cache_" not in file.read_text(), file


@pytest.fixture
def ada(var: Path, database: Connection) -> Identity:
    """Somebody whose pages are full of words that nobody else has."""
    with transaction() as session:
        user_id = people.register(session, first_name=CANARY, last_name="Byron")
        who = people.signed_in(session, user_id)
        check = intake.submit(session, who, [photo_that("is scored")])
        begun = record.start(session, check)
        assert begun is not None
        assert record.record(session, begun, [Seen(examination(43.21))])
        question(session, who, question=f"{CANARY}: is it harmless?")
        diary.product(session, who, days.today_of(session, user_id), f"{CANARY} soap", is_new=True)
    return who


@pytest.mark.parametrize("page", PAGES)
def test_after_one_person_another_in_the_same_process_sees_nothing_of_theirs(
    ada: Identity, page: str
) -> None:
    hers = opened(ada, page)
    with transaction() as session:
        eve = people.signed_in(session)
    seen = opened(eve, page)
    assert CANARY not in words(seen)
    if page in ("profile", "today", "consultations", "routine"):
        assert CANARY in words(hers)  # what is looked for is there to be found
    if page == "result":
        assert viewer(hers) is not None
        assert viewer(seen) is None


def test_after_one_person_another_with_the_same_program_gets_nothing_of_theirs(
    var: Path, database: Connection
) -> None:
    ada, eve = person(first_name=CANARY), person()
    found = []
    with calling() as client:
        for path in [path for method, path in operations() if method == "get" and "{" not in path]:
            address = path.lstrip("/")
            hers = client.get(address, headers=_signed(ada))
            tag = hers.headers.get("etag", '"nothing"')
            seen = client.get(address, headers={**_signed(eve), "if-none-match": tag})
            assert CANARY not in seen.text, path
            assert "no-store" in hers.headers["cache-control"], path
            if CANARY in hers.text:
                found.append(path)
    assert "/users/me" in found  # what is looked for is there to be found


def _signed(who: Person) -> dict[str, str]:
    return {"authorization": f"Bearer {who.access}"}
