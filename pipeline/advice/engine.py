"""Scores and a person in, a routine with its reasons out. Pure, deterministic, no brands."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from core.examination import Score
from core.metrics import Metric, Region
from pipeline.advice import outcome, schedule
from pipeline.advice.concerns import Concern, counted
from pipeline.advice.eligibility import Eligibility
from pipeline.advice.knowledge import Knowledge, knowledge
from pipeline.advice.lookup import Lookup, Obstacle, in_service
from pipeline.advice.outcome import Advice
from pipeline.advice.person import QUESTIONS, Fact, Person
from pipeline.advice.schedule import WEEKS_BETWEEN, Chosen, Clash
from pipeline.advice.schema import Grade, Ingredient, Role, Scope, Time
from pipeline.advice.steps import ORDER, active_step, base_steps, best_kind
from pipeline.advice.wording import notices_of, plan_of, rules_told

ENGINE = "2"
MOST_NEW_ACTIVES = 3
_ONLY_NEAR_EYES = "It does not go near the eyes, and only there the score counts."
_GENTLY = frozenset({Fact.SENSITIVE_SKIN, Fact.SKIN_TYPE_UNKNOWN})


def advise(
    face: Mapping[Metric, Score],
    regions: Mapping[Region, Mapping[Metric, Score]],
    person: Person,
    known: Knowledge | None = None,
) -> Advice:
    """Cosmetic guidance for one analysis. Red flags are asked before, and stop it."""
    lookup = in_service() if known is None else Lookup(known)
    return _Analysis(face, regions, person, lookup).advice()


def version() -> str:
    """Of the engine and of the knowledge that ships with it, as `Advice.version` has it."""
    return f"{ENGINE}/{knowledge().version}"


class _Analysis:
    def __init__(
        self,
        face: Mapping[Metric, Score],
        regions: Mapping[Region, Mapping[Metric, Score]],
        person: Person,
        lookup: Lookup,
    ) -> None:
        self.lookup = lookup
        self.person = person
        self.concerns = counted(face, regions, lookup.known.limits)
        self.who = Eligibility(lookup, person, self.concerns)
        rows = lookup.known.ingredients
        self.used = [rows[name] for name in sorted(person.uses or ()) if name in rows]
        self.chosen: list[Chosen] = []
        self.why_not: dict[str, outcome.WhyNot] = {}
        self.may_discuss: dict[str, outcome.MayDiscuss] = {}
        self.untold: set[Fact] = set()
        self.applied: dict[str, None] = {}  # an ordered set

    def advice(self) -> Advice:
        kept = tuple(self._keep(each) for each in self.used)
        routine = base_steps(self.concerns, self.who, self.lookup)
        self._explain_base()
        for concern in self.concerns:
            self._answer(concern)
        gently = bool(_GENTLY & self.who.facts)
        plans = []
        for number, each in enumerate(self.chosen):
            start = 1 + WEEKS_BETWEEN * (number + 1)  # the base routine has the first two weeks
            phases = schedule.phases(each, start, gently=gently)
            plans.append((start, each.ingredient))
            step = active_step(each, phases, self.lookup)
            routine[each.time].append(step)
            self._note_applied(each)
        for steps in routine.values():
            steps.sort(key=lambda step: ORDER.index(step.slot))
        for each in self.chosen:
            self.why_not.pop(each.ingredient.id, None)
        met = self._met_already()
        notices, of_rules = notices_of(self.who, self.lookup)
        self.applied.update(dict.fromkeys(of_rules))
        starts = [week for week, _ in plans]
        told = rules_told(self.chosen, starts, self.applied, of_rules, self.lookup)
        self.applied.update(dict.fromkeys(told.ids))
        return Advice(
            version=f"{ENGINE}/{self.lookup.known.version}",
            concerns=tuple(_noted(concern) for concern in self.concerns),
            morning=tuple(routine[Time.MORNING]),
            evening=tuple(routine[Time.EVENING]),
            plan=plan_of(plans),
            expect=told.expect,
            kept=kept,
            why_not=tuple(self.why_not.values()),
            may_discuss=tuple(self.may_discuss.values()),
            notices=(*notices, *met),
            rules=told.rules,
            still_to_tell=tuple(text for fact, text in QUESTIONS.items() if fact in self.untold),
            applied=tuple(self.applied),
        )

    def _keep(self, each: Ingredient) -> outcome.Kept:
        against = [o for o in self.who.obstacles(each) if not o.untold and not o.prescription]
        against = [o for o in against if o.id not in ("budget", "free-of")]
        self._note_obstacles(against)
        if against:
            because = " ".join(o.text for o in against)
            text = f"Pause it and ask a doctor or pharmacist. {because}"
            cited = tuple(dict.fromkeys(c for o in against for c in o.citations))
        elif each.role is Role.HARM or each.evidence is Grade.X:
            text, cited = f"Better without it. {each.never}", self.lookup.citations[each.id]
        else:
            text = "You use it already; carry on as its label or your doctor says."
            cited = self.lookup.citations[each.id]
        carry_on = not against and each.evidence is not Grade.X
        return outcome.Kept(each.id, each.name, carry_on, text, cited)

    def _met_already(self) -> list[outcome.Told]:
        """What to know of two things that the person uses both."""
        found = []
        for a, b in combinations(self.used, 2):
            if pair := self.lookup.pairs.get((a.id, b.id)):
                self.applied[pair.id] = None
                cited = self.lookup.citations[pair.id]
                found.append(outcome.Told(f"{a.name} and {b.name}", pair.text, cited))
        return found

    def _explain_base(self) -> None:
        """Why a base step is away, and why its product is not of another kind."""
        for base in self.lookup.known.of_role(Role.BASE):
            if against := self.who.obstacles(base):
                self._leave(base, against)
            best = best_kind(base, self.concerns, self.who, self.lookup)
            counting = {concern.metric for concern in self.concerns}
            for kind in self.lookup.variants[base.id]:
                if not counting & self.lookup.helps[kind.id] or kind is best:
                    continue
                if against := self.who.obstacles(kind):
                    self._leave(kind, against)
                elif best is not None:
                    self._after(kind, best.name)

    def _answer(self, concern: Concern) -> None:
        """One active for a concern, or why none; and what a dermatologist may discuss."""
        for each in self.lookup.helping[Role.NEVER, concern.metric]:
            self._never(each, concern)
        covering = self._covering(concern)
        for each in self.lookup.helping[Role.ACTIVE, concern.metric]:
            if covering == each.name:
                continue
            against = self.who.obstacles(each)
            if any(o.prescription for o in against) and len(against) == 1:
                self._discuss(each, concern)
            if against:
                self._leave(each, against)
            elif each.id in (self.person.uses or ()):
                continue
            elif not concern.at(near_eyes=not each.not_near_eyes):
                self._say_why_not(each, (_ONLY_NEAR_EYES,))
            elif covering is not None:
                self._after(each, covering)
            elif len(self.chosen) >= self._most():
                self._say_why_not(each, (self._full(),))
            else:
                found = schedule.place(each, concern, self.chosen, self.used, self.lookup)
                if isinstance(found, Clash):
                    if found.interaction is not None:
                        self.applied[found.interaction.id] = None
                    self._say_why_not(each, (found.text,))
                else:
                    self.chosen.append(found)
                    covering = each.name

    def _covering(self, concern: Concern) -> str | None:
        """What answers this concern already: something in use, or chosen for a clearer one."""
        for each in self.used:
            useful = concern.metric in each.helps and each.evidence not in (Grade.D, Grade.X)
            if each.role in (Role.ACTIVE, Role.NEVER) and useful and not self.who.obstacles(each):
                return each.name
        for before in self.chosen:
            near_eyes = not before.ingredient.not_near_eyes
            if concern.metric in before.ingredient.helps and concern.at(near_eyes=near_eyes):
                before.concerns.append(concern)
                return before.ingredient.name
        return None

    def _most(self) -> int:
        return 1 if self.person.uses is None else MOST_NEW_ACTIVES

    def _full(self) -> str:
        if self.person.uses is None:
            self.untold.add(Fact.USES_UNKNOWN)
            return "You have not told us what you use now, so we add one thing only."
        return f"{MOST_NEW_ACTIVES} new things are enough for one plan."

    def _never(self, each: Ingredient, concern: Concern) -> None:
        against = [o for o in self.who.obstacles(each) if not o.untold]
        if against:
            self._leave(each, tuple(against))
        elif each.scope is Scope.RX and each.evidence is not Grade.X:
            self._discuss(each, concern)
        else:
            self._say_why_not(each, (str(each.never),))

    def _discuss(self, each: Ingredient, concern: Concern) -> None:
        self.applied["R11"] = None
        self.may_discuss.setdefault(
            each.id,
            outcome.MayDiscuss(
                each.id,
                each.name,
                concern.words,
                each.evidence.value,
                self.lookup.citations[each.id],
            ),
        )

    def _after(self, each: Ingredient, better: str) -> None:
        self.applied["R12"] = None
        self._say_why_not(each, (f"{better} comes first: better evidence, or it costs less.",))

    def _leave(self, each: Ingredient, against: tuple[Obstacle, ...]) -> None:
        self._note_obstacles(against)
        is_untold = all(o.untold for o in against)
        kind = outcome.LeftOut.NOT_TOLD if is_untold else outcome.LeftOut.PERSON
        self.untold.update(fact for o in against for fact in o.untold)
        cited = (*(c for o in against for c in o.citations), *self.lookup.citations[each.id])
        self.why_not.setdefault(
            each.id,
            outcome.WhyNot(
                each.id,
                each.name,
                kind,
                tuple(o.text for o in against),
                tuple(dict.fromkeys(cited)),
            ),
        )

    def _say_why_not(self, each: Ingredient, because: tuple[str, ...]) -> None:
        cited = self.lookup.citations[each.id]
        self.why_not.setdefault(
            each.id,
            outcome.WhyNot(each.id, each.name, outcome.LeftOut.CHOICE, because, cited),
        )

    def _note_obstacles(self, against: list[Obstacle] | tuple[Obstacle, ...]) -> None:
        for obstacle in against:
            self.applied[obstacle.id] = None
            self.applied.update(dict.fromkeys(obstacle.rules))

    def _note_applied(self, chosen: Chosen) -> None:
        each = chosen.ingredient.id
        pairs = (*self.lookup.cautions[each], *self.lookup.sun[each], *chosen.with_)
        self.applied.update(dict.fromkeys(pair.id for pair in pairs))


def _noted(concern: Concern) -> outcome.Noted:
    regions = tuple(place.region for place in concern.places if place.region is not None)
    return outcome.Noted(concern.metric, concern.words, regions, concern.reasons())
