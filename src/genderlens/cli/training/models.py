"""``genderlens models``: versions, and which of them answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genderlens.cli.service.audit import note
from genderlens.cli.terminal import print_json, print_table
from genderlens.errors import PromotionRefusedError, SettingsError
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.registry.state import RegistryState

Json = Annotated[bool, typer.Option("--json", help="JSON for machines.")]
Place = Annotated[
    str | None, typer.Option("--registry", help="Folder or s3:// address of the registry.")
]
Version = Annotated[str, typer.Argument(help="A version, or production, candidate, previous.")]

commands = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="models", help="Versions of the model: add, promote, roll back.")


@commands.command("list")
def list_models(registry: Place = None, as_json: Json = False) -> None:
    """Every version, oldest first."""
    from genderlens.registry.store import open_registry

    opened = open_registry(load_settings(registry=registry))
    state, broken = opened.state(), opened.broken()
    rows: list[dict[str, Any]] = []
    for version in opened.versions():
        description = opened.describe(version)
        measured = description.evaluation
        facts = {
            "version": version,
            "aliases": state.aliases_of(version),
            "traffic": state.traffic.get(version),
            "created": description.created,
            "architecture": description.provenance.architecture,
            "accuracy": measured.overall.value if measured else None,
            "broken": broken.pop(version, None),
        }
        rows.append(facts)
    rows += [_broken(version, reason, state) for version, reason in broken.items()]
    _print_versions(rows, opened.state_fault, as_json=as_json)


def _broken(version: str, reason: str, state: RegistryState) -> dict[str, Any]:
    """A version of which nothing is known but that it is broken."""
    facts = dict.fromkeys(("created", "architecture", "accuracy"))
    aliases, traffic = state.aliases_of(version), state.traffic.get(version)
    return {"version": version, "aliases": aliases, "traffic": traffic, **facts, "broken": reason}


def _print_versions(rows: list[dict[str, Any]], fault: str | None, *, as_json: bool) -> None:
    if fault is not None:
        typer.echo(f"the last good copy of the aliases is shown: {fault}", err=True)
    if as_json:
        for facts in rows:
            print_json(facts)
        return
    print_table(("version", "alias", "traffic", "created", "accuracy"), map(_row, rows))
    for facts in rows:
        if facts["broken"]:
            typer.echo(f"{facts['version']} is broken: {facts['broken']}", err=True)


@commands.command()
def show(version: Version, registry: Place = None, as_json: Json = False) -> None:
    """One version: its description and every decision about it."""
    from genderlens.registry.store import open_registry

    opened = open_registry(load_settings(registry=registry))
    name = opened.resolve(version)
    document: dict[str, Any] = {
        "version": name,
        "aliases": opened.state().aliases_of(name),
        "description": opened.describe(name).model_dump(mode="json"),
        "decisions": opened.decisions(name),
    }
    if as_json:
        print_json(document)
        return
    description = document["description"]
    typer.echo(f"{name}  {' '.join(document['aliases'])}")
    for key in ("created", "provenance", "evaluation"):
        typer.echo(f"{key}: {_short(description[key])}")
    for decision in document["decisions"]:
        _print_decision(decision)


@commands.command()
def add(
    bundle: Annotated[
        str, typer.Argument(help="Folder that 'genderlens export' wrote, or 'default'.")
    ],
    registry: Place = None,
    as_json: Json = False,
) -> None:
    """Store a bundle as a version that never changes."""
    from genderlens.bundle import default_bundle_path
    from genderlens.registry.store import open_registry

    settings = load_settings(registry=registry)
    opened = open_registry(settings)
    version = opened.add(default_bundle_path() if bundle == "default" else Path(bundle))
    note(settings, "model.add", version, registry=opened.address)
    if as_json:
        print_json({"version": version, "registry": opened.address})
    else:
        typer.echo(f"added {version}; next: genderlens models promote {version}")


@commands.command()
def promote(
    version: Version,
    registry: Place = None,
    force: Annotated[
        bool, typer.Option("--force", help="Promote without the gates; needs --reason.")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Why it is forced; stored.")] = None,
    as_json: Json = False,
) -> None:
    """Put a version into production where the gates hold on GENDERLENS_GATE_DATA."""
    if force != (reason is not None):
        raise SettingsError("--force and --reason TEXT belong together; give both or none")
    from genderlens.promotion.promote import promote as promote_version
    from genderlens.registry.store import open_registry

    settings = load_settings(registry=registry)
    try:
        decision = promote_version(
            open_registry(settings), version, settings, forced=reason, progress=True
        )
    except PromotionRefusedError as error:
        note(settings, "model.promote", version, "refused", decision=error.decision["id"])
        print_json(error.decision) if as_json else _print_decision(error.decision)
        raise
    detail = {"decision": decision["id"], "previous": decision["production"], "forced": reason}
    note(settings, "model.promote", decision["version"], **detail)
    print_json(decision) if as_json else _print_decision(decision)


@commands.command()
def rollback(registry: Place = None, as_json: Json = False) -> None:
    """Put the previous version into production again."""
    from genderlens.promotion.promote import rollback as roll_back
    from genderlens.registry.store import open_registry

    settings = load_settings(registry=registry)
    state = roll_back(open_registry(settings))
    note(settings, "model.rollback", str(state.production), previous=state.previous)
    _print_state(state, as_json=as_json)


@commands.command()
def split(
    weights: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VERSION=WEIGHT]...", help="None: production alone."),
    ] = None,
    registry: Place = None,
    as_json: Json = False,
) -> None:
    """Share the traffic among versions by weight (A/B)."""
    from genderlens.promotion.promote import split_traffic
    from genderlens.registry.store import open_registry

    settings = load_settings(registry=registry)
    state = split_traffic(open_registry(settings), _parse(weights or []))
    note(settings, "model.traffic", "production", weights=state.traffic)
    _print_state(state, as_json=as_json)


def _parse(words: list[str]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for word in words:
        version, mark, number = word.partition("=")
        try:
            weights[version] = float(number)
        except ValueError:
            mark = ""
        if not version or not mark:
            raise SettingsError(f"{word!r} is not understood; write VERSION=WEIGHT")
    return weights


def _row(facts: dict[str, Any]) -> tuple[str, ...]:
    accuracy, traffic = facts["accuracy"], facts["traffic"]
    return (
        facts["version"],
        " ".join(facts["aliases"]),
        "" if traffic is None else f"{traffic:g}",
        facts["created"] or "",
        "broken" if facts["broken"] else "" if accuracy is None else f"{accuracy:.2%}",
    )


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items() if not isinstance(v, dict | list))
    return str(value)


def _print_decision(decision: dict[str, Any]) -> None:
    from genderlens.promotion.gates import GateResult

    word = "promoted" if decision["promoted"] else "refused"
    forced = f", forced: {decision['forced']}" if decision["forced"] else ""
    typer.echo(f"{decision['time']} {word} {decision['version']}{forced}")
    for gate in decision["gates"]:
        typer.echo(f"  {'held  ' if gate['passed'] else 'BROKEN'} {GateResult(**gate)}")


def _print_state(state: RegistryState, *, as_json: bool) -> None:
    if as_json:
        print_json(state.model_dump(mode="json"))
        return
    print_table(("alias", "version"), state.aliases.items())
    if state.traffic:
        shares = ((version, f"{weight:g}") for version, weight in state.traffic.items())
        print_table(("traffic to", "weight"), shares)
