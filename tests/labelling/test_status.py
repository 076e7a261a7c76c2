from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from genderlens.errors import SourceNotFoundError
from genderlens.labelling.guard import only_run, start_job
from genderlens.labelling.run import make_plan
from genderlens.labelling.shard_state import ShardPaths
from genderlens.labelling.status import read_status, write_start
from labelling.jobs import make_job, write_pictures


def test_no_job(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="no labelling job"):
        read_status(tmp_path)


def test_of_a_running_job_the_open_shards_count_and_of_a_stopped_one_they_do_not(
    tmp_path: Path,
) -> None:
    job = make_job(write_pictures(tmp_path / "in", 10), tmp_path / "out")
    with only_run(job):
        start_job(job)
        assert read_status(job.out).pictures is None
        make_plan(job, progress=False)
        (job.state / "done").mkdir()
        ShardPaths(job, 0).sidecar.write_text("{}")
        open_shard = ShardPaths(job, 1).progress
        open_shard.parent.mkdir()
        open_shard.write_text(json.dumps({"done": 3, "total": 4, "seconds": {"detect": 1.0}}))
        write_start(job, 2)
        time.sleep(0.01)
        running = read_status(job.out)
    assert (running.running, running.done, running.shards_done, running.shards) == (True, 7, 1, 3)
    assert running.pictures_per_s is not None
    assert running.remaining_s == pytest.approx(3 / running.pictures_per_s, abs=0.06)
    stopped = read_status(job.out)
    assert (stopped.running, stopped.done, stopped.remaining_s) == (False, 4, None)
