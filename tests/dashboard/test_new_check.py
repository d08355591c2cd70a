"""New check as a person sees it: the photo asked for, on its way, refused, scored."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from core.analyses import Stage, Status
from core.people import Identity, Purpose, Role
from core.settings import settings
from dashboard.widgets.consent_box import NOT_TICKED
from dashboard.widgets.progress import STEPS
from data import analyses, progress
from data.analyses import Analysis
from data.database import read, transaction
from pipeline import accounts, consents, intake, record
from pipeline.consents import WORDING
from tests import people
from tests.dashboard.checks import (
    begun_check,
    button,
    failed_check,
    opened,
    rejected_check,
    scored_check,
    waiting_check,
    words,
)
from tests.dashboard.seeing import seen_by
from tests.stand_in import photo_that

CHECK_IT = "Check this photo"


def checks_of(who: Identity) -> list[Analysis]:
    with read() as session:
        return analyses.listed(session, who.user_id)[0]


def with_photo(who: Identity, content: bytes | None = None) -> Any:
    return with_photos(who, content or photo_that("is scored"))


def with_photos(who: Identity, *contents: bytes) -> Any:
    page = opened(who, "new_check")
    files = [(f"me{n}.png", content, "image/png") for n, content in enumerate(contents)]
    page.file_uploader[0].set_value(files).run()
    assert not page.exception
    return page


def pictures(page: Any) -> int:
    return len(page.get("image"))


def test_the_way_to_a_good_photo_is_shown_and_nothing_can_be_sent_without_one(
    ada: Identity,
) -> None:
    page = opened(ada, "new_check")
    assert "Face a window" in words(page)
    assert button(page, CHECK_IT).disabled
    assert page.checkbox.len == 0  # consent was given with the account


def test_a_photo_that_is_sent_is_kept_and_its_stages_are_shown(ada: Identity) -> None:
    page = with_photo(ada)
    button(page, CHECK_IT).click().run()
    (check,) = checks_of(ada)
    assert check.status is Status.QUEUED
    assert page.query_params["check"] == str(check.analysis_id)
    assert STEPS[Stage.WAITING] in words(page)
    assert page.file_uploader.len == 0


def test_the_bytes_of_a_photo_do_not_stay_in_the_session(ada: Identity) -> None:
    page = with_photo(ada)
    button(page, CHECK_IT).click().run()
    kept = repr(page.session_state)
    assert "photo_input_turn" in kept
    assert "UploadedFile" not in kept


def test_pressing_twice_makes_one_check(ada: Identity) -> None:
    from dashboard.widgets import photo_input

    page = with_photo(ada)
    turn = page.session_state[photo_input._TURN]
    name = hashlib.sha256(page.file_uploader[0].value[0].file_id.encode()).hexdigest()
    with transaction() as session:  # what the first press did, before its page was drawn anew
        first = intake.submit(
            session, ada, [photo_that("is scored")], idempotency_key=f"page {turn} {name}"
        )
        begun = record.start(session, first)
        assert begun is not None
        record.fail(session, begun, "Too dark.")  # settled, so that nothing is under way
    button(page, CHECK_IT).click().run()
    assert [check.analysis_id for check in checks_of(ada)] == [first]


def test_each_stage_has_its_words_as_it_passes(ada: Identity) -> None:
    check, begun = begun_check(ada)
    page = opened(ada, "new_check", check=str(check))
    for stage, said in STEPS.items():
        with transaction() as session:
            progress.move(session, begun, stage, shot=1)
        assert f'class="now">{said}<' in words(page.run())


def test_a_check_under_way_is_shown_to_who_comes_back_without_its_address(ada: Identity) -> None:
    begun_check(ada, Stage.SKIN)
    assert STEPS[Stage.SKIN] in words(opened(ada, "new_check"))


def test_a_scored_check_opens_its_result_by_itself(ada: Identity) -> None:
    check = scored_check(ada)
    page = opened(ada, "new_check", check=str(check))
    assert page.title[0].value == "Result"
    assert page.query_params["check"] == str(check)


def test_a_refused_photo_says_what_to_do_and_another_can_be_tried(ada: Identity) -> None:
    check = rejected_check(ada, "The photo is too dark: face a window.", "Hold still.")
    page = opened(ada, "new_check", check=str(check))
    said = [warning.value for warning in page.warning]
    assert len(said) == 2
    assert "face a window" in said[0]
    button(page, "Try another photo").click().run()
    assert button(page, CHECK_IT).disabled
    assert "check" not in page.query_params


def test_a_check_that_failed_is_kind_about_it(ada: Identity) -> None:
    check = failed_check(ada, "Please try another photo.")
    page = opened(ada, "new_check", check=str(check))
    assert "sorry" in words(page)
    assert "try another photo" in page.warning[0].value


def test_a_file_that_is_no_photo_is_refused_beside_it_and_can_be_removed(ada: Identity) -> None:
    page = with_photos(ada, photo_that("is scored"), b"Dear face,")
    assert "not a JPEG" in page.error[0].value
    assert button(page, "Check these 2 photos").disabled
    remove = [each for each in page.button if each.label == "Remove"]
    remove[1].click().run()
    assert page.error.len == 0
    assert pictures(page) == 1
    button(page, CHECK_IT).click().run()
    assert len(checks_of(ada)[0].shots) == 1


def test_several_photos_make_one_check(ada: Identity) -> None:
    page = with_photos(ada, *(photo_that("is scored", seed=n) for n in range(3)))
    assert pictures(page) == 3
    button(page, "Check these 3 photos").click().run()
    (check,) = checks_of(ada)
    assert [shot.position for shot in check.shots] == [1, 2, 3]
    assert "UploadedFile" not in repr(page.session_state)


def test_which_photo_is_looked_at_is_said(ada: Identity) -> None:
    with transaction() as session:
        check = intake.submit(session, ada, [photo_that("is scored", seed=n) for n in range(3)])
        begun = record.start(session, check)
        assert begun is not None
        progress.move(session, begun, Stage.FACE, shot=2)
    page = opened(ada, "new_check", check=str(check))
    said = [element.proto.text for element in page.get("progress")]
    assert said == ["Photo 2 of 3: Finding your face …"]


def test_the_same_photo_twice_is_no_second_shot(ada: Identity) -> None:
    page = with_photos(ada, photo_that("is scored"), photo_that("is scored"))
    assert "photo 1" in page.error[0].value
    assert button(page, "Check these 2 photos").disabled


def test_more_than_five_photos_cannot_be_sent(ada: Identity) -> None:
    page = with_photos(ada, *(photo_that("is scored", seed=n) for n in range(6)))
    assert "at most 5 photos" in page.error[0].value
    assert button(page, "Check these 6 photos").disabled


def test_what_may_be_better_is_said_before_anything_is_sent(ada: Identity) -> None:
    said = words(with_photo(ada))  # 300 × 400 pixels, nearly white
    assert "Only 300 × 400 pixels" in said
    assert "very bright" in said
    assert not button(with_photo(ada), CHECK_IT).disabled
    assert checks_of(ada) == []


def test_a_photo_is_opened_once_however_often_the_page_runs(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = with_photo(ada)

    def fails(_: bytes) -> None:
        raise AssertionError("opened again")

    monkeypatch.setattr("dashboard.widgets.photo_input.preview", fails)
    page.run()
    assert pictures(page) == 1


def test_without_consent_a_photo_is_not_taken_until_the_box_is_ticked(ada: Identity) -> None:
    with transaction() as session:
        consents.withdraw(session, ada.user_id, Purpose.ANALYSIS)
    page = with_photo(ada)
    assert page.checkbox[0].label == WORDING[Purpose.ANALYSIS]
    assert page.checkbox[0].value is False
    button(page, CHECK_IT).click().run()
    assert page.error[0].value.startswith(NOT_TICKED[:20])
    assert checks_of(ada) == []
    page.checkbox[0].check().run()
    button(page, CHECK_IT).click().run()
    assert len(checks_of(ada)) == 1
    with read() as session:
        given = consents.current(session, ada.user_id)[Purpose.ANALYSIS]
    assert given is not None
    assert given.in_force


def test_too_many_photos_are_refused_in_a_sentence(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = with_photo(ada)
    monkeypatch.setenv("SKINCARE_PHOTOS_PER_DAY", "1")
    settings.cache_clear()
    rejected_check(ada, "Too dark.")
    button(page, CHECK_IT).click().run()
    assert "limit" in page.error[0].value
    assert len(checks_of(ada)) == 1


@pytest.mark.parametrize("check", ["", "none", "../../etc", "00000000-0000-0000-0000-000000000000"])
def test_an_address_of_no_check_begins_a_new_one(ada: Identity, check: str) -> None:
    assert button(opened(ada, "new_check", check=check), CHECK_IT).disabled


def test_somebody_elses_check_is_no_check(ada: Identity) -> None:
    with transaction() as session:
        eve = people.signed_in(session)
    check = waiting_check(ada)
    page = opened(eve, "new_check", check=str(check))
    assert button(page, CHECK_IT).disabled


def test_who_was_signed_out_elsewhere_sends_nothing(ada: Identity) -> None:
    page = with_photo(ada)
    with transaction() as session:
        accounts.sign_out(session, ada.session_id)
    button(page, CHECK_IT).click().run()
    assert checks_of(ada) == []


def test_staff_have_no_checks(ada: Identity) -> None:
    with transaction() as session:
        accounts.grant(session, email=ada.email, role=Role.ANALYST)
        staff = people.signed_in(session, ada.user_id)
    page = seen_by(staff).run()
    with pytest.raises(ValueError, match=r"new_check"):
        page.switch_page("pages/new_check.py")
