"""Several evaluations side by side, and whether their differences are more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.errors import DataError
from genderlens.evaluation.assessment import TARGET_ERROR
from genderlens.evaluation.columns import StoredTable, bundle_versions, index_addresses
from genderlens.evaluation.figures.answered_scores import answered_scores
from genderlens.evaluation.figures.counts import count_answers, count_estimates
from genderlens.evaluation.figures.intervals import SEED
from genderlens.evaluation.figures.scores import score_figures
from genderlens.evaluation.figures.significance import holm, mcnemar
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.report.report_folder import PREDICTIONS, read_report
from genderlens.evaluation.rows import Judged
from genderlens.evaluation.truth import judged_heads
from genderlens.heads import Head
from genderlens.types import Estimate, json_number

_BINARY: Final = ("roc_auc",)
_ORDINAL: Final = ("off_by_one_accuracy", "mean_absolute_error")
FIGURES: Final = (
    "accuracy", "accuracy_when_certain", *_ORDINAL, "balanced_accuracy", "f1_macro", *_BINARY,
    "log_loss", "brier", "ece", "aurc", "abstention_rate", "refusal_rate",
)  # fmt: skip
"""Of any head, in the order of the tables."""
FACTS: Final = ("milliseconds_per_picture", "model_megabytes", "parameters")


@dataclass(frozen=True)
class ComparedModel:
    """One evaluated model: its figures on its own pictures, and which answers were right.

    ``figures`` are those of FIGURES that its head has.
    """

    name: str
    version: str
    head: Head
    figures: dict[str, Estimate]
    facts: dict[str, float]
    pictures: int
    uris: Any
    right: NDArray[np.bool_]

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "version": self.version,
            "pictures": self.pictures,
            **{name: figure.to_dict() for name, figure in self.figures.items()},
            **{name: json_number(self.facts[name]) for name in FACTS if name in self.facts},
        }


@dataclass(frozen=True)
class Pair:
    """Two models on the pictures that both answered; ``p_holm`` is adjusted for all pairs."""

    first: str
    second: str
    common: int
    only_first: int
    only_second: int
    p_value: float
    p_holm: float

    @property
    def difference(self) -> float:
        """Accuracy of the second less that of the first, NaN without common pictures."""
        apart = self.only_second - self.only_first
        return apart / self.common if self.common else float("nan")

    def to_dict(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "second": self.second,
            "common_pictures": self.common,
            "only_first_right": self.only_first,
            "only_second_right": self.only_second,
            "difference": json_number(self.difference),
            "p_value": self.p_value,
            "p_holm": self.p_holm,
        }


def read_entries(folders: Sequence[Path], attribute: str | None = None) -> list[ComparedModel]:
    """The entries of folders that hold predictions.parquet, by their first or a further head.

    Raises DataError where one does not, or where they answer different questions.
    """
    named = zip(folders, _distinct_names(folders), strict=True)
    entries = [_read_entry(folder, name, attribute) for folder, name in named]
    for entry in entries[1:]:
        if {*entry.head.labels} != {*entries[0].head.labels}:
            raise DataError(
                f"{_question(entries[0])} and {_question(entry)}; compare models that answer in "
                "the same words"
            )
    return entries


def shared_figures(entries: Sequence[ComparedModel]) -> list[str]:
    """Those of FIGURES that every entry has."""
    return [name for name in FIGURES if all(name in entry.figures for entry in entries)]


def _question(entry: ComparedModel) -> str:
    return f"{entry.name} answers {', '.join(entry.head.labels)}"


def compare_pairs(entries: Sequence[ComparedModel]) -> list[Pair]:
    """McNemar's test for every pair."""
    tests = [(*pair, *_discordant(*pair)) for pair in combinations(entries, 2)]
    values = [mcnemar(only_first, only_second) for *_, only_first, only_second in tests]
    return [
        Pair(one.name, other.name, common, first, second, p, adjusted)
        for (one, other, common, first, second), p, adjusted in zip(
            tests, values, holm(values), strict=True
        )
    ]


def _read_entry(folder: Path, name: str, attribute: str | None) -> ComparedModel:
    if not (folder / PREDICTIONS).is_file():
        raise DataError(
            f"{folder} holds no {PREDICTIONS}; give folders that 'genderlens evaluate' wrote"
        )
    table = StoredTable(folder / PREDICTIONS)
    head = None if attribute is None else _further_head(folder, table, attribute)
    rows = judge_rows(table, head=head)
    if not rows.answered.any():
        raise DataError(f"{folder} holds no labelled picture with an answer; evaluate it again")
    facts = read_report(folder).get("facts", {})
    answered = table.take(rows.position[rows.answered]).column("uri")
    return ComparedModel(
        name=name,
        version=bundle_versions(table) or str(facts.get("model", "")),
        head=rows.head,
        figures=_figures(rows),
        facts={key: float(facts[key]) for key in FACTS if isinstance(facts.get(key), int | float)},
        pictures=len(rows),
        uris=answered.combine_chunks(),
        right=rows.right[rows.answered],
    )


def _further_head(folder: Path, table: StoredTable, name: str) -> Head:
    found = {head.name: head for head in judged_heads(table)}
    if name not in found:
        raise DataError(
            f"{folder} holds no labelled attribute {name!r}, it has {', '.join(found) or 'none'}; "
            f"evaluate with --attributes {name} on data with a column of its labels"
        )
    return found[name]


def _figures(rows: Judged) -> dict[str, Estimate]:
    generator = np.random.default_rng(SEED)
    counted = count_estimates(count_answers(rows), rows.head, generator)
    scored = score_figures(answered_scores(rows), generator, targets=[TARGET_ERROR])
    found = counted | scored.metrics
    return {name: found[name] for name in FIGURES if name in found}


def _discordant(one: ComparedModel, other: ComparedModel) -> tuple[int, int, int]:
    """Common pictures, those that only the first got right, those that only the second did."""
    places = pc.index_in(one.uris, value_set=other.uris)
    if not places.drop_null():
        places = index_addresses(one.uris, other.uris)
    common = np.asarray(pc.is_valid(places))
    first = one.right[common]
    second = other.right[np.asarray(places.drop_null())]
    return len(first), int((first & ~second).sum()), int((second & ~first).sum())


def _distinct_names(folders: Sequence[Path]) -> list[str]:
    """The folders' own names, with the parent's where two are alike, numbered at worst."""
    names = [folder.resolve().name for folder in folders]
    longer = [f"{folder.resolve().parent.name}/{folder.resolve().name}" for folder in folders]
    chosen = [
        long if names.count(name) > 1 else name for name, long in zip(names, longer, strict=True)
    ]
    return [
        f"{name} ({index + 1})" if chosen.count(name) > 1 else name
        for index, name in enumerate(chosen)
    ]
