"""Private mode without a service: the files that ``export --browser`` writes, on a plain server."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from databases import free_port
from genderlens.bundle import load_bundle
from genderlens.export.browser import write_browser_page
from genderlens.service.app import create_app
from genderlens.settings import load_settings
from service.serving import running_server
from web.conftest import OpenPage
from web.steps import probability_gap, use_private_mode, various_photos
from web.test_private import MAX_GAP, judge


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    """Python's own, as the guide says."""
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    quiet = subprocess.DEVNULL
    address = f"http://127.0.0.1:{port}/"
    with subprocess.Popen(
        [*command, "--directory", str(folder)], stdout=quiet, stderr=quiet
    ) as server:
        try:
            wait_for(address)
            yield address
        finally:
            server.terminate()


def wait_for(address: str) -> None:
    limit = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (URLError, OSError):
            assert time.monotonic() < limit, "the file server did not start"
            time.sleep(0.1)
        else:
            return


def test_the_static_export_answers_as_the_service_does(tmp_path: Path, open_page: OpenPage) -> None:
    names = ("plain.jpg", "close.png", "two.jpg", "turned-6.jpeg")
    files = {name: content for name, content in various_photos().items() if name in names}
    settings = load_settings(precision="fp32", history="off", state_dir=tmp_path / "state")
    with running_server(create_app(settings)) as port:
        served = judge(open_page(f"http://127.0.0.1:{port}/app/"), files)
    assert write_browser_page([load_bundle()], settings, tmp_path / "site")
    with file_server(tmp_path / "site") as address:
        page = open_page(address)
        use_private_mode(page)
        here = judge(page, files)
    assert set(here) == set(names)
    assert any(answer["outcome"] == "classified" for answer in here.values())
    gaps = {name: probability_gap(served[name], here[name]) for name in served}
    assert max(gaps.values()) <= MAX_GAP, gaps
