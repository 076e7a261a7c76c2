"""What a person does on the page, in the words of the tests."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

import photos
from genderlens.detection.faces import CenterFace
from genderlens.inference.ensemble import create_classifier
from genderlens.inference.predictor import Predictor
from genderlens.settings import Settings

BROWSE = "Browse for photos"
UNTURN = {
    3: Image.Transpose.ROTATE_180,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
"""What undoes an EXIF orientation, so that the picture is upright once it is obeyed."""
LOADED = "It is loaded"


@cache
def portrait() -> bytes:
    return photos.encode(photos.portrait())


@cache
def crowd() -> bytes:
    return photos.encode(photos.crowd(2))


def choose(page: Page, files: dict[str, bytes]) -> None:
    """Through the button that browses."""
    payloads = [{"name": n, "mimeType": "image/jpeg", "buffer": c} for n, c in files.items()]
    page.get_by_label(BROWSE).set_input_files(payloads)  # type: ignore[arg-type]


def wait_for_all(page: Page, count: int) -> None:
    words = f"{count} of {count} {'photo' if count == 1 else 'photos'} done"
    expect(page.locator(".tally").get_by_text(words)).to_be_visible(timeout=120_000)


def use_private_mode(page: Page) -> None:
    """Returns once the networks are on this device."""
    open_options(page)
    page.get_by_role("switch", name="Private mode").check()
    expect(page.locator("main").get_by_text(LOADED)).to_be_visible(timeout=120_000)


def open_options(page: Page) -> None:
    """Options are folded away once a photo is chosen."""
    expect(page.locator("main h1").first).to_be_visible()
    fold = page.locator("details.fold", has=page.locator("[role=switch]"))
    if fold.count() and fold.get_attribute("open") is None:
        fold.locator("summary").first.click()


def session_of(page: Page) -> dict[str, dict[str, Any]]:
    """The answers of this visit by file name, as the page gives them to be downloaded."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    items = json.loads(Path(download.value.path()).read_text())
    failed = [item for item in items if "answer" not in item]
    assert not failed, failed
    return {item["name"]: item["answer"] for item in items}


def enter_key(page: Page, button: str, key: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_label("Key", exact=True).fill(key)
    page.get_by_role("button", name="Use this key").click()


def drop(page: Page, files: dict[str, bytes]) -> None:
    """As from a file manager, anywhere on the page."""
    held = page.evaluate_handle("new DataTransfer()")
    for name, content in files.items():
        page.evaluate(
            """([transfer, name, content]) => {
              const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
              transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
            }""",
            [held, name, base64.b64encode(content).decode("ascii")],
        )
    for event in ("dragover", "drop"):
        page.dispatch_event("body", event, {"dataTransfer": held})


def probability_gap(served: dict[str, Any], here: dict[str, Any]) -> float:
    """The largest difference between two answers that agree in everything else."""
    assert served["outcome"] == here["outcome"], (served, here)
    assert served["model_version"] == here["model_version"]
    pairs = zip(served["faces"], here["faces"], strict=True)
    shares = [(a["probabilities"], b["probabilities"]) for a, b in pairs]
    gaps = (abs(one[label] - other[label]) for one, other in shares for label in one)
    return max(gaps, default=0.0)


def float_answers(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """What the shipped model answers where the detector computes in float, as the page's does."""
    settings = Settings()
    predictor = Predictor(create_classifier(settings), settings, faces=CenterFace())
    answers = predictor.predict(list(files.values()))
    return {
        name: answer.to_dict() | {"model_version": answer.model_version}
        for name, answer in zip(files, answers, strict=True)
    }


def various_photos() -> dict[str, bytes]:
    """One face as cameras and editors send it: sizes, crops, formats, turned by EXIF."""
    image = photos.portrait()
    made = {
        "plain.jpg": portrait(),
        "small.jpg": photos.encode(image.resize((200, 200))),
        "close.png": photos.encode(image.crop((130, 20, 330, 240)), "PNG"),
        "grey.png": photos.encode(image.convert("L"), "PNG"),
        "two.jpg": crowd(),
        "plain.bmp": photos.encode(image, "BMP"),
        "palette.bmp": photos.encode(image.convert("P"), "BMP"),
        "alpha.bmp": photos.encode(image.convert("RGBA"), "BMP"),
        "none.jpg": photos.encode(photos.landscapes()["coffee"]),
    }
    for orientation, kind in ((6, "JPEG"), (3, "PNG"), (8, "WEBP"), (5, "WEBP")):
        exif = Image.Exif()
        exif[0x0112] = orientation
        turned = image.transpose(UNTURN[orientation])
        name = f"turned-{orientation}.{kind.lower()}"
        made[name] = photos.encode(turned, kind, exif=exif, quality=92)
    return made
