"""What the report says in words, whatever the head."""

from __future__ import annotations

from typing import Final

OUTCOMES: Final = {
    "classified": "got a label",
    "uncertain": "a face, but too close to call: no label was given",
    "no_person": "refused: no face that is large and clear enough",
    "many_people": "refused: several prominent faces",
    "unreadable": "refused: no picture, a broken one, or one that is too large",
}

FACTS: Final = {
    "split": "split {}",
    "faces": "faces {}",
    "tta": "test-time augmentation {}",
    "architecture": "network {}",
    "parameters": "{:,} weights",
    "model_megabytes": "{} MB",
    "milliseconds_per_picture": "{} ms per picture, reading included",
    "graph": "graph {}",
    "cpu_features": "on a CPU with {}",
    "date": "measured {}",
}
"""Fact → how the head of the report puts it."""

METHOD: Final = (
    "Intervals hold 95 %. Overall figures: bootstrap of {replicates:,} replicates, seed {seed}; "
    "where all replicates agree, as with no error at all, Wilson’s interval instead. Rates of "
    "groups and of bins: Wilson’s interval; differences: Newcombe’s; mean confidence: normal. "
    "A label belongs to a picture: one with several face results is judged by its largest face, "
    "{further:,} further faces were not judged. {unlabelled:,} pictures without a label were not "
    "judged."
)
COMPARISONS: Final = (
    "{groups:,} groups and intersections are shown, so about {chance:,} of their 95 % intervals "
    "miss the truth by chance, and the worst of many groups looks worse than it is. "
    "An asterisk marks single groups whose accuracy differs from the others’ beyond chance after "
    "correction for all comparisons (Holm, 5 %)."
)
DOUBT: Final = (
    "If the model answers only from a certain confidence on and says ‘uncertain’ below it, the "
    "remaining answers are wrong less often. The table shows which threshold keeps the error at "
    "a target, and how many pictures still get an answer. The threshold was chosen on these very "
    "pictures, so on new ones the error will be a little larger: choose it on a calibration set "
    "and check it here."
)
SELECTIVE: Final = (
    "Abstaining below the threshold for {target:.1%} errors. One threshold for all does not serve "
    "all alike: look at who gets fewer answers, and who gets more errors than the target."
)

UNDEFINED_FIGURES: Final = (
    "–: these pictures do not tell, as there are too few of a kind. Groups below {smallest:,} "
    "pictures are not called worst; --min-group changes that."
)
