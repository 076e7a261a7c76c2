"""A clock that jumps while the service runs: a machine that slept, a time server that was wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from images.boxes import Box, box, make_key
from images.engine import ENOUGH_S, docker
from images.stores import predict
from service.serving import wait_until

pytestmark = [pytest.mark.images, pytest.mark.timeout(ENOUGH_S)]
DAY_S = 86_400
RATE = 4


@dataclass
class Clock:
    """The wall clock of a container, by a library that is loaded before all others."""

    folder: Path
    library: Path

    @property
    def options(self) -> list[str]:
        return [
            f"--volume={self.library.parent}:/faketime:ro",
            f"--volume={self.folder}:/clock:ro",
            f"--env=LD_PRELOAD=/faketime/{self.library.name}",
            "--env=FAKETIME_TIMESTAMP_FILE=/clock/offset",
            "--env=FAKETIME_NO_CACHE=1",
            # What counts seconds, as of a time limit, does not jump on a real machine either.
            "--env=FAKETIME_DONT_FAKE_MONOTONIC=1",
        ]

    def jump(self, seconds: int) -> None:
        """Set how far it is from the right time."""
        (self.folder / "offset").write_text(f"{seconds:+d}\n")


@pytest.fixture
def clock(serving_image: str, tmp_path: Path) -> Clock:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("no library to set a container's clock: apt-get install faketime")
    tmp_path.chmod(0o755)  # the user of the container is another one
    made = Clock(tmp_path, found[0])
    made.jump(-DAY_S)
    script = "import sys, time; sys.exit(abs(time.time() - float(sys.argv[1])) < 3600)"
    words = ["run", "--rm", *made.options, "--entrypoint=python", serving_image, "-c", script]
    if docker(*words, str(Path(tmp_path / "offset").stat().st_mtime), check=False).returncode:
        pytest.skip(f"{found[0]} of this machine does not load in the image")
    made.jump(0)
    return made


@pytest.fixture
def served(serving_image: str, clock: Clock) -> Iterator[tuple[Box, dict[str, str]]]:
    with box(serving_image, *clock.options) as container:
        headers = make_key(container, "predict", rate=f"{RATE}/minute")
        container.serve()
        yield container, headers


@pytest.mark.parametrize("jump_s", [DAY_S, -DAY_S])
def test_a_jump_locks_nobody_out(
    served: tuple[Box, dict[str, str]], clock: Clock, jump_s: int
) -> None:
    container, headers = served
    before = [predict(container, headers) for _ in range(RATE + 1)]
    assert [answer.status_code for answer in before] == [200] * RATE + [429]
    clock.jump(jump_s)
    after = predict(container, headers)
    assert after.status_code == 200, after.text
    assert container.is_ready()
    kept = f"{container.url}/predictions"
    ids = {answer.json()["id"] for answer in (*before[:RATE], after)}

    def listed() -> set[str]:
        answer = httpx.get(kept, headers=headers, params={"limit": 100}, timeout=30)
        assert answer.status_code == 200, answer.text
        return {one["id"] for one in answer.json()["predictions"]}

    wait_until(lambda: ids <= listed())
    assert container.end()["ExitCode"] == 0, container.log
