"""Tiny files of fifty million pixels: what they cost is foretold, bounded, and hits nobody else."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from PIL import Image

from genderlens.pictures.cost import reckon_cost
from genderlens.settings import load_settings
from hostile.vast import SIDE_PX, TINY_WEBP, vast_pictures
from photos import encode
from service.processes import ALONE, serve

MB = 1_000_000
PIXELS = SIDE_PX**2
PHONE_PX = (8192, 6144)
_MEASURE = """
import sys
from pathlib import Path
from genderlens.pictures.imaging import decode_reduced

def memory(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))

content = Path(sys.argv[1]).read_bytes()
Path("/proc/self/clear_refs").write_text("5")
before = memory("VmRSS:")
decode_reduced(content, max_pixels=10**8)
print(memory("VmHWM:") - before)
"""


def test_decoding_takes_no_more_than_the_header_foretold(tmp_path: Path) -> None:
    files = {}
    for name, content in vast_pictures().items():
        files[name] = tmp_path / name
        files[name].write_bytes(content)
    # A process each: what an allocator kept of one picture would hide what the next one takes.
    command = [sys.executable, "-c", _MEASURE]
    peaks = {
        name: int(subprocess.run([*command, path], capture_output=True, check=True).stdout)
        for name, path in files.items()
    }
    for name, path in files.items():
        cost = reckon_cost(path.read_bytes(), 10**8)
        assert cost.pixels == PIXELS, name
        assert 4 * PIXELS <= peaks[name] <= cost.bytes, name
        assert cost.bytes <= load_settings().pixel_memory_bytes, name


def test_two_workers_peak_below_700_mb_on_tiny_pictures_of_every_container() -> None:
    pictures = [one for one in vast_pictures().values() if len(one) < 2 * MB]
    settings = {"workers": 2, "rate_limit": "off", "max_wait_s": 60, "deadline_s": 300}
    with serve(start=ALONE, **settings) as service:
        idle = service.memory_bytes()
        service.forget_peak()

        def send(turn: int) -> httpx.Response:
            batch = pictures[turn:] + pictures[:turn]
            files = [("files", ("a", content)) for content in batch]
            return httpx.post(f"{service.url}/predict-batch", files=files, timeout=300)

        with ThreadPoolExecutor(2) as clients:
            answers = list(clients.map(send, range(2)))
        peak = service.memory_bytes("VmHWM")
        assert [answer.status_code for answer in answers] == [200] * 2
        outcomes = {one["outcome"] for answer in answers for one in answer.json()["results"]}
        assert outcomes == {"no_person"}
        assert peak - idle <= 700 * MB
        assert peak - idle >= 4 * PIXELS  # they were decoded indeed
        metrics = httpx.get(f"{service.url}/metrics").text
        assert "genderlens_pixel_memory_bytes 0.0" in metrics
        assert "genderlens_pixel_memory_limit_bytes 6.4e+08" in metrics


def test_a_picture_that_alone_needs_too_much_is_refused_with_its_limit() -> None:
    with serve(pixel_memory_bytes=100 * MB, max_pixels=200 * MB) as service:
        post = f"{service.url}/predict"
        answer = httpx.post(post, files={"file": ("a.webp", TINY_WEBP)}, timeout=60)
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_many_pixels"
        assert "takes 611 MB to decode, the limit is 7,07" in answer.json()["detail"]
        small = encode(Image.new("RGB", (2600, 2600)), "WEBP")
        assert httpx.post(post, files={"file": ("a.webp", small)}).json()["code"] == "no_person"
        batch = [("files", ("a.webp", TINY_WEBP)), ("files", ("b.webp", small))]
        answer = httpx.post(f"{service.url}/predict-batch", files=batch)
        codes = [one["error_code"] for one in answer.json()["results"]]
        assert codes == ["too_many_pixels", "no_person"]


def test_photos_of_50_megapixel_phones_are_taken() -> None:
    settings = load_settings()
    pixels = PHONE_PX[0] * PHONE_PX[1]
    assert settings.max_pixels >= pixels
    for name, content in vast_pictures().items():
        cost = reckon_cost(content, settings.max_pixels)
        assert cost.largest_pixels(settings.pixel_memory_bytes) >= pixels, name
    photo = encode(Image.new("RGB", PHONE_PX), "JPEG")
    with serve() as service:
        answer = httpx.post(f"{service.url}/predict", files={"file": ("a", photo)}, timeout=60)
        assert answer.json()["code"] == "no_person"


@pytest.mark.parametrize("memory_bytes", [16 * MB, 320 * MB, 640 * MB, 1280 * MB])
def test_the_largest_picture_follows_from_the_memory(memory_bytes: int) -> None:
    settings = load_settings(pixel_memory_bytes=memory_bytes)
    assert settings.max_pixels == memory_bytes / 12.5
