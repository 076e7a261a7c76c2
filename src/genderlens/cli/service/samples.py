"""``genderlens samples``: whether the sample pool holds what its list says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from genderlens.cli.service.audit import note
from genderlens.cli.terminal import print_json, printable
from genderlens.errors import DataError, GenderlensError, SettingsError
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.history.pool_check import PoolReport
    from genderlens.settings import Settings

_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="The pool of labelled pictures for retraining.", no_args_is_help=True)
    group.callback()(_group)
    group.command()(check)
    app.add_typer(group, name="samples")


def _group() -> None:
    """Keep 'check' a command of its own."""


def check(
    fix: Annotated[bool, typer.Option("--fix", help="Mend what does not agree.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False,
) -> None:
    """Compare the pool in GENDERLENS_SAMPLES with its list and the history; 4 where they differ.

    A running service is not disturbed. With --fix, pictures that nobody can withdraw are removed,
    entries without a picture are taken off the list, and rights are narrowed.
    """
    settings = load_settings()
    report = _compare(settings, fix=fix)
    stale = _stale_copies(settings, fix=fix)
    if as_json:
        print_json({**asdict(report), "stale_copies": stale, "fixed": fix})
    else:
        _print(report, stale)
    count = len(report.faults) + len(stale)
    if count and fix:
        note(settings, "sample.mend", str(settings.samples), faults=count)
    if count and not fix:
        raise DataError(
            f"the sample pool, its list and the history disagree {count:,} times; "
            "'genderlens samples check --fix' mends that"
        )


def _compare(settings: Settings, *, fix: bool) -> PoolReport:
    from genderlens.history.database import open_database
    from genderlens.history.pool import create_pool
    from genderlens.history.pool_check import check_pool

    database = open_database(settings)
    try:
        pool = create_pool(settings, database)
        if pool is None:
            raise SettingsError("there is no sample pool to check; set GENDERLENS_SAMPLES to it")
        return check_pool(pool, database, fix=fix, labels=_labels(settings))
    finally:
        database.close()


def _labels(settings: Settings) -> tuple[str, ...]:
    """Of the model of the settings; none where it cannot be had now: no check needs it."""
    from genderlens.inference.ensemble import load_bundles

    try:
        return load_bundles(settings)[0].head.labels
    except GenderlensError:
        return ()


def _stale_copies(settings: Settings, *, fix: bool) -> list[str]:
    """Decoded copies on this machine that hold a picture which the pool does not hold any more."""
    from genderlens.erasure import create_eraser
    from genderlens.history.database import open_database

    database = open_database(settings)
    try:
        return [str(path) for path in create_eraser(settings, database).stale_copies(remove=fix)]
    finally:
        database.close()


def _print(report: PoolReport, stale: list[str]) -> None:
    from genderlens.history.pool_check import MEANINGS

    typer.echo(f"{report.pictures:,} pictures, {report.listed:,} samples on the list")
    for kind, meaning in MEANINGS.items():
        _print_some(f"{kind}: {meaning}", [one.what for one in report.faults if one.kind == kind])
    _print_some("stale copy: decoded by a training, with a picture that was withdrawn", stale)
    _print_some("not put there by a service, left alone", list(report.foreign))


def _print_some(title: str, items: list[str]) -> None:
    if not items:
        return
    typer.echo(f"{title} ({len(items):,})")
    for item in items[:_SHOWN]:
        typer.echo(f"  {printable(item)}")
    if len(items) > _SHOWN:
        typer.echo(f"  and {len(items) - _SHOWN:,} more; --json tells all")
