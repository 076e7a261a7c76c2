"""``python -m tools.default_model``: see the package."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from genderlens.errors import ExitCode, GenderlensError
from tools.default_model.steps import STEPS
from tools.default_model.toy import TOY_PLAN, TOY_RECIPE, write_sample
from tools.default_model.work import Making, Work


def main(
    data: Annotated[str, typer.Option(help="SOURCE of FairFace, with age and race.")],
    out: Annotated[Path, typer.Option(help="Folder to work in; what is done in it stays.")],
    plan: Annotated[str, typer.Option(help="Plan of 'train-gpu', or its YAML file.")] = "default",
    recipe: Annotated[str, typer.Option(help="Says which rows calibrate.")] = "default",
    minutes: Annotated[
        float | None, typer.Option(help="For the plan; unset: its epochs, however long.")
    ] = None,
    toy: Annotated[
        bool, typer.Option("--toy", help="A tiny network and a few faces, to see all of it run.")
    ] = False,
) -> None:
    """Make the model that ships, or go on with it."""
    try:
        if toy:
            plan, recipe, data = str(TOY_PLAN), str(TOY_RECIPE), str(write_sample(data, out))
        held = make(Work(out, Making(data, plan, recipe), minutes))
    except GenderlensError as error:
        typer.echo(f"default_model: {error.message}", err=True)
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt:
        typer.echo("\nstopped; the same command goes on from here", err=True)
        raise typer.Exit(130) from None
    if not held and not toy:
        raise typer.Exit(ExitCode.RULE_BROKEN)


def make(work: Work) -> bool:
    """Every step that is not done yet, then the verdict; whether all gates hold."""
    work.begin()
    for number, step in enumerate(STEPS, 1):
        done = step.is_done(work)
        typer.echo(f"step {number} of {len(STEPS)}, {step.name}{': done' if done else ''}")
        sys.stdout.flush()
        if not done:
            step.make(work)
    return _tell(work)


def _tell(work: Work) -> bool:
    decision = json.loads(work.verdict.read_text("utf-8"))
    for gate in decision["gates"]:
        held = "holds" if gate["passed"] else "does NOT hold"
        typer.echo(f"{gate['gate']} {gate['value']} against {gate['limit']}: {held}")
    typer.echo(f"report: {work.report / 'report.html'}")
    promoted: bool = decision["promoted"]
    if promoted:
        typer.echo(f"next: copy {work.bundle} over src/genderlens/models/default, 'make figures'")
    else:
        typer.echo(f"{work.bundle} stays behind the model that ships, which keeps its place")
    return promoted


if __name__ == "__main__":
    typer.run(main)
