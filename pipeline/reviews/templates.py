"""Words that are used again: built in, shared by all dermatologists, and one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotAllowed
from core.people import Identity, Role
from data import answers as kept
from data.answers import Template
from pipeline.consultations.cases import ONLY_DERMATOLOGISTS
from pipeline.consultations.texts import required

LONGEST_TITLE = 80  # characters
LONGEST = 4000
MOST = 100  # of one dermatologist

# What is filled in when a template is used; anything else in [brackets] is for the dermatologist.
PLACEHOLDERS: Mapping[str, str] = {
    "first name": "the person's first name",
    "place": "the part of the face that the question is about",
    "duration": "for how long it has been there",
    "my name": "your own name",
}
_BLANK = re.compile(r"\[([^\[\]\n]{1,60})\]")

_GREETING = "Hello [first name],\n\nthank you for your photos and for describing it so well. "
_END = "\n\nWrite back here if anything is unclear.\n\n[my name]"

BUILT_IN: tuple[Template, ...] = tuple(
    Template(UUID(int=number), title, _GREETING + text + _END, is_shared=True)
    for number, (title, text) in enumerate(
        (
            (
                "Acne, mild",
                "What I see fits mild acne: blackheads and a few small pimples on [place]. It is "
                "common and can be treated well.\n\n"
                "What to do:\n"
                "- Morning: wash gently, then a light cream, then sunscreen.\n"
                "- Evening: a thin layer of [product] on the whole area, at first every other "
                "evening.\n"
                "- Do not squeeze.\n\n"
                "It takes 8 to 12 weeks until you see a change. If it stings or peels, take a "
                "break of two evenings.",
            ),
            (
                "Rosacea, mild",
                "What I see fits mild rosacea: redness that comes and goes on [place]. It cannot "
                "be cured, but it can be kept calm.\n\n"
                "What to do:\n"
                "- Use sunscreen every morning, and a mild cream without perfume.\n"
                "- Watch what brings it on: heat, sun, alcohol and hot spices often do.\n"
                "- [Treatment, and how to use it]\n\n"
                "Give it 6 to 8 weeks.",
            ),
            (
                "Brown spots from sun",
                "The spots on [place] look like sun spots. In these photos I see nothing that "
                "worries me. A photo cannot rule everything out.\n\n"
                "What to do:\n"
                "- Use sunscreen with SPF 50 every morning.\n"
                "- [Treatment, and how to use it]\n"
                "- Look at the spots once a month.",
            ),
            (
                "Irritated by a product",
                "What I see fits skin that is irritated by a product.\n\n"
                "What to do:\n"
                "- Stop everything but a mild cream for two weeks.\n"
                "- Then bring products back one at a time, one a week.\n"
                "- Leave out [product] for good.",
            ),
            (
                "To be seen in person",
                "I cannot judge this safely from photos. Please have it seen in person by a "
                "dermatologist within [time]. This does not mean that it is bad. It has to be "
                "looked at closely, with a special lens.\n\n"
                "I have written a letter that you can take along.",
            ),
            (
                "Nothing that worries",
                "I see nothing that needs treatment. [What it is], and it is harmless.\n\n"
                "What to do:\n"
                "- Go on as you do.\n"
                "- Use sunscreen every morning.",
            ),
        ),
        1,
    )
)

SAFETY_NETS: tuple[tuple[str, str], ...] = (
    (
        "Gets worse",
        "See a doctor within a few days if it gets worse, spreads or is not better in [time]. "
        "Go the same day if you get a fever, strong pain, or swelling around the eyes.",
    ),
    (
        "Spot that may change",
        "Watch the spot. See a skin doctor within two weeks if it grows, bleeds, itches or does "
        "not heal. Do the same if its shape or colour changes.",
    ),
    (
        "New treatment",
        "Stop it and write to me if the skin burns, blisters or swells. Call the emergency number "
        "if your lips, tongue or eyelids swell or you find it hard to breathe. If you are or "
        "may be pregnant, ask before you use it.",
    ),
)


def listed(session: Session, staff: Identity) -> list[Template]:
    """One's own, then those that are shared, then the built-in ones."""
    _require(staff)
    return [*kept.templates(session, staff.user_id), *BUILT_IN]


def add(
    session: Session, staff: Identity, *, title: str, text: str, is_shared: bool = False
) -> UUID:
    _require(staff)
    if kept.count_templates(session, staff.user_id) >= MOST:
        raise Conflict(f"You have {MOST} templates already. Remove one first.")
    return kept.add_template(
        session,
        staff.user_id,
        title=required(title, "title", LONGEST_TITLE),
        text=required(text, "text", LONGEST),
        is_shared=is_shared,
    )


def change(session: Session, staff: Identity, template_id: UUID, *, title: str, text: str) -> None:
    """Of one's own templates, and of those that one has shared. NotFound for others."""
    _require(staff)
    kept.change_template(
        session,
        staff.user_id,
        template_id,
        title=required(title, "title", LONGEST_TITLE),
        text=required(text, "text", LONGEST),
    )


def remove(session: Session, staff: Identity, template_id: UUID) -> None:
    _require(staff)
    kept.remove_template(session, staff.user_id, template_id)


def filled(text: str, facts: Mapping[str, str]) -> str:
    """`text` with the placeholders put in that `facts` has; what is not known stays a blank."""
    return _BLANK.sub(lambda blank: facts.get(blank[1].lower()) or blank[0], text)


def blanks(text: str) -> list[str]:
    """What still has to be filled in, in order and each once."""
    return list(dict.fromkeys(_BLANK.findall(text)))


def require_filled(text: str) -> None:
    left = blanks(text)
    if left:
        names = ", ".join(f"[{blank}]" for blank in left)
        raise InvalidInput(f"Something still has to be filled in: {names}.")


def _require(staff: Identity) -> None:
    if staff.role is not Role.DERMATOLOGIST:
        raise NotAllowed(ONLY_DERMATOLOGISTS)
