"""Two processes that write to one queue, one cache, one folder of labels or one report."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clouds import serve_s3, upload
from evaluation.tables import random_table
from genderlens.bundle import MODEL, load_bundle
from genderlens.jobs.store import open_store
from genderlens.labelling.run import run_job
from genderlens.registry.cache import cache_name
from genderlens.settings import load_settings
from hostile.test_races import race
from labelling.jobs import QUIET, FakePredictor, digests, make_job, use, write_pictures
from tiny_bundles import make_bundle

STORE = """
from genderlens.errors import JobConflictError
from genderlens.jobs.record import create_job
from genderlens.jobs.store import open_store
store = open_store(load_settings(jobs_dir=place / "jobs", database_url=arguments[0],
                                 jobs_waiting=int(arguments[1])))
owner = str(__import__("os").getpid())
"""


def test_each_job_is_taken_once_and_none_is_lost(database_url: str, tmp_path: Path) -> None:
    code = (
        STORE
        + """
submitted = [store.submit(create_job("squares", "small-data")).id for _ in range(15)]
end, taken = time.monotonic() + 3, []
while time.monotonic() < end:
    job = store.take(owner)
    if job is not None:
        taken.append(job.id)
        store.save(job.ended("succeeded"), owner)
        end = time.monotonic() + 1
print(json.dumps([submitted, taken]))
"""
    )
    told = race(code, tmp_path, database_url, "99")
    submitted = [one for racer in told for one in racer[0]]
    taken = [one for racer in told for one in racer[1]]
    assert sorted(taken) == sorted(submitted)
    store = open_store(load_settings(jobs_dir=tmp_path / "jobs", database_url=database_url))
    assert {job.state for job in store.list_jobs()} == {"succeeded"}
    store.close()


def test_the_queue_never_holds_more_than_its_limit(database_url: str, tmp_path: Path) -> None:
    code = (
        STORE
        + """
accepted = 0
for _ in range(25):
    try:
        store.submit(create_job("squares", "small-data"))
        accepted += 1
    except JobConflictError:
        pass
print(json.dumps(accepted))
"""
    )
    assert sum(race(code, tmp_path, database_url, "20", count=3)) == 20


FETCH = """
import os
from genderlens.bundle import load_bundle
from genderlens.registry import cache
mine = sorted(path.name for path in place.glob("ready-*")).index(f"ready-{os.getpid()}")
cache._log.warning = lambda *_: time.sleep(2.0 if mine == 0 else 0.0)
folder = cache.fetch_bundle(arguments[0], place / "cache")
end = time.monotonic() + 3
while time.monotonic() < end:
    version = load_bundle(str(folder)).version
    time.sleep(0.02)
print(json.dumps(version))
"""
"""The first process is slow between seeing that a copy is damaged and replacing it."""


def test_one_bundle_fetched_by_several_at_once(tmp_path: Path) -> None:
    """First where there is no copy yet, then where a damaged one lies; nobody's goes again."""
    make_bundle(tmp_path / "a", "a")
    with serve_s3() as files:
        uri = upload(files, tmp_path / "a", "models")
        assert race(FETCH, tmp_path, uri) == ["a-1"] * 2
        copy = tmp_path / "cache" / "models" / cache_name(uri)
        (copy / MODEL).write_bytes(b"damaged")
        assert race(FETCH, tmp_path, uri) == ["a-1"] * 2
    assert load_bundle(str(copy)).version == "a-1"
    assert list(copy.parent.iterdir()) == [copy]


def test_two_runs_label_into_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One is told of the other, and what comes out is what one alone makes."""
    folder = write_pictures(tmp_path / "in", 40)
    code = """
    import labelling.jobs as fakes
    from genderlens.errors import LabellingError
    from genderlens.labelling import run
    run.load_engine = lambda _: fakes.inline(fakes.FakePredictor(0.02))
    try:
        run.run_job(fakes.make_job(place / "in", place / "out"), fakes.QUIET)
        print(json.dumps("done"))
    except LabellingError as error:
        assert "another run labels into" in error.message, error
        print(json.dumps("told"))
    """
    assert Counter(race(code, tmp_path)) == {"done": 1, "told": 1}
    use(monkeypatch, FakePredictor())
    run_job(make_job(folder, tmp_path / "alone"), QUIET)
    assert digests(tmp_path / "out") == digests(tmp_path / "alone")


def test_two_evaluations_into_one_folder_leave_one_report(tmp_path: Path) -> None:
    """The second begins amid the first; figures, page and table are of the same one."""
    for index in range(2):
        pq.write_table(random_table(300 + index, seed=index), tmp_path / f"{index}.parquet")
    code = """
    import os
    from typer.testing import CliRunner
    from genderlens.cli.app import app
    from genderlens.evaluation.report import report_folder as folder
    mine = sorted(path.name for path in place.glob("ready-*")).index(f"ready-{os.getpid()}")
    table, render = place / "out" / folder.PREDICTIONS, folder.render_report

    def render_slowly(*arguments):
        time.sleep(6.0 if mine == 0 else 0.0)
        return render(*arguments)

    folder.render_report = render_slowly
    while mine == 1 and not table.exists():
        time.sleep(0.01)
    done = CliRunner().invoke(app, [
        "evaluate", "--predictions", str(place / f"{mine}.parquet"), "--out",
        str(place / "out"), "--no-pictures",
    ])
    assert done.exit_code == 0, done.output
    print(json.dumps(mine))
    """
    assert sorted(race(code, tmp_path)) == [0, 1]
    out = tmp_path / "out"
    pictures = json.loads((out / "report.json").read_text())["pictures"]
    assert pq.read_metadata(out / "predictions.parquet").num_rows == pictures
    assert f"{pictures} pictures" in re.sub(r"<[^>]*>", "", (out / "report.html").read_text())
    assert not list(out.rglob("*.partial"))
