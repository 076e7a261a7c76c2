"""A bundle of ours as a source: its FP32 graph is asked like any other ONNX file."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from genderlens.bundle import MODEL, Bundle, load_bundle
from genderlens.graphs.runtime import LOGIT
from genderlens.guests.process import Guests
from genderlens.importing.foreign import Facts, ForeignScores, Sign
from genderlens.importing.trial import ask_graph
from genderlens.pictures.imaging import RgbArray


@dataclass(frozen=True)
class OwnBundle:
    """See genderlens.importing.foreign.Foreign."""

    facts: Facts
    bundle: Bundle
    guests: Guests

    def answer(self, crops: RgbArray) -> ForeignScores:
        """The logits of its first head."""
        content = self.bundle.read_graph(MODEL)
        values = ask_graph(
            self.guests, content, crops, self.facts.input, name=self.bundle.version, output=LOGIT
        )
        return ForeignScores(values, are_probabilities=False)

    def write(self, path: Path, sign: Sign, scores: ForeignScores) -> None:
        """The file as it is."""
        assert sign == 1, "a bundle's logit is the log-odds of its last label"
        shutil.copyfile(self.bundle.path / MODEL, path)


def open_bundle(reference: str, guests: Guests) -> OwnBundle:
    """The bundle named ``default`` or that in a folder; raises what ``load_bundle`` raises."""
    bundle = load_bundle(reference)
    description = bundle.description
    facts = Facts(
        kind="bundle",
        name=bundle.version,
        sha256=description.files[MODEL],
        input=description.input,
        architecture=description.provenance.architecture,
        parameters=description.provenance.parameters,
        words=description.labels[1:] if bundle.head.is_binary else description.labels,
        order=description.labels,
        bundle=bundle,
    )
    return OwnBundle(facts, bundle, guests)
