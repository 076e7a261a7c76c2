"""The TypeScript client as it would be published: built, listed, and run against a service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from genderlens import __version__

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "web" / "node_modules"
EXAMPLE = """
import { GenderlensClient, Problem, type Answer } from "genderlens-client";
const client = new GenderlensClient("http://localhost:1", { retries: 0, mostWaitS: 1 });
const answer: Answer = await client.predict(new Blob(["x"]), { faces: "largest" });
const shown: string = answer.prediction ?? answer.outcome;
const { data } = await client.api.GET("/models");
console.log(shown, data, new Problem(500, {}).code satisfies string);
"""
WRONG = """
import { GenderlensClient } from "genderlens-client";
await new GenderlensClient("x").predict(new Blob([]), { faces: "everybody" });
"""


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The package as npm would unpack it, and the names of what is in it."""
    if not (MODULES / "typescript").is_dir():
        pytest.skip("no web/node_modules: run make page")
    root = tmp_path_factory.mktemp("client")
    web = root / "web"
    ignored = shutil.ignore_patterns("dist", "schema.ts", "LICENSE")
    shutil.copytree(ROOT / "web" / "client", web / "client", ignore=ignored)
    (web / "src" / "api").mkdir(parents=True)
    shutil.copy(ROOT / "web" / "src" / "api" / "schema.ts", web / "src" / "api")
    shutil.copy(ROOT / "LICENSE", root)
    (web / "node_modules").symlink_to(MODULES.resolve())
    command = ["npm", "pack", "--dry-run", "--json", "--offline"]
    done = subprocess.run(command, cwd=web / "client", capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout[done.stdout.index("[") :])
    return web / "client", sorted(file["path"] for file in told["files"])


def test_the_package_holds_what_is_built_and_nothing_else(packed: tuple[Path, list[str]]) -> None:
    folder, names = packed
    built = [
        f"dist/{name}.{kind}" for name in ("index", "patience", "schema") for kind in ("d.ts", "js")
    ]
    assert names == sorted(["LICENSE", "README.md", "package.json", *built])
    package = json.loads((folder / "package.json").read_text("utf-8"))
    assert package["version"] == __version__
    assert "private" not in package
    offered = package["exports"]["."]
    assert {offered["types"], offered["default"]} <= {f"./{name}" for name in names}
    page = json.loads((ROOT / "web" / "package.json").read_text("utf-8"))
    for name, version in package["dependencies"].items():
        assert page["dependencies"][name] == version


@pytest.mark.parametrize(("text", "fault"), [(EXAMPLE, ""), (WRONG, '"everybody"')])
def test_its_types_hold_for_whoever_installs_it(
    packed: tuple[Path, list[str]], tmp_path: Path, text: str, fault: str
) -> None:
    project = _install(packed[0], tmp_path)
    (project / "main.ts").write_text(text, "utf-8")
    options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022"]
    options += ["--lib", "es2022,dom"]
    compiler = ["node", str(MODULES / "typescript" / "bin" / "tsc"), *options, "main.ts"]
    done = subprocess.run(compiler, cwd=project, capture_output=True, text=True, timeout=240)
    assert (done.returncode == 0) is (fault == ""), done.stdout
    assert fault in done.stdout


class Service(BaseHTTPRequestHandler):
    """Busy once, then answers; refuses what says so."""

    asked: list[tuple[str, str | None]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.asked.append((self.path, self.headers["authorization"]))
        if len(self.asked) == 1:
            self._answer(503, {"code": "busy", "detail": "later"}, {"Retry-After": "0"})
        elif b"two people" in body:
            self._answer(422, {"code": "many_people", "detail": "Multiple people"}, {})
        else:
            self._answer(
                200, {"prediction": "male", "outcome": "classified", "confidence": 0.9}, {}
            )

    def _answer(self, status: int, document: Any, headers: dict[str, str]) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Not on the terminal."""


@pytest.fixture
def service() -> Iterator[ThreadingHTTPServer]:
    handler = type("Handler", (Service,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_example_runs_and_asks_again(
    packed: tuple[Path, list[str]], tmp_path: Path, service: ThreadingHTTPServer
) -> None:
    project = _install(packed[0], tmp_path)
    shutil.copy(packed[0] / "examples" / "classify.mjs", project)
    (project / "one.jpg").write_bytes(b"a photo")
    (project / "two.jpg").write_bytes(b"two people")
    address = f"http://127.0.0.1:{service.server_port}/"
    done = subprocess.run(
        ["node", "classify.mjs", address, "one.jpg", "two.jpg"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "GENDERLENS_KEY": "glk_x"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "one.jpg: male 0.900",
        "two.jpg: many_people, Multiple people",
    ]
    asked = service.RequestHandlerClass.asked  # type: ignore[attr-defined]
    assert asked == [("/predict?faces=largest", "Bearer glk_x")] * 3


def _install(package: Path, tmp_path: Path) -> Path:
    """A project with the package in it, as npm would lay it down."""
    project = tmp_path / "project"
    modules = project / "node_modules"
    modules.mkdir(parents=True)
    (project / "package.json").write_text('{"type": "module"}', "utf-8")
    target = modules / "genderlens-client"
    target.mkdir()
    shutil.copytree(package / "dist", target / "dist")
    shutil.copy(package / "package.json", target)
    for name in ("openapi-fetch", "openapi-typescript-helpers"):
        (modules / name).symlink_to((MODULES / name).resolve())
    return project
