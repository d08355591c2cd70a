"""What a person waits for: pages to interactive, an upload to its scores; and what it costs.

    .venv/bin/python -m bench.web_pages [--photo FACE.jpg] [--repeats 12]

Starts the real product and an empty Streamlit app, and visits them in turns with an empty browser
cache, so that both meet the same noise. Writes web_pages.json beside this file.
"""

from __future__ import annotations

import argparse
import json
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core import chromium
from core.settings import ROOT
from tests.journeys.steps import register
from tests.running import Product, running, wait_until

HERE = Path(__file__).parent
PORTRAIT = ROOT / "data" / "demonstration" / "astronaut.jpg"
FINISHED = '[data-test-script-state="notRunning"]'


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", type=Path, default=PORTRAIT)
    parser.add_argument("--repeats", type=int, default=12)
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "var") as product,
        empty_app() as empty,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.ARGUMENTS)
        )
        figures: dict[str, Any] = {
            "machine": f"{psutil.cpu_count()} processors, {platform.platform()}",
            "photo": f"{options.photo.name}, {options.photo.stat().st_size} bytes",
            "memory_mb_before": memory(product),
            **landing(browser, product, empty, options.repeats),
            **checks(browser, product, options.photo, options.repeats),
            "memory_mb_after": memory(product),
        }
        browser.close()
    (HERE / "web_pages.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


def landing(browser: Browser, product: Product, empty: str, repeats: int) -> dict[str, Any]:
    """Seconds until the first page can be typed into, with an empty cache, in turns."""
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(cold_visit(browser, product.address))
        theirs.append(cold_visit(browser, empty))
    return {
        "landing_s": summary(ours),
        "empty_app_s": summary(theirs),
        "landing_to_empty_app": round(statistics.median(ours) / statistics.median(theirs), 2),
    }


def cold_visit(browser: Browser, address: str) -> float:
    context = browser.new_context()
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    expect(page.get_by_label("E-mail").first).to_be_editable(timeout=30_000)
    page.wait_for_selector(FINISHED)
    took = time.perf_counter() - began
    context.close()
    return took


def checks(browser: Browser, product: Product, photo: Path, repeats: int) -> dict[str, Any]:
    """Seconds from the click that submits a photo to its scores on the page, and Today warm."""
    context = browser.new_context(base_url=product.address)
    page = context.new_page()
    register(page)
    took = [upload(page, photo) for _ in range(repeats)]
    today = [timed(lambda: today_shows_scores(page)) for _ in range(repeats)]
    context.close()
    return {
        "first_upload_to_scores_s": round(took[0], 2),
        "upload_to_scores_s": summary(took[1:]),
        "today_with_scores_warm_s": summary(today),
    }


def upload(page: Page, photo: Path) -> float:
    page.goto("/new-check")
    page.locator('input[type="file"]').first.set_input_files(photo)
    submit = page.get_by_role("button", name="Check this photo")
    expect(submit).to_be_enabled(timeout=30_000)
    began = time.perf_counter()
    submit.click()
    page.wait_for_url("**/result*", timeout=60_000)
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible(timeout=30_000)
    return time.perf_counter() - began


def today_shows_scores(page: Page) -> None:
    page.goto("/", wait_until="commit")
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible(timeout=30_000)


def timed(action: Callable[[], None]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def memory(product: Product) -> dict[str, float]:
    """Megabytes of memory of its own (USS) for web and worker, children included."""
    sizes = {}
    for name in ("web", "worker"):
        process = psutil.Process(product.pid_of(name))
        family = [process, *process.children(recursive=True)]
        sizes[name] = round(sum(p.memory_full_info().uss for p in family) / 1e6, 1)
    return sizes


def summary(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))], 2),
        "n": len(ordered),
    }


@contextmanager
def empty_app() -> Iterator[str]:
    """The address of an empty Streamlit app, as `streamlit run` serves it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:  # away from our .streamlit/config.toml
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", str(HERE / "empty_app.py")),
                *(f"--server.port={port}", "--server.headless=true"),
                *("--browser.gatherUsageStats=false", "--server.fileWatcherType=none"),
            ],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until(lambda: answers(address), 30)
            yield address
        finally:
            process.terminate()
            process.wait(10)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
