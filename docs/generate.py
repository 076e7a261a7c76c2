"""Writes what can be derived: ``docs/reference/``, and measured figures in README and ``docs``.

Run ``make docs``; a test fails when any of them is not what this would write.
"""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

from derived.capacity import capacity
from derived.commands import commands_page
from derived.costs import costs
from derived.env_example import env_example
from derived.errors import errors_page
from derived.http import http_page
from derived.kinds import kinds
from derived.layers import layers
from derived.python_api import python_page
from derived.recipes import recipes_page
from derived.served import served
from derived.settings import settings_page
from derived.sources import sources_page
from derived.trained import starts, trained

from genderlens.bundle import load_bundle

ROOT = Path(__file__).parents[1]
HEADLINE = re.compile(r"(<!-- headline -->\n).*?(<!-- end of headline -->)", re.DOTALL)
ACCURACY = re.compile(r"(<!-- accuracy -->\n).*?(<!-- end of accuracy -->)", re.DOTALL)
MARKED = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)
TRAINED = re.compile(r"(<!-- trainings -->\n).*?(<!-- end of trainings -->)", re.DOTALL)


def pages() -> dict[str, str]:
    """The pages of the reference, from the code itself: path below ``docs`` → text."""
    return {
        "reference/commands.md": commands_page(),
        "reference/settings.md": settings_page(),
        "reference/http.md": http_page(),
        "reference/recipes.md": recipes_page(),
        "reference/errors.md": errors_page(),
        "reference/sources.md": sources_page(),
        "reference/python.md": python_page(),
    }


def readme(text: str) -> str:
    """README with its headline and the table of accuracy written anew."""
    text = HEADLINE.sub(lambda match: match[1] + _headline() + "\n" + match[2], text)
    table = _accuracy(_read_figures("accuracy"))
    return ACCURACY.sub(lambda match: f"{match[1]}{table}\n\n{match[2]}", text)


def benchmarks(text: str) -> str:
    """``docs/benchmarks.md`` with all its figures written anew."""
    text = MARKED.sub(lambda match: match[1] + _figures() + match[2], text)
    trainings = trained(ROOT / "docs" / "figures")
    return TRAINED.sub(lambda match: f"{match[1]}{trainings}\n\n{match[2]}", text)


def _read_figures(name: str) -> dict[str, Any]:
    path = ROOT / "docs" / "figures" / f"{name}.json"
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data


def _headline() -> str:
    data = _read_figures("accuracy")
    row = data["celeba_test_detected"]
    share = row["accuracy_classified"]
    return (
        f"**{share['value']:.1%} right** ({share['low']:.1%} – {share['high']:.1%}) among the "
        f"classified of {row['pictures']} CelebA test photos, none of which it was trained on; "
        f"{row['refused']['value']:.1%} refused and {row['abstained']['value']:.1%} uncertain "
        f"(`make figures`, {data['date']})."
    )


def _figures() -> str:
    parts = [
        _accuracy(_read_figures("accuracy")),
        _groups(),
        _ratios(_read_figures("speed"), _read_figures("decoding")),
        _speed(_read_figures("single_image")),
        kinds(_read_figures("kinds")),
        *served(ROOT / "docs" / "figures"),
        _size(_read_figures("install_size")),
    ]
    return "\n\n".join(parts) + "\n\n"


def _accuracy(data: dict[str, Any]) -> str:
    names = {
        "fairface_validation_cropped": "FairFace validation, face crops as they are",
        "fairface_validation_detected": "FairFace validation, detector in the loop",
        "celeba_test_detected": "CelebA test photos, detector in the loop, never trained on",
    }
    rows = [
        f"Model `{data['model']}`, {data['date']}, {data['machine']}; measured by `make figures`.",
        "",
        "| pictures | right among the classified (95 % interval) | uncertain | refused |",
        "|---|---|---|---|",
    ]
    for key, name in names.items():
        row = data[key]
        share = row["accuracy_classified"]
        rows.append(
            f"| {name} ({row['pictures']:,}) | {share['value']:.1%} ({share['low']:.1%} – "
            f"{share['high']:.1%}) | {row['abstained']['value']:.1%} | "
            f"{row['refused']['value']:.1%} |"
        )
    nobody = data["coco_outcomes"]["none"]
    answered = nobody.get("classified", 0) + nobody.get("uncertain", 0)
    total = sum(nobody.values())
    rows += [
        "",
        f"Of {total} COCO photos of everyday scenes without a person, {answered} got a label"
        + _nobody(data.get("nobody")),
    ]
    return "\n".join(rows)


def _nobody(found: dict[str, Any] | None) -> str:
    """How the same scenes fare in parts, beside what looking once would give."""
    if found is None:
        return "."
    views, faces = found["views"], found["found"]
    once, twice = len(views["first_sight"]), len(views["looked_twice"])
    people = sum(one["pictures"] for one in faces.values())
    before, after = (
        sum(one[way]["with_face"] for one in faces.values())
        for way in ("first_sight", "looked_twice")
    )
    return (
        f"; of {views['pictures']} parts and variants of them (quarters, grey, mirrored, crops), "
        f"{twice}. Doubtful faces are looked at again for that: at first sight it would be {once}, "
        f"with a face found in {before:,} instead of {after:,} of {people:,} photos of people, and "
        f"{found['time_with_a_face'] - 1:+.1%} time for a photo with a face."
    )


def _groups() -> str:
    evaluation = load_bundle().description.evaluation
    if evaluation is None:
        return "The bundle carries no evaluation."
    race = evaluation.groups["race"]
    worst = min(race, key=lambda name: race[name].value)
    best = max(race, key=lambda name: race[name].value)
    return (
        f"By race as annotated, accuracy on FairFace validation runs from {race[worst].value:.1%} "
        f"({worst}) to {race[best].value:.1%} ({best}), uncertain answers counted by their "
        "likelier label; the [model card](../src/genderlens/models/default/MODEL_CARD.md) has "
        "every group with its interval."
    )


def _ratios(speed: dict[str, Any], decoding: dict[str, Any]) -> str:
    ratios, first = speed["ratios"], speed["first_answer"]
    rows = [
        ("the model alone : EfficientNet-B0 at 224 px in eager PyTorch",
         ratios["model_to_efficientnet_b0_eager"]),
        ("the model alone : the same network quantised dynamically to INT8",
         ratios["model_to_efficientnet_b0_dynamic_int8"]),
        ("a 1-megapixel JPEG from bytes to answer : a plain loop over the same models",
         ratios["end_to_end_to_plain_loop"]),
        ("decoding a 12-megapixel JPEG : decoding all of it", decoding["decode_time_ratio"]),
    ]  # fmt: skip
    return "\n".join([
        f"One thread, {speed['serves'].upper()}, {speed['date']}, {speed['machine']}; measured by "
        "`make bench`, all taking turns in one run.",
        "",
        "| ours : theirs | times faster |",
        "|---|---|",
        *(f"| {words} | {ratio:.1f} |" for words, ratio in rows),
        "",
        "Cutting and classifying a face takes "
        f"{ratios['predictor_to_plain_onnxruntime']:.2f} times what plain ONNX Runtime takes for "
        f"the same file. Decoding less changed the label of "
        f"{decoding['label_flips']} of {decoding['with_a_face_both_ways']} photos. From a cold "
        f"start to the first answer: {first['wall_s']:.1f} s.",
    ])  # fmt: skip


def _size(data: dict[str, Any]) -> str:
    largest = ", ".join(f"{p['name']} {p['bytes'] / 1e6:.0f}" for p in data["packages"][:5])
    size = f"{data['bytes'] / 1e6:,.0f} MB"
    return f"The base install takes {size}; the largest parts, in MB: {largest}."


def _speed(data: dict[str, Any]) -> str:
    rows = [
        f"One picture on one thread, {data['date']}, {data['machine']}; measured by `make bench`. "
        "The plain loop runs the same two models the way a first script does.",
        "",
        "| JPEG | decode | detect | classify | plain loop : ours |",
        "|---|---|---|---|---|",
    ]
    for name, row in data["milliseconds"].items():
        stages = (row[stage] / row["total"] for stage in ("decode", "detect", "classify"))
        rows.append(
            f"| {name} | {' | '.join(f'{s:.0%}' for s in stages)} | {row['ratio']:.1f} : 1 |"
        )
    return "\n".join(rows)


def main() -> None:
    """Write them all."""
    docs = ROOT / "docs"
    (docs / "reference").mkdir(exist_ok=True)
    (ROOT / ".env.example").write_text(env_example(), "utf-8")
    for name, text in pages().items():
        (docs / name).write_text(text, "utf-8")
    renewed = (
        (ROOT / "README.md", readme),
        (docs / "benchmarks.md", benchmarks),
        (docs / "cost.md", costs),
        (docs / "how-to" / "capacity.md", capacity),
        (docs / "how-to" / "own-data.md", partial(starts, folder=docs / "figures")),
        (docs / "explanation" / "architecture.md", partial(layers, root=ROOT)),
    )
    for path, renew in renewed:
        path.write_text(renew(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
