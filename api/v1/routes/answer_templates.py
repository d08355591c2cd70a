"""Words that dermatologists use again in answers: built in, shared, and their own."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from api.v1.problems import answers
from api.v1.routes.cases import Dermatologist
from api.v1.schemas import reviews as schemas
from data.database import read, transaction
from pipeline.reviews import templates

router = APIRouter(
    prefix="/dermatologist/templates", tags=["dermatologist"], responses=answers(401, 403)
)

TemplateId = Annotated[UUID, Path(description="The template's id.")]


@router.get("")
def list_templates(staff: Dermatologist) -> schemas.Templates:
    """The caller's own, then those that are shared, then the built-in ones."""
    with read() as session:
        found = templates.listed(session, staff)
    return schemas.Templates(
        templates=[schemas.Template(**vars(one)) for one in found],
        filled_in=dict(templates.PLACEHOLDERS),
    )


@router.post("", status_code=201, responses=answers(409))
def add_template(staff: Dermatologist, kept: schemas.NewTemplate) -> schemas.Given:
    """Keep words for oneself, or for all dermatologists."""
    with transaction() as session:
        template_id = templates.add(
            session, staff, title=kept.title, text=kept.text, is_shared=kept.is_shared
        )
    return schemas.Given(id=template_id)


@router.put("/{template_id}", status_code=204, responses=answers(404))
def change_template(
    staff: Dermatologist, template_id: TemplateId, changed: schemas.ChangedTemplate
) -> None:
    """Change a template of the caller's, or one that the caller has shared."""
    with transaction() as session:
        templates.change(session, staff, template_id, title=changed.title, text=changed.text)


@router.delete("/{template_id}", status_code=204, responses=answers(404))
def remove_template(staff: Dermatologist, template_id: TemplateId) -> None:
    """Remove a template of the caller's, or one that the caller has shared."""
    with transaction() as session:
        templates.remove(session, staff, template_id)
