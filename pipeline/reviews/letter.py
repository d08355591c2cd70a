"""The letter to a colleague who shall see the person, as PDF; the person can take it along.

Kept is what the letter says; the PDF is made of it each time, and the question's facts with it.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from fpdf import FPDF
from sqlalchemy.orm import Session

from core.consultations import Consultation
from core.errors import NotFound
from core.people import Identity
from data import answers as written
from data import consultations as kept
from data import users
from data.answers import Letter
from pipeline.consultations import cases
from pipeline.consultations.texts import required
from pipeline.reviews.templates import require_filled

LONGEST = 3000  # characters
LONGEST_RECIPIENT = 200
_FONTS = Path(__file__).parent / "fonts"
_MARGIN = 22.0  # millimetres
_INK, _GREY = (30, 40, 38), (95, 105, 102)
NO_LETTER = "There is no letter in this consultation."
# It names letters that a font lacks: letters of the name of a person.
logging.getLogger("fpdf").setLevel(logging.ERROR)
_ABOUT = (
    "Written after looking at photos and answers that were sent through Skincare AI, without an "
    "examination in person. It is advice for a referral, not a diagnosis."
)


@dataclass(frozen=True)
class _Patient:
    name: str
    age: int | None


def write(
    session: Session, staff: Identity, consultation_id: UUID, *, recipient: str, text: str
) -> UUID:
    """Keep a letter by who has the case; a later one takes its place."""
    case = cases.require_mine(session, staff, consultation_id)
    to = required(recipient, "recipient", LONGEST_RECIPIENT)
    said = required(text, "letter", LONGEST)
    require_filled(said)
    me = users.get(session, staff.user_id)
    letter_id = written.add_letter(
        session,
        consultation_id,
        case.user_id,
        staff.user_id,
        author_name=f"{me.first_name} {me.last_name}",
        recipient=to,
        text=said,
    )
    cases.note(session, "letter_written", staff, case)
    return letter_id


def for_staff(session: Session, staff: Identity, consultation_id: UUID) -> bytes:
    """The newest letter of a case that is open to a dermatologist, as PDF. NotFound: none."""
    case = cases.require_access(session, staff, consultation_id)
    found = _letter(session, consultation_id)
    cases.note(session, "letter_opened", staff, case)
    return _pdf(found, case, _patient(session, case.user_id))


def own(session: Session, who: Identity, consultation_id: UUID) -> bytes:
    """The letter in the person's own question, as PDF. NotFound for any other, or without one."""
    case = kept.get(session, who.user_id, consultation_id)
    return _pdf(_letter(session, consultation_id), case, _patient(session, who.user_id))


def _letter(session: Session, consultation_id: UUID) -> Letter:
    found = written.letter(session, consultation_id)
    if found is None:
        raise NotFound(NO_LETTER)
    return found


def _patient(session: Session, user_id: UUID) -> _Patient:
    person = users.get(session, user_id)
    return _Patient(f"{person.first_name} {person.last_name}", person.age)


def _pdf(letter: Letter, case: Consultation, patient: _Patient) -> bytes:
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_margins(_MARGIN, _MARGIN, _MARGIN)
    pdf.set_auto_page_break(auto=True, margin=_MARGIN)
    pdf.add_font("DejaVu", "", _FONTS / "DejaVuSans.ttf")
    pdf.add_font("DejaVu", "B", _FONTS / "DejaVuSans-Bold.ttf")
    pdf.set_title("Referral letter")
    pdf.set_lang("en")
    pdf.set_creation_date(letter.written_at)
    pdf.add_page()
    day = _day(letter.written_at.date())
    _line(pdf, "Skincare AI · Dermatology consultation", grey=True)
    _line(pdf, day, grey=True)
    pdf.ln(6)
    _line(pdf, letter.recipient)
    pdf.ln(6)
    _line(pdf, "Referral letter", bold=True, size=15)
    age = "" if patient.age is None else f", {patient.age} years"
    _line(pdf, f"Concerning: {patient.name}{age}", bold=True)
    pdf.ln(3)
    _line(pdf, letter.text)
    pdf.ln(5)
    _line(pdf, "What the person told", bold=True)
    for name, said in _told(case):
        _line(pdf, name, grey=True, size=8.5)
        _line(pdf, said)
        pdf.ln(1)
    pdf.ln(5)
    _line(pdf, letter.author_name, bold=True)
    _line(pdf, "Dermatologist")
    pdf.ln(4)
    _line(pdf, _ABOUT, grey=True, size=8.5)
    file = io.BytesIO()
    pdf.output(file)
    return file.getvalue()


def _told(case: Consultation) -> Iterator[tuple[str, str]]:
    said = {
        "Question": case.question,
        "Description": case.description,
        "Where": _words(case.body_site),
        "For how long": _words(case.duration),
        "Symptoms": case.symptoms,
        "Treatments tried": case.treatments_tried,
        "Medicines": case.medicines,
        "Allergies": case.allergies,
        "Pregnancy": _words(case.pregnancy),
        "Red flags": "; ".join(
            part for flag in case.flags for part in _because(flag.get("because"))
        ),
    }
    return ((name, text) for name, text in said.items() if text)


def _because(found: object) -> list[str]:
    return [str(part) for part in found] if isinstance(found, list | tuple) else []


def _words(value: str | None) -> str | None:
    return None if value is None else value.replace("_", " ").capitalize()


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _line(
    pdf: FPDF, text: str, *, bold: bool = False, grey: bool = False, size: float = 10.5
) -> None:
    pdf.set_font("DejaVu", "B" if bold else "", size)
    pdf.set_text_color(*(_GREY if grey else _INK))
    pdf.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
