"""``genderlens export``: a run folder to a bundle."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genderlens.cli.terminal import printable
from genderlens.errors import MissingExtraError, SettingsError
from genderlens.settings import load_settings
from genderlens.types import TTA

if TYPE_CHECKING:
    from genderlens.bundle import Bundle


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


def export(
    run: Annotated[
        Path,
        typer.Argument(
            help="Run folder that 'genderlens train' wrote; with --weights, a bundle or 'default'."
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Bundle folder to write.")] = None,
    name: Annotated[str, typer.Option(help="Name of the model.")] = "custom",
    data: Annotated[
        str, typer.Option(help="Name of the training data, for the card.")
    ] = "not stated",
    licence: Annotated[
        str, typer.Option(help="Licence of the training data, for the card.")
    ] = "not stated",
    attribution: Annotated[
        str, typer.Option(help="Whom the licence wants named, for the card.")
    ] = "not stated",
    split: Annotated[str, typer.Option(help="Split to measure the accuracy on.")] = "val",
    tta: Annotated[
        str, typer.Option(help=f"Views that the bundle recommends: {', '.join(TTA)}.")
    ] = "off",
    fp16: Annotated[
        bool, typer.Option("--fp16", help="Store the weights in half precision.")
    ] = False,
    int8: Annotated[
        bool,
        typer.Option(
            "--int8", help="Add an INT8 graph, which serves where it is faster and as accurate."
        ),
    ] = False,
    browser: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Also write private mode as static files: page, networks."
        ),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the weights of a bundle as .safetensors, and nothing else."
        ),
    ] = None,
) -> None:
    """Export, calibrate, measure, and write the model card."""
    if weights is not None:
        _export_weights(str(run), weights, out)
        return
    if out is None:
        raise SettingsError("export needs a folder for the bundle; give it with --out")
    try:
        from genderlens.export.browser import write_browser_page
        from genderlens.export.bundle import export_bundle
        from genderlens.export.options import ExportOptions
    except ModuleNotFoundError as error:
        raise MissingExtraError("train", "export") from error
    from genderlens.run_folder import RunFolder

    views = next((known for known in TTA if known == tta), None)
    if views is None:
        raise SettingsError(f"--tta {tta!r} is unknown; give one of {', '.join(TTA)}")
    options = ExportOptions(name, data, licence, attribution, split, views, fp16, int8)
    bundle = export_bundle(RunFolder(run), out, options)
    _tell(bundle, out, split, int8=int8)
    if browser is not None:
        page = write_browser_page([bundle], load_settings(tta=tta), browser)
        typer.echo(f"wrote {page or browser}")
        if page is None:
            typer.echo("the page was not built, so only its networks are there: run 'make page'")
    typer.echo(f"next: {shlex.join(['genderlens', 'serve', '--model', str(out)])}")


def _tell(bundle: Bundle, out: Path, split: str, *, int8: bool) -> None:
    from genderlens.export.cards.notes import list_notes

    evaluation = bundle.description.evaluation
    accuracy = f", accuracy {evaluation.overall.value:.1%} on {split}" if evaluation else ""
    typer.echo(f"wrote {printable(str(out))} ({bundle.version}{accuracy})")
    for note in list_notes(bundle.description):
        typer.echo(note)
    if int8:
        typer.echo(bundle.description.precision.reason)


def _export_weights(reference: str, path: Path, out: Path | None) -> None:
    if out is not None:
        raise SettingsError("--weights writes one file and no bundle; leave --out out")
    if path.suffix != ".safetensors":
        raise SettingsError(f"--weights {path} must end in .safetensors, the format that it writes")
    try:
        from genderlens.training.weights.bundle_weights import write_weights
    except ModuleNotFoundError as error:
        raise MissingExtraError("train", "export --weights") from error
    from genderlens.bundle import load_bundle

    bundle = load_bundle(reference)
    written = write_weights(bundle, path)
    count = sum(tensor.numel() for tensor in written.state.values())
    typer.echo(
        f"wrote {printable(str(path))} ({bundle.version}: {written.model.architecture} "
        f"{written.model.options}, {count:,} numbers)"
    )
