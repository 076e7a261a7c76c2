"""``genderlens import``: a model from elsewhere to a bundle."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genderlens.cli.data.source import Kind, Pattern, Words
from genderlens.cli.terminal import printable
from genderlens.errors import MissingExtraError, SettingsError, did_you_mean
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.bundle import Imported
    from genderlens.data.manifest import Manifest
    from genderlens.heads import Head
    from genderlens.importing.model_import import Done, LabelledCrops

_LAYOUTS = ("nchw", "nhwc")
_MEANINGS = ("logits", "probabilities")
_INTERPOLATIONS = ("bilinear", "bicubic", "lanczos")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_command)


def import_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Folder of transformers, checkpoint of timm, run, bundle, .onnx, .h5 or .keras.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Bundle folder to write.")],
    data: Annotated[
        str | None,
        typer.Option(help="Labelled face crops that calibrate it, a SOURCE of any kind."),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            help="A label for each output in turn, or for low and high values of one: low,high."
        ),
    ] = None,
    head: Annotated[
        str | None, typer.Option("--head", help="Name of the question that it answers.")
    ] = None,
    mean: Annotated[
        str | None, typer.Option(help="What is taken off a pixel, as a share of 255; one or three.")
    ] = None,
    std: Annotated[
        str | None, typer.Option(help="What a pixel is divided by then: 0.5, 1/255, or three.")
    ] = None,
    preprocessing: Annotated[
        Path | None,
        typer.Option(help="JSON file that says both, such as preprocessor_config.json."),
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="Pixels of its input: 224, or HEIGHTxWIDTH.")
    ] = None,
    interpolation: Annotated[
        str | None, typer.Option(help=f"How pictures are resized: {', '.join(_INTERPOLATIONS)}.")
    ] = None,
    layout: Annotated[
        str | None, typer.Option(help="Where an ONNX graph has its channels: nchw or nhwc.")
    ] = None,
    outputs: Annotated[
        str | None, typer.Option(help="What an ONNX graph answers: logits or probabilities.")
    ] = None,
    output: Annotated[
        str | None, typer.Option(help="The output of an ONNX graph that answers, of several.")
    ] = None,
    architecture: Annotated[
        str | None, typer.Option(help="The network of a checkpoint: timm:resnet18, custom_cnn, …")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the model.")] = "imported",
    trained_on: Annotated[
        str, typer.Option(help="Name of the data that taught it, for the card.")
    ] = "not stated",
    licence: Annotated[str, typer.Option(help="Its licence, for the card.")] = "not stated",
    attribution: Annotated[
        str, typer.Option(help="Whom the licence wants named, for the card.")
    ] = "not stated",
    split: Annotated[str, typer.Option(help="Split of --data to measure the accuracy on.")] = "val",
    int8: Annotated[
        bool,
        typer.Option(
            "--int8", help="Add an INT8 graph, which serves where it is faster and as accurate."
        ),
    ] = False,
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
) -> None:
    """Make a bundle of a model from elsewhere: its labels ordered, held against its source."""
    from genderlens.importing.options import ImportOptions
    from genderlens.importing.preprocessing import parse_channels, parse_shape

    if int8 and data is None:
        raise SettingsError("--int8 is judged on labelled pictures; give them with --data")
    options = ImportOptions(
        name=name,
        labels=tuple(word.strip() for word in labels.split(",")) if labels else (),
        head=head,
        words=_read_words(label or ()),
        mean=parse_channels(mean, "--mean"),
        std=parse_channels(std, "--std"),
        preprocessing=preprocessing,
        shape=parse_shape(size),
        interpolation=_known(interpolation, _INTERPOLATIONS, "--interpolation"),
        layout=_known(layout, _LAYOUTS, "--layout"),
        meaning=_known(outputs, _MEANINGS, "--outputs"),
        output=output,
        architecture=architecture,
        data=trained_on,
        licence=licence,
        attribution=attribution,
        split=split,
        int8=int8,
    )
    labelled = None if data is None else _read(data, kind, pattern, label)
    _tell(_import(source, out, options, labelled), out)


def _import(source: str, out: Path, options: Any, labelled: LabelledCrops | None) -> Done:
    from genderlens.registry.store import create_guests

    guests = create_guests(load_settings())
    try:
        from genderlens.importing.model_import import import_model

        return import_model(source, out, options, labelled, guests)
    except ModuleNotFoundError as error:  # PyTorch's exporter needs more than PyTorch
        raise MissingExtraError("train", "import") from error


def _read(
    data: str, kind: str | None, pattern: str | None, words: list[str] | None
) -> LabelledCrops:
    from genderlens.cli.data.source import load_manifest
    from genderlens.importing.model_import import LabelledCrops

    def read(head: Head) -> Manifest:
        return load_manifest(data, kind, pattern, words, head=head)

    return LabelledCrops(read, Path(data.rstrip("/")).name or "labelled pictures")


def _read_words(told: list[str] | tuple[()]) -> dict[str, str]:
    """``WORD=LABEL`` of any labels; SettingsError for anything else."""
    words = {}
    for text in told:
        word, _, label = text.rpartition("=")
        if not word or not label:
            raise SettingsError(f"--label {text!r} is not understood; write WORD=LABEL")
        words[word] = label
    return words


def _tell(done: Done, out: Path) -> None:
    from genderlens.export.cards.notes import list_notes

    description = done.bundle.description
    evaluation, imported = description.evaluation, description.imported
    accuracy = f", accuracy {evaluation.overall.value:.1%}" if evaluation else ""
    typer.echo(f"wrote {printable(str(out))} ({done.bundle.version}{accuracy})")
    if imported is not None:
        for line in _lines(imported, done.bundle.head):
            typer.echo(printable(line))
    for line in (*done.remarks, *list_notes(description)):
        typer.echo(printable(line))
    if description.precision.serves == "int8" or description.precision.int8 is not None:
        typer.echo(description.precision.reason)
    typer.echo(f"next: {shlex.join(['genderlens', 'serve', '--model', str(out)])}")


def _lines(imported: Imported, head: Head) -> list[str]:
    who = {
        "file": f"as {imported.source} says",
        "option": "as --labels says",
        "pictures": "by agreement on labelled pictures",
    }[imported.ordered_by]
    inverted = ""
    if imported.ordered_by == "pictures" and imported.order[-1] != head.positive:
        inverted = "; it is inverted beside a model of ours, and was turned round"
    if len(imported.order) > 2:
        lines = [f"labels: {', '.join(imported.order)}, in the order of its outputs, {who}"]
    else:
        low, high = imported.order
        lines = [f"labels: output 0 (or low) is {low}, output 1 (or high) {high}, {who}{inverted}"]
    if imported.agreement is not None:
        share = imported.agreement
        lines.append(f"it gives the label of {share.value:.0%} of {share.count} labelled pictures")
    parity = imported.parity
    logit = "" if parity.logit is None else f", {parity.logit:g} in the logit"
    lines.append(
        f"parity: {parity.pictures} pictures differ from the source by at most "
        f"{parity.probability:g} in the probability{logit}"
    )
    return lines


def _known(value: str | None, known: tuple[str, ...], flag: str) -> Any:
    if value is None or value in known:
        return value
    raise SettingsError(
        f"{flag} {value!r} is unknown{did_you_mean(value, known)}; give one of {', '.join(known)}"
    )
