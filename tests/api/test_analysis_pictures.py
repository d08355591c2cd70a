"""Photos and maps of checks over the API, what is kept of them by a program, and deleting."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from core.metrics import Metric
from tests.api.calling import Person, TestClient, assert_problem
from tests.api.checking import at, score, scored, submitted
from tests.stand_in import photo_that

PHOTO = photo_that("is scored")


def test_the_photo_comes_as_it_is_kept_or_smaller(client: TestClient, ada: Person) -> None:
    check = scored(ada)
    answer = client.get(f"analysis/{check}/photo")
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (300, 400)
    small = client.get(f"analysis/{check}/photo", params={"longest_side": 100})
    assert Image.open(io.BytesIO(small.content)).size == (75, 100)
    assert_problem(client.get(f"analysis/{check}/photo?shot=2"), 404, "not-found")


def test_each_map_that_the_check_lists_is_a_png_and_no_other_is_there(
    client: TestClient, ada: Person
) -> None:
    check = client.get(f"analysis/{scored(ada)}").json()
    assert set(check["maps"]) == {m.value for m in Metric} - {"skin_score", "hydration"}
    for metric in Metric:
        answer = client.get(f"analysis/{check['id']}/maps/{metric.value}.png")
        if metric.value not in check["maps"]:
            assert_problem(answer, 404, "not-found")
            continue
        picture = Image.open(io.BytesIO(answer.content))
        assert (answer.headers["content-type"], picture.format) == ("image/png", "PNG")
        assert picture.size == (768, 960)
        assert client.get(at(check["maps"][metric.value])).content == answer.content


def test_a_check_without_scores_has_no_maps(client: TestClient, ada: Person) -> None:
    answer = client.get(f"analysis/{submitted(ada)}/maps/pores.png")
    assert_problem(answer, 404, "not-found")


def test_what_a_program_has_already_is_not_sent_again(client: TestClient, ada: Person) -> None:
    check = submitted(ada)
    for address in (f"analysis/{check}", f"analysis/{check}/photo"):
        etag = client.get(address).headers["etag"]
        again = client.get(address, headers={"if-none-match": f'"other", {etag}'})
        assert (again.status_code, again.content) == (304, b"")
    before = client.get(f"analysis/{check}").headers["etag"]
    score(check)
    changed = client.get(f"analysis/{check}", headers={"if-none-match": before})
    assert changed.status_code == 200


def test_a_deleted_check_is_gone_with_its_photo_and_maps(
    client: TestClient, ada: Person, var: Path
) -> None:
    check = scored(ada, 0, 1)
    assert client.delete(f"analysis/{check}").status_code == 204
    for rest in ("", "/photo", "/maps/pores.png"):
        assert_problem(client.get(f"analysis/{check}{rest}"), 404, "not-found")
    assert_problem(client.delete(f"analysis/{check}"), 404, "not-found")
    assert [file for file in (var / "photos").rglob("*") if file.is_file()] == []
