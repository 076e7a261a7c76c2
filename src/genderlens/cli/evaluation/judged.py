"""Where the predictions that ``evaluate`` judges come from: a model or a stored table."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from genderlens.cli.data.divided import divide_as_trained, select_held_out
from genderlens.cpus import read_cpu
from genderlens.errors import BundleError, SettingsError

if TYPE_CHECKING:
    from genderlens.data.manifest import Manifest
    from genderlens.evaluation.columns import Answers
    from genderlens.evaluation.report.mistakes import Explain
    from genderlens.evaluation.variants import Variant
    from genderlens.heads import Head
    from genderlens.inference.predictor import Predictor
    from genderlens.settings import Settings


@dataclass(frozen=True)
class Predicted:
    """A predictions table and what is known about how it came to be."""

    table: Answers
    facts: dict[str, Any]
    explain: Explain | None = None
    """Grad-CAM of a picture, where the model holds it."""
    variants: list[Variant] = field(default_factory=list)
    """Every way to ask the model, side by side, where they were asked for."""


def select_judging(
    manifest: Manifest, split: str | None, source: str, settings: Settings | None
) -> Manifest:
    """The rows of the split; whoever names none is told where training pictures are among them.

    ``settings`` name the model, None where no model is asked.
    """
    if settings is not None:
        manifest = divide_as_trained(manifest, settings)
    if split is not None:
        return select_held_out(manifest, split, source, settings)
    splits = manifest.counts("split")
    if splits["train"] and len(splits) > 1:
        typer.echo(
            f"warning: {splits['train']:,} of {len(manifest):,} pictures are the train split; "
            "--split val or test measures on unseen ones",
            err=True,
        )
    return manifest


@dataclass(frozen=True)
class Asking:
    """What to ask of a model: groups by these columns, the truth of further heads, pictures."""

    by: Sequence[str]
    truths: Mapping[str, str]
    explain: bool
    variants: bool


def list_heads(settings: Settings, predictions: Path | None) -> tuple[Head, ...]:
    """The heads that will be judged, the answer first: of a stored table, or of the model asked.

    Raises SettingsError for an attribute that the model does not have.
    """
    if predictions is not None:
        from genderlens.evaluation.columns import StoredTable

        return StoredTable(predictions).heads
    from genderlens.heads import select_heads
    from genderlens.inference.ensemble import load_bundles

    first, *others = load_bundles(settings)[0].heads
    return (first, *select_heads(others, settings.attribute_names))


def tell_unlabelled(names: Sequence[str]) -> None:
    """Says on stderr which heads were answered and cannot be judged."""
    for name in names:
        typer.echo(
            f"{name} is not measured: the data has no column {name!r} of its labels; name one "
            f"with --attribute-label {name}=COLUMN",
            err=True,
        )


def read_table(
    path: Path, manifest: Manifest | None, by: Sequence[str], truths: Mapping[str, str]
) -> Predicted:
    """A stored table, of the pictures in the manifest where there is one."""
    import pyarrow as pa

    from genderlens.evaluation.columns import (
        StoredTable,
        bundle_versions,
        keep_known,
        read_columns,
    )
    from genderlens.evaluation.truth import add_truths

    # Gives memory back at once: a table of millions must not leave its pieces behind.
    pa.set_memory_pool(pa.system_memory_pool())
    kept: Answers = StoredTable(path, by)
    if manifest is not None:
        kept = add_truths(keep_known(read_columns(path, by), manifest), manifest, truths)
    facts = {"model": bundle_versions(kept) or path.name}
    return Predicted(kept, facts if manifest else {**facts, "data": path.name})


def predict_table(settings: Settings, manifest: Manifest, wanted: Asking) -> Predicted:
    """Ask the model, once for each way to ask it; ManifestError for an unknown attribute first."""
    from genderlens.cli.evaluation.judged_model import ask_model, ask_variants
    from genderlens.evaluation.truth import add_truths
    from genderlens.inference.poses import POSES

    poses = [name for name in wanted.by if name in POSES and name not in manifest.attributes]
    for column in (*wanted.by, *wanted.truths.values()):
        if column not in poses:
            manifest.column(column)
    if wanted.variants and poses:
        raise SettingsError(
            f"--by {poses[0]} is measured as the model serves; leave out --variants"
        )
    asked = (
        ask_variants(settings, manifest)
        if wanted.variants
        else ask_model(settings, manifest, poses)
    )
    facts = {
        "faces": settings.faces_told,
        "tta": settings.tta,
        "milliseconds_per_picture": round(asked.spent_s * 1000.0 / max(1, len(manifest)), 2),
        **_bundle_facts(asked.predictor),
    }
    explainer = _explainer(asked.predictor) if wanted.explain else None
    table = add_truths(asked.table, manifest, wanted.truths)
    return Predicted(table, facts, explainer, asked.variants)


def _explainer(predictor: Predictor) -> Explain | None:
    from genderlens.inference.explain import Explainer

    try:
        return Explainer(predictor)
    except (BundleError, SettingsError) as error:
        typer.echo(f"wrong answers are shown without Grad-CAM: {error}", err=True)
        return None


def _bundle_facts(predictor: Predictor) -> dict[str, Any]:
    answering = zip(predictor.bundles, predictor.graphs, strict=True)
    size = sum((bundle.path / graph.name).stat().st_size for bundle, graph in answering)
    sources = [bundle.description.provenance for bundle in predictor.bundles]
    return {
        "model": predictor.version,
        "architecture": "+".join(source.architecture for source in sources),
        "parameters": sum(source.parameters for source in sources),
        "model_megabytes": round(size / 1e6, 2),
        "graph": "+".join(graph.name for graph in predictor.graphs),
        "device": predictor.device,
        "cpu_features": read_cpu().summary,
    }


def describe_data(manifest: Manifest | None, split: str | None) -> dict[str, Any]:
    """The facts of a report that do not depend on the model."""
    facts: dict[str, Any] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "split": split,
        "command": shlex.join(["genderlens", *sys.argv[1:]]),
    }
    if manifest is not None:
        facts["data"] = ", ".join(sorted(filter(None, manifest.counts("source"))))
        facts["manifest_sha256"] = manifest.fingerprint()
    return facts
