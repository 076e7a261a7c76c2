"""Private mode in Chromium: portraits one after another, by two plans of looks, and a live camera.

A real page of a real service; the camera shows one person. The plan of before looks at every
picture alike, and takes the place of the shipped one in what the page loads. Both answer in turns.
CPU time of the browser is told beside the rates: on a busy machine only that says what two idle
cores could do. Needs Debian's ``chromium`` and ``make page``. Run ``python benchmarks/browser.py``;
writes ``docs/figures/browser.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from clients import photo, service
from common import machine
from genderlens.bundle import load_bundle
from genderlens.cpus import usable_cpus
from genderlens.detection.detectors import find_detector
from looks import looks_of_before

OUT = Path(__file__).parents[1] / "docs" / "figures" / "browser.json"
SIDE_PX = 1000
WAIT_MS = 180_000
WATCH = """
window.answered = [];
window.Worker = class extends window.Worker {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (data.kind === "answer") window.answered.push(data.answer.outcome);
    });
  }
};
"""
"""Counts the answers that the page gets from its networks."""


@contextmanager
def chromium(film: bytes) -> Iterator[Browser]:
    """Debian's, with a camera that shows one picture."""
    path = shutil.which("chromium")
    if path is None:
        sys.exit("no browser: install Debian's package chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        camera = Path(folder) / "portrait.mjpeg"
        camera.write_bytes(film * 10)
        switches = ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"]
        switches += [
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
        ]
        browser = playwright.chromium.launch(executable_path=path, args=switches)
        yield browser
        browser.close()


@contextmanager
def private_page(browser: Browser, port: int, *, alike: bool = False) -> Iterator[Page]:
    """A page that answers for itself, by the shipped plan of looks or by that of before."""
    context = browser.new_context(
        permissions=["camera"],
        service_workers="block",
        bypass_csp=True,  # so that the page can be asked whether it is done
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.add_init_script(WATCH)
    if alike:
        page.route("**/private/model.json", _with_looks_of_before)
    page.goto(f"http://localhost:{port}/app/")
    expect(page.locator("main h1").first).to_be_visible(timeout=WAIT_MS)
    fold = page.locator("details.fold", has=page.locator("[role=switch]"))
    if fold.count() and fold.get_attribute("open") is None:
        fold.locator("summary").first.click()
    page.get_by_role("switch", name="Private mode").check()
    expect(page.locator("main").get_by_text("It is loaded")).to_be_visible(timeout=WAIT_MS)
    yield page
    context.close()


def _with_looks_of_before(route: Route) -> None:
    facts = route.fetch().json()
    facts["looks"] = looks_of_before(find_detector().looks).model_dump(mode="json")
    route.fulfill(json=facts)


class Spent(NamedTuple):
    """Seconds by clock, of CPU in every process of the browser, and of CPU in its networks."""

    clock: float
    browser: float
    networks: float

    def since(self, start: Spent) -> Spent:
        return Spent(*(now - before for now, before in zip(self, start, strict=True)))


def answer(page: Page, content: bytes, count: int) -> Spent:
    """What so many photos take until they have their answers."""
    page.evaluate("window.answered.length = 0")
    files = [
        {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": content}
        for number in range(count)
    ]
    start = spent()
    page.get_by_label("Browse for photos").set_input_files(files)  # type: ignore[arg-type]
    page.wait_for_function(f"window.answered.length >= {count}")
    assert page.evaluate("window.answered.every((one) => one === 'classified')")
    return spent().since(start)


def live(page: Page, seconds: float) -> dict[str, float]:
    """Frames of the camera that are answered in a second, and CPU milliseconds of each."""
    page.get_by_role("button", name="Use camera").click()
    page.get_by_role("button", name="Live answers").click()
    page.wait_for_function("window.answered.length >= 5")
    page.evaluate("window.answered.length = 0")
    start = spent()
    page.wait_for_timeout(seconds * 1000.0)
    count, took = page.evaluate("window.answered.length"), spent().since(start)
    return {
        "frames_per_s": round(count / took.clock, 2),
        "cpu_ms": round(1000.0 * took.browser / count, 1),
        "networks_cpu_ms": round(1000.0 * took.networks / count, 1),
    }


def spent() -> Spent:
    """So far, of the Chromium that a child of this process started; from Linux's ``/proc``."""
    children: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            children.setdefault(_parent(file.read_bytes()), []).append(int(file.parent.name))
    pids, browser, networks = [os.getpid()], 0.0, 0.0
    for pid in pids:
        pids += children.get(pid, [])
        for file in Path(f"/proc/{pid}/task").glob("*/stat"):
            with suppress(OSError):
                content = file.read_bytes()
                if b"(chromium" in Path(f"/proc/{pid}/stat").read_bytes():
                    browser += _cpu_s(content)
                if b"(DedicatedWorker" in content:
                    networks += _cpu_s(content)
    return Spent(time.perf_counter(), browser, networks)


def _parent(stat: bytes) -> int:
    return int(stat.rpartition(b")")[2].split()[1])


def _cpu_s(stat: bytes) -> float:
    fields = stat.rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(port: int, count: int, rounds: int, seconds: float) -> dict[str, Any]:
    """Milliseconds of a portrait by plan of looks, and the live camera."""
    content = photo(SIDE_PX)
    found: dict[str, list[Spent]] = {"as_needed": [], "every_picture_alike": []}
    with chromium(photo(512)) as browser:
        with (
            private_page(browser, port) as needed,
            private_page(browser, port, alike=True) as alike,
        ):
            pages = {"as_needed": needed, "every_picture_alike": alike}
            for page in pages.values():
                answer(page, content, 2)
            for number in range(rounds):
                for name in sorted(pages, reverse=bool(number % 2)):
                    found[name].append(answer(pages[name], content, count))
        with private_page(browser, port) as page:
            camera = live(page, seconds)
    return {
        "portrait": {
            name: {
                "ms": _per_photo((one.clock for one in turns), count),
                "cpu_ms": _per_photo((one.browser for one in turns), count),
                "networks_cpu_ms": _per_photo((one.networks for one in turns), count),
            }
            for name, turns in found.items()
        },
        "live": camera,
    }


def _per_photo(seconds: Iterable[float], count: int) -> float:
    """Milliseconds, the median of the turns."""
    return round(1000.0 * statistics.median(seconds) / count, 1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=20, help="at a time")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0, help="of the live camera")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    with service() as (_, port):
        found = measure(port, given.photos, given.rounds, given.seconds)
    result = {
        "model": load_bundle().version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "cpus": usable_cpus(),
        "picture": f"{SIDE_PX}×{SIDE_PX} JPEG",
        **found,
    }
    given.out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(result, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
