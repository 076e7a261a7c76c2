"""``genderlens label`` beside the predictor's own loop and beside a plain loop, and its memory.

Real photographs of everyday scenes, scaled to a megapixel; hard links stand for large sets. Loops
and labelling take turns, so that noise hits all of them. The rate of labelling is that of its
middle, from 15 % to 90 % of the pictures, because starting up is nothing against hours.

``python benchmarks/labelling.py [PICTURES] [FEW MANY]``: FEW and MANY face crops for the memory.
"""

from __future__ import annotations

import io
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from subprocess import run
from threading import Event, Thread
from typing import NamedTuple

from PIL import Image

from common import data_folder, machine
from genderlens.bundle import load_bundle
from genderlens.cpus import usable_cpus
from genderlens.inference.predictor import create_predictor
from genderlens.labelling.job import LabellingJob, bundle_key
from genderlens.labelling.run import RunOptions, make_plan, run_job
from genderlens.labelling.shard import label_shard
from genderlens.labelling.status import read_status
from genderlens.settings import load_settings
from single_image import PlainLoop

PICTURES = 400
ROUNDS = 3
FEW, MANY = 10_000, 200_000


def megapixel_photos(folder: Path, wanted: int) -> list[Path]:
    """Different photographs, each about a megapixel, as JPEG."""
    folder.mkdir(parents=True)
    sources = sorted((data_folder() / "coco" / "images").glob("*.jpg"))[:wanted]
    for source in sources:
        with Image.open(source) as picture:
            scale = (1_000_000 / (picture.width * picture.height)) ** 0.5
            size = (round(picture.width * scale), round(picture.height * scale))
            large = picture.convert("RGB").resize(size, Image.Resampling.BICUBIC)
        large.save(folder / source.name, "JPEG", quality=90)
    return sorted(folder.iterdir())


def link_often(sources: list[Path], folder: Path, count: int) -> Path:
    """So many hard links, a thousand in a folder."""
    for number in range(count):
        source = sources[number % len(sources)]
        target = folder / f"{number // 1000:04d}" / f"{number:07d}{source.suffix}"
        if number % 1000 == 0:
            target.parent.mkdir(parents=True)
        target.hardlink_to(source)
    return folder


class Cost(NamedTuple):
    """Pictures a second, and milliseconds of one CPU for a picture, which others disturb less."""

    rate: float
    cpu_ms: float


def loop_cost(photos: Sequence[Path], *, plain: bool) -> Cost:
    """One process on one thread, over encoded photos in memory."""
    contents = [photo.read_bytes() for photo in photos]
    ask: Callable[[bytes], object] = PlainLoop(load_bundle()) if plain else _predictor()
    ask(contents[0])
    return _measure(lambda: [ask(content) for content in contents], len(contents))


def shard_cost(source: Path, out: Path, photos: int) -> Cost:
    """One worker, which reads, labels and writes one shard of the photos in a folder."""
    settings = load_settings(threads=1)
    predictor = create_predictor(settings)
    predictor.warm_up()
    job = LabellingJob(str(source), out, settings, "benchmark", shard_size=photos)
    plan = make_plan(job, progress=False)
    return _measure(lambda: label_shard(job, plan, 0, predictor), photos)


def _predictor() -> Callable[[bytes], object]:
    predictor = create_predictor(load_settings(threads=1))
    return lambda content: predictor.predict([content])


def _measure(work: Callable[[], object], pictures: int) -> Cost:
    start, used = time.perf_counter(), time.process_time()
    work()
    elapsed, cpu_s = time.perf_counter() - start, time.process_time() - used
    return Cost(pictures / elapsed, cpu_s * 1000.0 / pictures)


def label_rate(source: Path, out: Path, workers: int) -> float:
    """Pictures a second of the middle of a whole run."""
    job = LabellingJob(
        str(source), out, load_settings(threads=1), bundle_key([load_bundle()]), shard_size=20
    )
    seen: list[tuple[float, int, int]] = []
    stop = Event()
    watcher = Thread(target=_watch, args=(out, seen, stop))
    watcher.start()
    run_job(job, RunOptions(workers=workers, progress=False))
    stop.set()
    watcher.join()
    middle = [(t, done) for t, done, whole in seen if 0.15 * whole <= done <= 0.9 * whole]
    (first, some), (last, more) = middle[0], middle[-1]
    return (more - some) / (last - first)


def _watch(out: Path, seen: list[tuple[float, int, int]], stop: Event) -> None:
    while not stop.wait(0.25):
        if (out / "state" / "run.json").is_file():
            status = read_status(out)
            seen.append((time.perf_counter(), status.done, status.pictures or 0))


def in_a_process(function: Callable[..., Cost], *arguments: object, **options: object) -> Cost:
    """So that no loop profits from what another one loaded."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments, options)


def compare(pictures: int, folder: Path) -> None:
    """Print rates and costs of all, and their ratios."""
    photos = megapixel_photos(folder / "photos", 40)
    source = link_often(photos, folder / "many", pictures)
    cpus, costs, rates = usable_cpus(), dict[str, list[Cost]](), list[float]()
    for number in range(ROUNDS):
        out = folder / f"shard{number}"
        found = {
            "predictor loop": in_a_process(loop_cost, photos, plain=False),
            "one worker": in_a_process(shard_cost, folder / "photos", out, len(photos)),
            "plain loop": in_a_process(loop_cost, photos[:15], plain=True),
        }
        for name, cost in found.items():
            costs.setdefault(name, []).append(cost)
        rates.append(label_rate(source, folder / f"out{number}", cpus))
    print(f"{machine()}; medians of {ROUNDS} rounds, {len(photos)} photos of 1 megapixel")
    rate = {name: statistics.median(c.rate for c in found) for name, found in costs.items()}
    cpu = {name: statistics.median(c.cpu_ms for c in found) for name, found in costs.items()}
    for name in costs:
        print(f"{name:15} {rate[name]:6.1f}/s {cpu[name]:7.1f} ms of CPU for a picture")
    label = statistics.median(rates)
    print(f"label, {cpus} workers {label:6.1f}/s")
    loop, plain = rate["predictor loop"], rate["plain loop"]
    print(f"label : {cpus} CPUs × predictor loop = {label / (cpus * loop):.2f}, wanted ≥ 0.85")
    print(f"label : plain loop = {label / plain:.1f}, wanted ≥ 5")
    spent = cpu["one worker"]
    print(f"CPU: predictor loop : worker = {cpu['predictor loop'] / spent:.2f}, ", end="")
    print(f"plain loop : worker = {cpu['plain loop'] / spent:.1f}")


def peak_mib(faces: list[Path], folder: Path, count: int) -> float:
    """The most that any process of a run over so many face crops held."""
    source = link_often(faces, folder / f"faces{count}", count)
    out = folder / f"labels{count}"
    words = ["label", str(source), "--out", str(out), "--faces", "cropped", "--shard-size", "1000"]
    code = (
        "import resource, sys; from subprocess import run; "
        "done = run([sys.executable, '-m', 'genderlens', *sys.argv[1:]], capture_output=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, done.returncode)"
    )
    found = run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    kib, status = found.stdout.split()
    assert status == "0", found
    shutil.rmtree(source)
    return int(kib) / 1024.0


def small_faces(folder: Path) -> list[Path]:
    """Small pictures, because here only their number counts."""
    folder.mkdir(parents=True)
    for source in sorted((data_folder() / "celeba" / "img_align_celeba").glob("*.jpg"))[:50]:
        with Image.open(source) as picture:
            stream = io.BytesIO()
            picture.resize((64, 64)).save(stream, "JPEG")
        (folder / source.name).write_bytes(stream.getvalue())
    return sorted(folder.iterdir())


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:]]
    pictures = numbers[0] if numbers else PICTURES
    few, many = numbers[1:3] if len(numbers) > 2 else (FEW, MANY)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if pictures:
            compare(pictures, folder)
        if many:
            faces = small_faces(folder / "faces")
            low, high = peak_mib(faces, folder, few), peak_mib(faces, folder, many)
            print(
                f"memory: {low:,.0f} MiB for {few:,}, {high:,.0f} MiB for {many:,} pictures: ",
                end="",
            )
            print(f"{high / low:.2f}×, wanted ≤ 1.2×")


if __name__ == "__main__":
    main()
