"""A check scored by the model in service, then again by a second real model, end to end."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from core.metrics import Metric
from data import analyses, courses
from data.database import read, transaction
from models.manifest import WEIGHTS, manifest
from models.scorer import Scorer
from pipeline import intake, jobs, repeatability, rescore, trends
from pipeline.change import Verdict
from pipeline.examine import Examiner
from tests import people
from tests.pipeline.portraits import ASTRONAUT

# TensorFlow's own imports warn, and warnings are errors here
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
LATER = "99.0"
OWN = (Metric.OILINESS, Metric.REDNESS)  # the portrait's face is too narrow for the others


def second_model(folder: Path) -> Path:
    """The weights in service with every amount raised, exported as any training's are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tensorflow as tf

        from models.export import export
    model = tf.keras.models.load_model(next(WEIGHTS.glob("skin-*.keras")), compile=False)
    kernel, bias = model.get_layer("amount").get_weights()
    model.get_layer("amount").set_weights([kernel, bias + 1.0])
    model.save(folder / "model.keras")
    state: dict[str, object] = {
        "seed": 1,
        "step": 1,
        "seconds": 1,
        "phantoms": 1,
        "start": None,
        "backdrops": [],
    }
    (folder / "state.json").write_text(json.dumps(state))
    weights = folder / "weights"
    weights.mkdir()
    (weights / "manifest.json").write_bytes((WEIGHTS / "manifest.json").read_bytes())
    export(folder / "model.keras", LATER, weights, folder / "nothing measured")
    # Until it is measured an export asks for wider faces than this portrait's
    made = json.loads((weights / "manifest.json").read_text())
    made["least_face_width"] = {}
    (weights / "manifest.json").write_text(json.dumps(made))
    return weights


def work(weights: Path) -> None:
    """What a worker does that was started with these weights: every job that waits."""
    examiner = Examiner(threads=1, scorer=Scorer(weights, threads=1))
    with transaction() as session:
        waiting = session.scalars(
            text("DELETE FROM procrastinate_jobs RETURNING args->>'analysis_id'")
        ).all()
    assert waiting
    for analysis_id in waiting:
        jobs.examine(UUID(analysis_id), examiner.examine_kept)


@pytest.mark.usefixtures("var", "fresh_database")
def test_two_real_models_score_one_photo_beside_each_other(tmp_path: Path) -> None:
    with transaction() as session:
        ada = people.signed_in(session)
        check = intake.submit(session, ada, [ASTRONAUT.read_bytes()])
    work(WEIGHTS)
    with read() as session:
        before = analyses.get(session, ada.user_id, check)
    assert before.model_version == manifest().version

    later = second_model(tmp_path)
    assert rescore.queue_outdated(LATER).queued == 1
    work(later)
    with read() as session:
        kept = analyses.get(session, ada.user_id, check)
        (now,) = analyses.listed(session, ada.user_id)[0]
        (point,) = courses.history(session, ada.user_id)
        noise = repeatability.of_person(session, ada.user_id)
    assert (kept.scores, kept.model_version) == (before.scores, manifest().version)
    assert (now.model_version, point.model_version) == (LATER, LATER)
    for metric in OWN:
        value, earlier = now.scores[metric].value, before.scores[metric].value
        assert value is not None
        assert earlier is not None
        assert value > earlier + 5
    # Numbers of two models are never compared
    changes = trends.changes(before, now, noise)
    assert {changes[metric].verdict for metric in OWN} == {Verdict.NOT_COMPARABLE}
