"""The React example: compiled strictly, built, and driven in a browser against the real service."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from docs.blocks import ADDRESS, ROOT, Block, Reader, read_blocks

PAGE = (ROOT / "docs" / "how-to" / "call-the-api.md").read_text("utf-8")
MODULES = ROOT / "web" / "node_modules"
MAIN = """import { createRoot } from "react-dom/client";
import { PerceivedPresentation } from "./example";
createRoot(document.getElementById("root")!).render(<PerceivedPresentation />);
"""
HTML = '<div id="root"></div><script type="module" src="./main.tsx"></script>'
OPTIONS = {
    "compilerOptions": {
        "strict": True,
        "noEmit": True,
        "noUncheckedIndexedAccess": True,
        "jsx": "react-jsx",
        "module": "esnext",
        "moduleResolution": "bundler",
        "target": "es2022",
        "lib": ["es2022", "dom"],
        "skipLibCheck": True,
    },
    "include": ["*.tsx"],
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """A test has no use for it."""


@pytest.fixture
def project(reader: Reader) -> Path:
    """A page with the example; skips where the web page's packages are not installed."""
    if not (MODULES / "typescript").is_dir() or shutil.which("node") is None:
        pytest.skip("web/node_modules is missing: run 'npm ci' in web")
    folder = reader.folder / "page"
    folder.mkdir()
    (folder / "node_modules").symlink_to(MODULES)
    code = next(block.text for block in read_blocks(PAGE) if block.language == "tsx")
    (folder / "example.tsx").write_text(code.replace(ADDRESS, reader.address), "utf-8")
    (folder / "main.tsx").write_text(MAIN, "utf-8")
    (folder / "index.html").write_text(HTML, "utf-8")
    (folder / "tsconfig.json").write_text(json.dumps(OPTIONS), "utf-8")
    return folder


def tool(project: Path, *command: str) -> None:
    script = MODULES / ".bin" / command[0]
    done = subprocess.run(
        ["node", str(script), *command[1:]], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def origin(project: Path) -> Iterator[str]:
    """The built page at an address of its own."""
    tool(project, "vite", "build", "--logLevel", "warn", "--configLoader", "runner")
    handler = partial(Quiet, directory=str(project / "dist"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_example_compiles(project: Path) -> None:
    tool(project, "tsc", "--project", ".")


def test_the_example_answers(origin: str, reader: Reader) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no browser: install Debian's package chromium")
    from playwright.sync_api import expect, sync_playwright

    serve = f"GENDERLENS_CORS_ORIGINS={origin} genderlens serve &\n"
    reader.run(Block(0, "sh", serve, None))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(origin)
        page.set_input_files("input", reader.folder / "photo.jpg")
        expect(page.locator("output")).to_contain_text("female, ", timeout=30_000)
        browser.close()
