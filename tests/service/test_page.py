"""The page that a browser gets, from a folder as `make page` builds it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from genderlens.service import page
from service.serving import assert_problem, fake_app, open_predictor

SCRIPT = b"export default 1;" * 100


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built page, small, where the service looks for it."""
    built = tmp_path / "outer" / "web"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<h1>genderlens</h1>")
    (built / "config.json").write_text('{"api": ".."}')
    (built / "assets" / "index-1a2b.js").write_bytes(SCRIPT)
    (built / "assets" / "index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (built / "assets" / "ort-3c4d.wasm").write_bytes(b"\0asm")
    (built / "assets" / "ort-5e6f.mjs").write_bytes(b"1")
    (built / "assets" / "net.onnx").write_bytes(b"1")
    (tmp_path / "outer" / "secret.txt").write_text("secret")
    monkeypatch.setattr("genderlens.service.app.built_page", lambda: built)
    return built


@pytest.fixture
def app(folder: Path) -> FastAPI:
    return fake_app(open_predictor())


@pytest.fixture
def page_client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1")


def test_a_browser_is_led_to_the_page(page_client: TestClient) -> None:
    answer = page_client.get("/", headers={"accept": "text/html"})
    assert answer.url.path == "/app/"
    assert answer.status_code == 200
    assert "<h1>genderlens</h1>" in answer.text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("config.json", "application/json"),
        ("assets/index-1a2b.js", "text/javascript; charset=utf-8"),
        ("assets/ort-3c4d.wasm", "application/wasm"),
        ("assets/ort-5e6f.mjs", "text/javascript; charset=utf-8"),
        ("assets/net.onnx", "application/octet-stream"),
    ],
)
def test_types_are_what_browsers_insist_on(page_client: TestClient, name: str, kind: str) -> None:
    answer = page_client.get(f"/app/{name}")
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_has_its_hash_in_its_name_is_kept_and_the_rest_is_asked_for(
    page_client: TestClient,
) -> None:
    asset = page_client.get("/app/assets/index-1a2b.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    for name in ("", "config.json"):
        answer = page_client.get(f"/app/{name}")
        assert answer.headers["cache-control"] == "no-cache"
        known = {"if-none-match": answer.headers["etag"]}
        assert page_client.get(f"/app/{name}", headers=known).status_code == 304


def test_who_takes_gzip_gets_the_packed_file(page_client: TestClient) -> None:
    path = "/app/assets/index-1a2b.js"
    packed = page_client.get(path, headers={"accept-encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(SCRIPT)
    assert packed.headers["content-type"] == "text/javascript; charset=utf-8"
    plain = page_client.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == SCRIPT
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]


def test_the_policy_is_the_one_that_the_documentation_names(page_client: TestClient) -> None:
    readme = Path(__file__).parents[2] / "web" / "README.md"
    (documented,) = (part for part in readme.read_text().split("```") if "default-src" in part)
    policy = page_client.get("/app/").headers["content-security-policy"]
    assert policy == " ".join(documented.split())
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/app/../secret.txt",
        "/app/%2e%2e/secret.txt",
        "/app/..%2fsecret.txt",
        "/app/assets/..%5c..%5c..%5csecret.txt",
        "/app//etc/passwd",
        "/app/none.js",
        "/app/assets/",
    ],
)
def test_nothing_else_is_served(page_client: TestClient, path: str) -> None:
    assert_problem(page_client.get(path), 404, "not_found")


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, page_client: TestClient) -> None:
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    assert_problem(page_client.get("/app/link.txt"), 404, "not_found")


def test_a_page_that_was_not_built_says_how_and_costs_the_api_nothing(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "index.html").unlink()
    page_client = TestClient(fake_app(open_predictor()), base_url="http://127.0.0.1")
    assert page.NOT_BUILT in caplog.text
    document = assert_problem(page_client.get("/app/"), 404, "not_found")
    assert "make page" in document["detail"]
    notice = page_client.get("/app/", headers={"accept": "text/html,*/*"})
    assert notice.status_code == 404
    assert "<code>make page</code>" in notice.text
    assert page_client.get("/health/live").status_code == 200
    (folder / "index.html").write_text("built meanwhile")
    assert page_client.get("/app/").text == "built meanwhile"


def test_model_card(client: TestClient) -> None:
    answer = client.get("/model-card")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("# Model card: default")
