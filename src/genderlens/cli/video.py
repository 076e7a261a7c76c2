"""``genderlens video``: the faces of a video or camera as tracks, an answer for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genderlens.cli.data.source import Device
from genderlens.cli.durations import parse_seconds
from genderlens.cli.terminal import print_json, print_table
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from genderlens.video.answers import FrameAnswer, VideoAnswers

_EPILOG = (
    "The same command goes on where it was cut off, except with --annotate. A live source goes on "
    "until --for or Ctrl-C."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=_EPILOG)(video)


def video(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="A video file, rtsp://… or a device (/dev/video0)."),
    ],
    every: Annotated[
        str, typer.Option(help="Time between frames that are looked at; 0: each frame.")
    ] = "0.2s",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write frames and tracks (Parquet, CSV, JSON Lines), counts and a timeline there.",
        ),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the frames with boxes and answers: out.mp4."),
    ] = None,
    most: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="Stop after so much of it.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Bundle: 'default' or a folder; A,B is an ensemble.")
    ] = None,
    device: Device = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per track, the summary on stderr.")
    ] = False,
) -> None:
    """Follow the faces of a video; each track gets one answer from all of its frames."""
    every_s = parse_seconds(every, "--every")
    until_s = None if most is None else parse_seconds(most, "--for")
    settings = load_settings(model=model, device=device)
    from genderlens.inference.predictor import create_predictor
    from genderlens.library.inputs import InputOptions
    from genderlens.library.predictor import PhotoPredictor
    from genderlens.video.frames import require_av

    require_av()
    _require_suffix(annotate)
    predictor = PhotoPredictor(create_predictor(settings), InputOptions())
    answers = predictor.track(source, every_s=every_s, until_s=until_s)
    if out is None:
        frames = _wanted(answers)
        _run(frames, annotate, every_s)
        _tell([track.to_row() for track in answers.tracks], answers.summary(), as_json=as_json)
        return
    from genderlens.video.folder import VideoFolder, describe_run

    folder = VideoFolder(out, describe_run(answers))
    if not folder.is_finished or annotate is not None:
        if annotate is None and folder.state is not None:
            answers = predictor.track(source, every_s=every_s, until_s=until_s, state=folder.state)
        else:
            folder.forget()
        _run(folder.record(answers, _wanted(answers)), annotate, every_s)
    _tell(folder.tracks, folder.summary, as_json=as_json)


def _require_suffix(annotate: Path | None) -> None:
    if annotate is not None:
        from genderlens.video.annotate import require_suffix

        require_suffix(annotate)


def _wanted(answers: VideoAnswers) -> Iterator[FrameAnswer]:
    """All of them; for a live source Ctrl-C is the end, and no failure."""
    try:
        yield from answers
    except KeyboardInterrupt:
        if not answers.source.live:
            raise
    finally:
        answers.close()


def _run(frames: Iterable[FrameAnswer], annotate: Path | None, every_s: float) -> None:
    from tqdm import tqdm

    if annotate is not None:
        from genderlens.video.annotate import save_annotated

        frames = save_annotated(frames, annotate, every_s)
    for _ in tqdm(frames, desc="following", unit=" frames", delay=1.0, leave=False):
        pass


def _tell(tracks: Sequence[dict[str, Any]], summary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        for track in tracks:
            print_json(track)
        print_json(summary, err=True)
        return
    header = ("track", "answer", "confidence", "from", "to", "frames")
    print_table(header, [_row(track) for track in tracks])
    lost = f", {summary['dropped']:,} dropped" if summary["dropped"] else ""
    broken = f", {summary['broken']:,} packets broken" if summary["broken"] else ""
    seen = f"{summary['frames']:,} frames of {summary['seconds']:.1f} s looked at{lost}{broken}"
    typer.echo(seen, err=True)


def _row(track: dict[str, Any]) -> tuple[str, ...]:
    return (
        str(track["track"]),
        track["label"] or track["outcome"],
        f"{track['confidence']:.1%}",
        f"{track['start_s']:.1f} s",
        f"{track['end_s']:.1f} s",
        str(track["frames"]),
    )
