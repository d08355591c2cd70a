"""The viewer of a case's photos, by itself in a real browser: its scripts, without the product."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from core.settings import ROOT

pytestmark = [pytest.mark.browser]

FOLDER = ROOT / "dashboard" / "components" / "case_viewer"
ADDRESS = "http://viewer.test/"
# A photo pixel is 0.2 mm here; the photo is twice as large as the stage.
WIDTH, HEIGHT = 1600, 1200
A_PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
DATA: dict[str, Any] = {
    "photo": {
        "id": "one",
        "name": "Overview",
        "width": WIDTH,
        "height": HEIGHT,
        "scale": {"millimetres": 0.2, "spread": 0.06},
        "src": A_PIXEL,
    },
    "photos": ["one", "two"],
    "drawings": [],
    "labels": [["papule", "Papule"], ["scar", "Scar"]],
    "may_draw": True,
    "letters": True,
    "measuring": {
        "in_90": 1.645,
        "clicked": 1.0,
        "iris": 11.7,
        "iris_spread": 0.04,
        "by_face": "by the face",
        "by_iris": "by the iris",
        "by_nothing": "by nothing",
    },
}
PAGE = """<!doctype html><meta charset="utf-8"><style>{css}
.stage svg {{ width: 800px !important; height: 600px !important; }}</style>
<body style="margin: 0"><div id="root">{html}</div><script type="module">
import viewer from "./viewer.js";
window.told = [];
window.show = (data) => viewer({{
  parentElement: document.getElementById("root"), data,
  setTriggerValue: (name, value) => window.told.push([name, value]),
}});
window.show({data});
</script>"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 900, "height": 1100})
    opened.set_default_timeout(10_000)
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    opened.route(f"{ADDRESS}**", _serve)
    opened.goto(ADDRESS)
    expect(opened.locator("image")).to_have_attribute("href", re.compile("^blob:"))
    yield opened
    opened.close()
    assert failures == []


def _serve(route: Route) -> None:
    name = route.request.url.removeprefix(ADDRESS)
    if name:
        route.fulfill(path=FOLDER / name, content_type="text/javascript")
        return
    read = (FOLDER / "viewer.html").read_text(encoding="utf-8")
    css = (FOLDER / "viewer.css").read_text(encoding="utf-8")
    route.fulfill(
        body=PAGE.format(html=read, css=css, data=json.dumps(DATA)), content_type="text/html"
    )


def test_the_photo_is_seen_whole_then_closer_and_is_moved_by_hand(page: Page) -> None:
    assert seen(page) == [0, 0, WIDTH, HEIGHT]
    page.get_by_role("button", name="1 : 1").click()
    expect(page.locator("output")).to_have_text("100 %")
    assert seen(page) == [400, 300, 800, 600]
    drag(page, (400, 300), (300, 250))
    assert seen(page) == [500, 350, 800, 600]
    page.locator(".stage").press("0")
    assert seen(page) == [0, 0, WIDTH, HEIGHT]


def test_nothing_beyond_the_edges_is_seen_and_no_closer_than_a_pixel_allows(page: Page) -> None:
    stage = page.locator(".stage")
    for _ in range(20):
        stage.press("+")
    expect(page.locator("output")).to_have_text("1600 %")
    page.get_by_role("button", name="1 : 1").click()
    for _ in range(10):
        stage.press("ArrowRight")
        stage.press("ArrowDown")
    left, top, width, height = seen(page)
    assert (left + width, top + height) == pytest.approx((WIDTH, HEIGHT))
    for _ in range(20):
        stage.press("-")
    assert seen(page) == [0, 0, WIDTH, HEIGHT]


def test_a_wheel_with_control_goes_closer_to_where_the_pointer_is(page: Page) -> None:
    page.mouse.move(*on_stage(page, 200, 150))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    left, top, width, height = seen(page)
    assert width < WIDTH
    assert left + width / 4 == pytest.approx(WIDTH / 4, abs=1)
    assert top + height / 4 == pytest.approx(HEIGHT / 4, abs=1)


def test_a_length_is_told_in_millimetres_with_its_range(page: Page) -> None:
    choose(page, "Measure")
    drag(page, (100, 100), (350, 100))  # 500 pixels of the photo
    # 100 mm; 1.645 · hypot(100 · 0.06, √2 · 0.2) = 9.9
    expect(page.locator(".now text")).to_have_text("about 100 mm (90–110)")
    expect(page.locator(".scale")).to_have_text("by the face")


def test_an_iris_sets_a_scale_that_is_surer(page: Page) -> None:
    choose(page, "Scale by iris")
    drag(page, (100, 100), (158.5, 100))  # 117 pixels are 11.7 mm
    expect(page.locator(".scale")).to_have_text("by the iris")
    choose(page, "Measure")
    drag(page, (100, 100), (350, 100))
    # 50 mm; spread hypot(0.04, √2 / 117), so 1.645 · hypot(50 · 0.0418, √2 · 0.1) = 3.4
    expect(page.locator(".now text")).to_have_text("about 50 mm (47–53)")


def test_without_a_face_a_length_is_told_in_pixels(page: Page) -> None:
    show(page, photo={**DATA["photo"], "scale": None})
    expect(page.locator(".scale")).to_have_text("by nothing")
    choose(page, "Measure")
    drag(page, (100, 100), (350, 100))
    expect(page.locator(".now text")).to_have_text("500 pixels of the photo")


def test_what_is_drawn_is_told_in_pixels_of_the_photo_with_its_label(page: Page) -> None:
    page.get_by_label("Label").select_option("Scar")
    choose(page, "Point")
    page.mouse.click(*on_stage(page, 200, 100))
    choose(page, "Ellipse")
    drag(page, (400, 300), (450, 320))
    assert [kind for kind, _ in told(page)] == ["drawn", "drawn"]
    point, ellipse = (drawn for _, drawn in told(page))
    assert (point["photo"], point["shape"], point["label"]) == ("one", "point", "scar")
    assert point["geometry"]["points"] == [[400, 200]]
    assert ellipse["geometry"] == {"points": [[800, 600]], "radii": [100, 40], "turn": 0}


def test_a_polygon_is_closed_at_its_last_corner_and_a_corner_can_be_taken_back(page: Page) -> None:
    choose(page, "Polygon")
    for corner in ((100, 100), (200, 100), (300, 300), (200, 200)):
        page.mouse.click(*on_stage(page, *corner))
    page.locator(".stage").press("Backspace")
    page.mouse.click(*on_stage(page, 300, 300))  # the last corner again
    ((_, drawn),) = told(page)
    assert drawn["geometry"]["points"] == [[200, 200], [400, 200], [600, 600]]


def test_all_is_drawn_with_the_keys_alone(page: Page) -> None:
    choose(page, "Ellipse")
    stage = page.locator(".stage")
    stage.press("Enter")
    stage.press("ArrowRight")
    stage.press("Shift+ArrowDown")
    stage.press("Enter")
    ((_, drawn),) = told(page)
    assert drawn["geometry"]["points"] == [[WIDTH / 2, HEIGHT / 2]]
    assert drawn["geometry"]["radii"] == [24, 2]  # 12 screen pixels, and one with Shift
    stage.press("Escape")
    expect(page.get_by_role("radio", name="Move")).to_be_checked()


def test_who_may_not_draw_can_look_and_measure(page: Page) -> None:
    theirs = {
        "id": "d1",
        "photo": "one",
        "shape": "point",
        "name": "Papule",
        "mine": False,
        "points": [[10, 10]],
        "radii": None,
        "turn": None,
    }
    show(page, may_draw=False, drawings=[theirs])
    expect(page.get_by_role("radio")).to_have_count(3)
    expect(page.get_by_label("Label")).to_be_hidden()
    expect(page.get_by_text("1 · Papule (a colleague)")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Take back"))).to_have_count(0)


def test_a_photo_that_is_shown_no_more_is_let_go_and_asked_for_again(page: Page) -> None:
    photo = {name: value for name, value in DATA["photo"].items() if name != "src"}
    show(page, photo=photo)  # it is here still: nothing is asked
    assert told(page) == []
    show(page, photo={**photo, "id": "two"}, photos=["two"])
    assert told(page) == [["wanted", "two"]]
    expect(page.get_by_text("The photo is on its way")).to_be_visible()
    show(page, photo=photo)
    assert told(page)[-1] == ["wanted", "one"]


def choose(page: Page, tool: str) -> None:
    page.locator(".tools label", has_text=tool).click()


def show(page: Page, **changes: Any) -> None:
    page.evaluate("data => window.show(data)", {**DATA, **changes})


def told(page: Page) -> list[Any]:
    said: list[Any] = page.evaluate("window.told")
    return said


def seen(page: Page) -> list[float]:
    """Left, top, width and height of what is seen, in pixels of the photo."""
    box = page.locator(".stage svg").get_attribute("viewBox")
    assert box is not None
    return [float(number) for number in box.split()]


def on_stage(page: Page, right: float, down: float) -> tuple[float, float]:
    stage: Locator = page.locator(".stage svg")
    box = stage.bounding_box()
    assert box is not None
    return box["x"] + right, box["y"] + down


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*on_stage(page, *start))
    page.mouse.down()
    page.mouse.move(*on_stage(page, *end), steps=4)
    page.mouse.up()
