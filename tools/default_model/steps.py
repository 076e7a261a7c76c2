"""The steps from pictures to a judged bundle, each done once."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
import typer

from genderlens.bundle import DESCRIPTION, default_bundle_path, load_bundle
from genderlens.cli.app import app
from genderlens.cpus import usable_cpus
from genderlens.errors import PromotionRefusedError
from genderlens.heads import Head
from genderlens.promotion.promote import promote
from genderlens.registry.store import open_registry
from genderlens.run_folder import RunFolder
from genderlens.settings import load_settings
from genderlens.storage import write_bytes_atomically
from genderlens.training.gpu.plan_files import load_plan
from genderlens.training.gpu.run import ANSWERS, PlanFolders, PlanRun
from tools.default_model.work import Work
from tools.further_head.making import make_bundle

AGES: Final = Head(
    "age_group",
    ("0-2", "3-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "more than 70"),
    "ordinal",
    "head_age_group",
)
ATTRIBUTION: Final = (
    'Kärkkäinen & Joo, "FairFace: Face Attribute Dataset for Balanced Race, Gender, and Age", '
    "WACV 2021"
)
_INTERRUPTED: Final = 130
"""What a command ends with after Ctrl-C."""
_UNSURE_BELOW: Final = 0.4
"""Less sure answers of the age head are uncertain."""


@dataclass(frozen=True)
class Step:
    """One step: what it is called, whether it is done, and what does it."""

    name: str
    is_done: Callable[[Work], bool]
    make: Callable[[Work], None]


def pack(work: Work) -> None:
    """Pictures, labels and ImageNet starts in files."""
    command("train-gpu", "pack", work.making.plan, *_source(work), "--out", work.parts)


def teach(work: Work) -> None:
    """Every stage of the plan, teachers first, on the GPU if there is one."""
    folders = PlanFolders(work.parts, work.left, work.states)
    running = PlanRun(load_plan(work.making.plan), folders, minutes=work.minutes)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    running.run(device, workers=usable_cpus())


def unpack(work: Work) -> None:
    """The last network of the plan as a run folder; an unfinished one is made anew."""
    shutil.rmtree(work.run, ignore_errors=True)
    stage = load_plan(work.making.plan).stages[-1].name
    command(
        "train-gpu", "unpack", work.left, *_source(work), "--stage", stage, "--out", work.run
    )  # fmt: skip


def export(work: Work) -> None:
    """Graphs in float and INT8, calibrated, measured, signed by golden inputs."""
    terms = ("--data", "FairFace", "--licence", "CC BY 4.0", "--attribution", ATTRIBUTION)
    command(
        "export", work.run, "--out", work.exported, "--name", "default", "--fp16", "--int8", *terms
    )  # fmt: skip


def add_age(work: Work) -> None:
    """The age head behind both graphs, calibrated; writes the model card again."""
    make_bundle(
        load_bundle(str(work.exported)),
        RunFolder(work.run),
        "age",
        AGES,
        work.bundle,
        abstain_below=_UNSURE_BELOW,
    )


def audit(work: Work) -> None:
    """A report on the validation part, by race and age."""
    judged = ("--data", work.making.data, "--split", "val", "--faces", "cropped")
    command(
        "evaluate", work.bundle, *judged, "--by", "race", "--by", "age", "--no-pictures",
        "--out", work.report,
    )  # fmt: skip


def hold(work: Work) -> None:
    """The gates of a promotion, against the model that ships; writes their decision."""
    shutil.rmtree(work.registry, ignore_errors=True)
    settings = load_settings(
        registry=str(work.registry),
        gate_data=work.making.data,
        gate_split="val",
        gate_by="race",
        gate_faces="cropped",
    )
    registry = open_registry(settings)
    ships = registry.add(default_bundle_path())
    promote(registry, ships, settings, forced="it ships")
    made = registry.add(work.bundle)
    try:
        decision = promote(registry, made, settings, progress=True)
    except PromotionRefusedError as error:
        decision = error.decision
    write_bytes_atomically(work.verdict, json.dumps(decision, indent=2).encode())


STEPS: Final = (
    Step("pack", lambda work: (work.parts / "plan.json").is_file(), pack),
    Step("teach", lambda work: (work.left / ANSWERS).is_file(), teach),
    Step("unpack", lambda work: RunFolder(work.run).is_finished, unpack),
    Step("export", lambda work: (work.exported / DESCRIPTION).is_file(), export),
    Step("add the age head", lambda work: (work.bundle / DESCRIPTION).is_file(), add_age),
    Step("audit", lambda work: (work.report / "report.json").is_file(), audit),
    Step("hold against the gates", lambda work: work.verdict.is_file(), hold),
)


def command(*words: Any) -> None:
    """A command of genderlens, told and run; Exit or KeyboardInterrupt where it has not ended."""
    told = [str(word) for word in words]
    typer.echo(f"$ genderlens {shlex.join(told)}")
    ended = app(told, standalone_mode=False)
    if ended == _INTERRUPTED:
        raise KeyboardInterrupt
    if ended:
        raise typer.Exit(ended)


def _source(work: Work) -> tuple[str, ...]:
    return ("--data", work.making.data, "--recipe", work.making.recipe)
