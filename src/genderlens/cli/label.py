"""``genderlens label``: any number of pictures to tables of labels, resumable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genderlens.cli.attributes import Attributes
from genderlens.cli.data.source import Device, Faces, Views, Words, parse_words
from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.errors import ExitCode, SettingsError

if TYPE_CHECKING:
    from genderlens.labelling.job import LabellingJob
    from genderlens.labelling.run import RunOptions
    from genderlens.labelling.summary import Summary

_EPILOG = (
    "Exit codes: 0 every picture got an outcome, 3 some were unreadable, 8 stopped (disk full, "
    "source or cloud out of reach): the same command goes on; others as everywhere."
)
_FORMATS = "parquet, csv, jsonl, imagefolder, label-studio, coco, fiftyone, cleanlab"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=_EPILOG)(label)


def label(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[SOURCE]",
            help="Folder, glob, list (.txt, .csv), Parquet, tar or picture, here, s3:// or gs://.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for labels and state.")] = None,
    form: Annotated[
        str, typer.Option("--format", help=f"One or several, separated by commas: {_FORMATS}.")
    ] = "parquet",
    faces: Faces = None,
    model: Annotated[
        str | None, typer.Option(help="Bundle: 'default' or a folder; A,B is an ensemble.")
    ] = None,
    tta: Views = None,
    attributes: Attributes = None,
    device: Device = None,
    min_confidence: Annotated[
        float | None, typer.Option(help="Less sure answers are uncertain, 0.5 to 1.")
    ] = None,
    uncertain_to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Copy uncertain pictures there for people.")
    ] = None,
    crops: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write every face there: by the labels that SOURCE has, as train reads them; else "
            "by guess.",
        ),
    ] = None,
    words: Words = None,
    dedupe: Annotated[
        bool, typer.Option("--dedupe", help="Find near duplicates and count them once.")
    ] = False,
    trusted: Annotated[
        bool, typer.Option("--trusted", help="A list or table may name pictures anywhere.")
    ] = False,
    shard_size: Annotated[
        int | None, typer.Option(min=1, help="Pictures in a shard; unset: 10,000.")
    ] = None,
    engine: Annotated[str, typer.Option(help="local, or ray for a Ray cluster.")] = "local",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Shards in work at a time; unset: the CPUs.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count the pictures, label none, write nothing.")
    ] = False,
    status: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Tell how far the job in DIR is.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Label any number of pictures; run it again to go on after a kill, or for further formats.

    What is not given then is as in the run before.
    """
    if status is not None:
        _tell_status(status, as_json=as_json)
        return
    if source is None or (out is None and not dry_run):
        raise SettingsError("give SOURCE and --out DIR, or --status DIR")
    given = {
        "faces": faces,
        "model": model,
        "tta": tta,
        "abstain_below": min_confidence,
        "attributes": attributes,
    }
    from genderlens.inference.ensemble import load_bundles
    from genderlens.labelling.earlier import recall_options, recall_settings
    from genderlens.labelling.inputs.sources import normal_source
    from genderlens.labelling.job import LabellingJob, bundle_key
    from genderlens.labelling.run import RunOptions, run_job
    from genderlens.service.telemetry.logs import configure_logging

    settings = recall_settings(out, given, device=device)
    configure_logging(settings)
    bundles = load_bundles(settings)
    head = bundles[0].head
    options = {
        "shard_size": shard_size,
        "trusted": trusted,
        "crops": crops.absolute() if crops else None,
        "uncertain_to": uncertain_to.absolute() if uncertain_to else None,
        "words": tuple(parse_words(words or (), head).items()),
        "fingerprints": dedupe,
    }
    job = LabellingJob(
        source=normal_source(source),
        out=(out or Path()).absolute(),
        settings=settings,
        bundles=bundle_key(bundles),
        head=head,
        **recall_options(out, options),
    )
    run_options = RunOptions(engine, workers, _split(form), progress=True)
    if dry_run:
        _tell_plan(job, as_json=as_json)
        return
    summary = run_job(job, run_options)
    _tell(summary, job, run_options, as_json=as_json)
    if summary.unreadable:
        raise typer.Exit(ExitCode.PICTURES)


def _split(form: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in form.split(",")))


def _tell_plan(job: LabellingJob, *, as_json: bool) -> None:
    from genderlens.labelling.run import count_items

    pictures, refused, skipped = count_items(job)
    shards = -(-pictures // job.shard_size)
    if as_json:
        counts = skipped.counts(pictures - refused, refused)
        print_json({"pictures": pictures, "shards": shards, **counts})
        return
    typer.echo(f"{pictures:,} pictures in {shards:,} shards; none was opened, nothing was written")
    for line in skipped.sentences(pictures - refused, refused):
        typer.echo(printable(line))
    if refused:
        typer.echo(
            f"{refused:,} of them would be refused: broken containers, or addresses that "
            "lead out of the folder of their list (--trusted opens those)"
        )


def _tell(summary: Summary, job: LabellingJob, options: RunOptions, *, as_json: bool) -> None:
    if as_json:
        print_json({"out": str(job.out), **summary.to_dict()})
        return
    if summary.fresh < summary.plan.pictures:
        kept = summary.plan.pictures - summary.fresh
        typer.echo(
            f"{kept:,} pictures were labelled by an earlier run, by the plan of "
            f"{summary.plan.created}; to look at the source again, remove {job.state / 'plan'}"
        )
    if summary.redone:
        typer.echo(f"labelled again, for the earlier run differs: {'; '.join(summary.redone)}")
    whole, distinct = summary.tally.pictures, summary.distinct
    rows = [
        (
            name,
            f"{count:,}",
            f"{count / whole:.1%}",
            *([] if distinct is None else [f"{distinct.get(name, 0):,}"]),
        )
        for name, count in sorted(summary.tally.outcomes.items())
    ]
    once = () if distinct is None else ("duplicates once",)
    print_table(("outcome", "pictures", "share", *once), rows)
    _tell_speed(summary)
    _tell_found(summary)
    if summary.crops_sorted_by:
        typer.echo(f"crops in {printable(str(job.crops))} are sorted by {summary.crops_sorted_by}")
    files = ", ".join((*options.formats, "summary.json", "report.html"))
    typer.echo(f"wrote {files} to {printable(str(job.out))}")


def _tell_found(summary: Summary) -> None:
    """What lay in the source beside what was read; nothing where all was."""
    counts = summary.lasting()
    if counts["read"] == counts["found"]:
        return
    for reason, count in counts["passed_over_reasons"].items():
        typer.echo(f"passed over: {count:,} × {printable(reason)}")
    files = "file" if counts["passed_over"] == 1 else "files"
    typer.echo(
        f"{counts['found']:,} found: {counts['read']:,} read, {counts['refused']:,} refused, "
        f"{counts['passed_over']:,} {files} passed over"
    )


def _tell_speed(summary: Summary) -> None:
    from genderlens.labelling.progress import describe_stages

    if summary.pictures_per_s:
        stages = describe_stages(summary.seconds)
        typer.echo(f"\n{summary.pictures_per_s:,.1f} pictures/s; {stages}")


def _tell_status(folder: Path, *, as_json: bool) -> None:
    from genderlens.labelling.progress import describe_stages
    from genderlens.labelling.status import read_status

    status = read_status(folder)
    if as_json:
        print_json(status.to_dict())
        return
    state = "running" if status.running else "not running"
    if status.pictures is None:
        typer.echo(f"{state}; planning, {status.shards:,} shards so far")
        return
    share = status.done / status.pictures
    typer.echo(
        f"{state}; {status.done:,} of {status.pictures:,} pictures ({share:.1%}), "
        f"{status.shards_done:,} of {status.shards:,} shards"
    )
    if status.pictures_per_s and status.remaining_s is not None:
        hours, minutes = divmod(round(status.remaining_s / 60), 60)
        typer.echo(f"{status.pictures_per_s:,.1f} pictures/s, {hours} h {minutes} min to go")
    if stages := describe_stages(status.seconds):
        typer.echo(stages)
