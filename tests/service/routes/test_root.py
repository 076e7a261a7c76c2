from __future__ import annotations

from starlette.testclient import TestClient

from genderlens import __version__


def test_a_program_gets_json(client: TestClient) -> None:
    answer = client.get("/").json()
    assert answer["status"] == "ok"
    assert answer["version"] == __version__
    assert answer["model"]
    assert answer["message"]


def test_a_browser_is_sent_to_the_page(client: TestClient) -> None:
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = client.get("/", headers=accept, follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == "app/"
