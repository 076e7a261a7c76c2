"""The command, the page, the real service and the real model, in a real browser."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import sync_playwright

import photos
from databases import free_port
from service.serving import wait_until

PHOTO = {"name": "astronaut.jpg", "mimeType": "image/jpeg", "buffer": b""}


def _is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/_stcore/health").status_code == 200
    except httpx.TransportError:
        return False


def test_a_photo_is_classified_nothing_is_asked_elsewhere_and_it_ends_clean(
    shipped: str, tmp_path: Path
) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no browser: install Debian's package chromium")
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "genderlens", "ui", "--port", str(port), "--api", shipped]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output, env=environment) as page,
    ):
        try:
            wait_until(lambda: page.poll() is not None or _is_up(port), 60)
            assert page.poll() is None, log.read_text()
            hosts = _classify(chromium, f"http://127.0.0.1:{port}/")
            page.send_signal(signal.SIGINT)
            assert page.wait(20) == 0
        finally:
            page.kill()
    assert hosts == {f"127.0.0.1:{port}"}
    assert "Traceback" not in log.read_text()


def _classify(chromium: str, address: str) -> set[str]:
    """The hosts that were asked while a photo got its answer and its heat map."""
    hosts: set[str] = set()
    photo = {**PHOTO, "buffer": photos.encode(photos.portrait())}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        page.goto(address)
        page.set_input_files("input[type=file]", [photo])  # type: ignore[list-item]
        page.get_by_text("Looks female, ").wait_for(timeout=60_000)
        page.get_by_role("button", name="Show what spoke for it").click()
        page.get_by_alt_text("Heat map of astronaut.jpg").wait_for(timeout=60_000)
        browser.close()
    return {host for host in hosts if host and "blob" not in host}
