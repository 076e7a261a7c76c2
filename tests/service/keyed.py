"""Applications that ask for keys, and databases that are out of reach, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from databases import free_port
from genderlens.history.database import open_database
from genderlens.history.keys import create_key
from genderlens.settings import load_settings
from service.serving import FakePredictor, fake_app, open_predictor, warm_client


@dataclass(frozen=True)
class Caller:
    """A client with a key of its own."""

    client: TestClient
    id: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def ask(self, method: str, path: str, **arguments: Any) -> Any:
        headers = self.headers | arguments.pop("headers", {})
        return self.client.request(method, path, headers=headers, **arguments)

    def predict(self, content: bytes = b"a") -> Any:
        return self.ask("POST", "/predict", files={"file": ("a.jpg", content)})


@contextmanager
def callers(
    *scopes: str, predictor: FakePredictor | None = None, rate: str | None = None, **settings: Any
) -> Iterator[list[Caller]]:
    """One caller per scope, ``train+admin`` being two, of one application that asks for keys."""
    database = open_database(load_settings(**settings))
    made = [
        create_key(database, f"caller {index}", frozenset(scope.split("+")), rate_limit=rate)
        for index, scope in enumerate(scopes)
    ]
    database.close()
    app = fake_app(predictor or open_predictor(), auth="keys", **settings)
    with warm_client(app) as client:
        yield [Caller(client, stored.id, key) for stored, key in made]


def unreachable_database() -> str:
    """Where nothing listens."""
    return f"postgresql://user:verysecret@127.0.0.1:{free_port()}/none"
