"""A head as a bundle tells of it before it is calibrated."""

from __future__ import annotations

from genderlens.bundle import CalibrationSpec, HeadSpec
from genderlens.heads import Head


def describe_head(head: Head) -> HeadSpec:
    """Its words, kind and output, and probabilities as the network gives them."""
    return HeadSpec(
        name=head.name,
        labels=head.labels,
        kind=head.kind,
        output=head.output,
        calibration=CalibrationSpec(temperature=1.0, abstain_below=0.5 if head.is_binary else 0.0),
    )
