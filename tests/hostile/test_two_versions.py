"""An older and a newer version on one database: brought up and taken back under both, and asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from forks import command, script
from genderlens.history import migrations
from genderlens.history.backup import list_revisions, read_revision
from genderlens.history.database import Database
from genderlens.history.database import database_url as address_of
from genderlens.history.keys import create_key
from genderlens.settings import load_settings
from service.processes import Service, serve
from service.serving import portrait_jpeg, wait_until

OLDER, NEWER = [revision for revision, _ in list_revisions()][-2:]
NOTICED_S = 60.0


@pytest.fixture(scope="module")
def older_migrations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The migrations as of before the newest change of the schema: the older version's."""
    source = Path(migrations.__file__).parent
    left_out = shutil.ignore_patterns("__pycache__", f"r{NEWER}_*.py")
    return Path(shutil.copytree(source, tmp_path_factory.mktemp("older") / "m", ignore=left_out))


class Versions:
    """Services of both versions on one database, and a client with a key for all of them."""

    def __init__(self, url: str, older: Path, folder: Path) -> None:
        self._older, self._folder = older, folder
        self.settings = {"database_url": url, "auth": "keys", "rate_limit": "off"}
        self.database = Database(address_of(load_settings(database_url=url)))
        self.headers: dict[str, str] = {}

    @contextmanager
    def serving(self, version: str) -> Iterator[Service]:
        start = self._start("serve", version=version)
        with serve(start=start, state_dir=self._folder / "state", **self.settings) as service:
            yield service

    def run(self, *arguments: str, version: str = NEWER) -> None:
        environment = os.environ | {"GENDERLENS_DATABASE_URL": self.settings["database_url"]}
        words = self._start(*arguments, version=version)
        done = subprocess.run(words, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def _start(self, *words: str, version: str) -> list[str]:
        if version == NEWER:
            return command("genderlens", *words)
        return script(Path(__file__).with_name("older.py"), str(self._older), *words)

    def predict(self, service: Service) -> str | None:
        """The identifier of the answer."""
        files = {"file": ("a.jpg", portrait_jpeg())}
        url = f"{service.url}/predict"
        answer = httpx.post(url, files=files, headers=self.headers, timeout=60)
        assert answer.status_code == 200, answer.text
        assert answer.json()["prediction"] == "female"
        identity: str | None = answer.json().get("id")
        return identity

    def knows(self, service: Service, identity: str | None) -> bool:
        url = f"{service.url}/predictions/{identity}"
        return httpx.get(url, headers=self.headers, timeout=60).status_code == 200

    def require_one_history(self, *services: Service) -> None:
        """What one answers, all remember."""
        for one in services:
            identity = self.predict(one)
            for other in services:
                wait_until(lambda: self.knows(other, identity), NOTICED_S)  # noqa: B023

    @contextmanager
    def asked_all_along(self, *services: Service) -> Iterator[None]:
        """Every answer counts: one that fails, fails the test."""
        stop, faults = threading.Event(), list[BaseException]()

        def ask(service: Service) -> None:
            while not stop.is_set() and not faults:
                try:
                    self.predict(service)
                    stop.wait(0.2)
                except BaseException as error:
                    faults.append(error)

        threads = [threading.Thread(target=ask, args=(one,)) for one in services]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert faults == []


@pytest.fixture
def versions(database_url: str, older_migrations: Path, tmp_path: Path) -> Iterator[Versions]:
    """A database that the older version made, with a key."""
    found = Versions(database_url, older_migrations, tmp_path)
    found.run("keys", "create", "first", version=OLDER)
    assert read_revision(found.database) == OLDER
    scopes = frozenset({"predict", "admin"})
    found.headers = {"X-API-Key": create_key(found.database, "both", scopes)[1]}
    yield found
    found.database.close()


def _history(service: Service) -> str:
    return str(httpx.get(f"{service.url}/health", timeout=30).json()["history"])


def test_up_and_down_again_under_both(versions: Versions) -> None:
    with versions.serving(OLDER) as older:
        versions.require_one_history(older)
        with versions.asked_all_along(older), versions.serving(NEWER) as newer:
            wait_until(lambda: read_revision(versions.database) == NEWER, NOTICED_S)
            versions.require_one_history(older, newer)
            with versions.asked_all_along(newer):
                versions.run("database", "downgrade", OLDER)
                assert read_revision(versions.database) == OLDER
                versions.require_one_history(older, newer)
            assert {_history(older), _history(newer)} == {"healthy"}
        with versions.serving(OLDER) as another:
            versions.require_one_history(older, another)
    with versions.serving(NEWER) as newer:
        wait_until(lambda: read_revision(versions.database) == NEWER, NOTICED_S)
        versions.require_one_history(newer)


def test_the_older_one_does_not_start_on_the_newer_schema_and_says_how_it_would(
    versions: Versions,
) -> None:
    versions.database.migrate()
    with pytest.raises(AssertionError, match="is not one of this version"):
        versions.run("keys", "list", version=OLDER)
    with (
        pytest.raises(AssertionError, match="install the version that wrote it, or a newer one"),
        versions.serving(OLDER),
    ):
        raise RuntimeError("it serves on a schema that it does not know")
    versions.run("database", "downgrade", OLDER)
    with versions.serving(OLDER) as older:
        versions.require_one_history(older)
