"""data/knowledge, read once and checked: a fault names its file and row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from core.metrics import Metric
from core.settings import ROOT
from pipeline.advice.schema import (
    ConcernLimit,
    Contraindication,
    Ingredient,
    Interaction,
    RedFlag,
    Role,
    Row,
    Rule,
    Source,
)

FOLDER = ROOT / "data" / "knowledge"
_Model = TypeVar("_Model", bound=BaseModel)


class BadKnowledge(Exception):
    """A file in data/knowledge says something that it must not: file, row and what is wrong."""


@dataclass(frozen=True)
class Knowledge:
    version: str
    sources: Mapping[str, Source]
    ingredients: Mapping[str, Ingredient]  # in the order of the table
    limits: Mapping[Metric, ConcernLimit]
    rules: Mapping[str, Rule]
    interactions: Mapping[str, Interaction]
    contraindications: Mapping[str, Contraindication]
    red_flags: Mapping[str, RedFlag]

    def cite(self, row: Row) -> tuple[str, ...]:
        return tuple(self.sources[key].words() for key in row.sources)

    def of_role(self, role: Role) -> tuple[Ingredient, ...]:
        return tuple(each for each in self.ingredients.values() if each.role is role)


@cache
def knowledge() -> Knowledge:
    """What ships with this version."""
    return load(FOLDER)


def load(folder: Path) -> Knowledge:
    """Raises BadKnowledge."""
    read = _Folder(folder)
    sources = read.sources()
    ingredients = read.rows("ingredients", Ingredient)
    limits = read.limits()
    rules = read.rows("rules", Rule)
    interactions = read.rows("interactions", Interaction)
    contraindications = read.rows("contraindications", Contraindication)
    red_flags = read.rows("red_flags", RedFlag)

    names = frozenset[str]().union(*(each.names for each in ingredients.values()))
    tables: dict[str, Mapping[str, Row]] = {
        "ingredients": ingredients,
        "rules": rules,
        "interactions": interactions,
        "contraindications": contraindications,
        "red_flags": red_flags,
    }
    for file, rows in tables.items():
        for row in rows.values():
            _known(file, row.id, "source", row.sources, sources)
    for each in ingredients.values():
        if each.variant_of is not None:
            bases = [i.id for i in ingredients.values() if i.role is Role.BASE]
            _known("ingredients", each.id, "base ingredient", (each.variant_of,), bases)
    _no_duplicate("ingredients", "row", [each.row for each in ingredients.values()])
    for rule in rules.values():
        _known("rules", rule.id, "ingredient", rule.about, names)
        _known("rules", rule.id, "rule", rule.builds_on, rules)
    _no_cycle(rules)
    for pair in interactions.values():
        _known("interactions", pair.id, "ingredient", (*pair.one, *pair.other), names)
    for against in contraindications.values():
        _known("contraindications", against.id, "ingredient", against.targets, names)
        _known("contraindications", against.id, "rule", against.rules, rules)
    return Knowledge(
        version=f"{read.version}+{read.digest.hexdigest()[:8]}",
        sources=sources,
        ingredients=ingredients,
        limits=limits,
        rules=rules,
        interactions=interactions,
        contraindications=contraindications,
        red_flags=red_flags,
    )


class _Folder:
    """The files of one folder; `version` is their latest, `digest` is of all that was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.version = ""
        self.digest = hashlib.sha256()

    def sources(self) -> dict[str, Source]:
        found = self._content("sources", dict)
        return {key: _checked("sources", key, Source, value) for key, value in found.items()}

    def limits(self) -> dict[Metric, ConcernLimit]:
        rows = self._content("concerns", list)
        found = [_checked("concerns", str(n), ConcernLimit, row) for n, row in enumerate(rows, 1)]
        _no_duplicate("concerns", "metric", [each.metric for each in found])
        return {each.metric: each for each in found}

    def rows(self, file: str, model: type[_RowModel]) -> dict[str, _RowModel]:
        found = [
            _checked(file, str(row.get("id", n) if isinstance(row, dict) else n), model, row)
            for n, row in enumerate(self._content(file, list), 1)
        ]
        _no_duplicate(file, "id", [each.id for each in found])
        return {each.id: each for each in found}

    def _content(self, file: str, kind: type) -> Any:
        path = self.folder / f"{file}.yaml"
        try:
            text = path.read_bytes()
            document = yaml.load(text, Loader=_Loader)  # noqa: S506
        except (OSError, yaml.YAMLError) as error:
            raise BadKnowledge(f"{file}.yaml cannot be read: {error}") from error
        key = "concerns" if file == "concerns" else file
        if not isinstance(document, dict) or document.keys() != {"version", key}:
            raise BadKnowledge(f"{file}.yaml holds exactly: version, {key}.")
        if not isinstance(document[key], kind):
            raise BadKnowledge(f"{file}.yaml: {key} is not a {kind.__name__}.")
        self.version = max(self.version, str(document["version"]))
        self.digest.update(text)
        return document[key]


_RowModel = TypeVar("_RowModel", bound=Row)


class _Loader(yaml.SafeLoader):
    """YAML takes the last of two equal keys without a word; here that is a fault."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {str(key) for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"twice: {', '.join(sorted(twice))}", node.start_mark
            )
        return super().construct_mapping(node, deep)


def _checked(file: str, row: str, model: type[_Model], value: Any) -> _Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'row'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise BadKnowledge(f"{file}.yaml, row {row}: {faults}.") from error


def _known(file: str, row: str, what: str, named: Iterable[str], known: Iterable[str]) -> None:
    for name in sorted(set(named) - set(known)):
        raise BadKnowledge(f"{file}.yaml, row {row}: there is no {what} {name}.")


def _no_duplicate(file: str, field: str, values: list[Any]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise BadKnowledge(f"{file}.yaml, row {value}: its {field} stands there twice.")


def _no_cycle(rules: Mapping[str, Rule]) -> None:
    done: set[str] = set()

    def follow(rule: str, way: tuple[str, ...]) -> None:
        if rule in way:
            raise BadKnowledge(f"rules.yaml, row {rule}: a cycle, {' → '.join((*way, rule))}.")
        if rule not in done:
            for before in rules[rule].builds_on:
                follow(before, (*way, rule))
            done.add(rule)

    for rule in rules:
        follow(rule, ())
