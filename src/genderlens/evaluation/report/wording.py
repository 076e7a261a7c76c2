"""What the report says in words: what the model tells, and what each figure means."""

from __future__ import annotations

from typing import Final

WHAT_IT_SAYS: Final = (
    "The model tells how a picture <em>looks</em>: the gender presentation that annotators "
    "perceived and wrote down, learned from their labels. It does not tell who somebody is. "
    "It knows two words because the data was made with two; people are more than that, and "
    "annotators err. A figure below says how often the model agrees with the annotators on these "
    "pictures, and nothing about other pictures or about a person’s identity."
)

OUTCOMES: Final = {
    "classified": "got a label",
    "uncertain": "a face, but too close to call: no label was given",
    "no_person": "refused: no face that is large and clear enough",
    "many_people": "refused: several prominent faces",
    "unreadable": "refused: no picture, a broken one, or one that is too large",
}

METRICS: Final = {
    "accuracy": "answers whose likelier label is the annotators’, uncertain ones included",
    "accuracy_when_certain": "the same among the classified alone",
    "balanced_accuracy": "mean of both recalls, so that the commoner label counts no more",
    "precision_female": "among answers ‘female’, those that annotators labelled female",
    "precision_male": "among answers ‘male’, those that annotators labelled male",
    "precision_macro": "mean of both precisions",
    "recall_female": "among pictures labelled female, those that got ‘female’",
    "recall_male": "among pictures labelled male, those that got ‘male’",
    "recall_macro": "mean of both recalls",
    "f1_female": "precision and recall of ‘female’ in one number",
    "f1_male": "precision and recall of ‘male’ in one number",
    "f1_macro": "mean of both F1",
    "roc_auc": "chance that a picture labelled male scores higher than one labelled female",
    "average_precision_female": "area under the precision–recall curve of ‘female’",
    "average_precision_male": "area under the precision–recall curve of ‘male’",
    "log_loss": "how surprised the model is by the labels; lower is better",
    "brier": "mean squared distance of the probability from the label; lower is better",
    "ece": "mean gap between confidence and accuracy; lower is better",
    "aurc": "mean error as the model answers from the surest picture on; lower is better",
    "abstention_rate": "answers withheld as uncertain, among pictures with a face result",
    "refusal_rate": "pictures without a face result, among all",
    "coverage": "pictures that got a label, among all",
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
_TITLES: Final = {"roc": "ROC", "auc": "AUC", "f1": "F1", "ece": "ECE", "brier": "Brier score"}
PLAIN_NUMBERS: Final = ("log_loss", "brier", "ece", "aurc")
"""Figures that are no shares."""

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


def figure_title(name: str) -> str:
    """``roc_auc`` as people write it."""
    if name == "aurc":
        return "area under risk–coverage"
    return " ".join(_TITLES.get(word, word) for word in name.split("_"))
