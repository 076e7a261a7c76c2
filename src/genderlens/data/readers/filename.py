"""A flat folder with the label in the file names: ``LABEL_person1.jpg``, ``25_1_2_20170116.jpg``.

A pattern is a regular expression that the whole name without its suffix must match. Its group
``label`` is the label, ``subject`` and ``split`` fill those columns, further groups are attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from genderlens.data.default_words import UTKFACE_CODES
from genderlens.data.manifest import Manifest
from genderlens.data.readers import Options, reader
from genderlens.data.readers.listing import holds_pictures, list_children, pick_pictures
from genderlens.data.sources.parts import parse_part
from genderlens.data.sources.paths import Place
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.vocabulary import Names, Vocabulary
from genderlens.errors import SettingsError, SourceNotFoundError, UnknownLabelError


@dataclass(frozen=True)
class NamePattern:
    """How file names are read: the expression, its words for labels, its codes for attributes."""

    expression: re.Pattern[str]
    names: Names = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def translate(self, group: str, value: str | None) -> str | None:
        """The word that a code of an attribute stands for; what is no code stays as it is."""
        return self.codes.get(group, {}).get(value, value) if value else None


PATTERNS: Final = {
    "label-first": NamePattern(re.compile(r"(?P<label>[^\W\d_]+)(?:[\W\d_].*)?", re.DOTALL)),
    "utkface": NamePattern(
        re.compile(r"(?P<age>\d{1,3})_(?P<label>[01])_(?:(?P<race>[0-4])_)?_?(?P<date>\d{14,}).*"),
        names=UTKFACE_CODES,
        codes={
            "race": {"0": "White", "1": "Black", "2": "Asian", "3": "Indian", "4": "Others"},
        },
    ),
}
"""Built-in patterns. UTKFace is ``[age]_[gender]_[race]_[date]``; a few of its names lack race."""


def looks_like_labelled_names(source: Place, _: Options) -> bool:
    """Whether the source is a folder that holds pictures itself."""
    return source.is_dir() and holds_pictures(source)


@reader(
    "filename", "a flat folder, the label in the file names", looks_like_labelled_names, rank=70
)
def read_filenames(source: Place, options: Options) -> Manifest:
    """Read a flat folder; without a pattern the first name decides between the built-in ones.

    Raises UnknownLabelError for a name that does not match, SettingsError for an expression that
    is none or has no group ``label``.
    """
    given = load_pattern(options.pattern) if options.pattern is not None else None
    if not source.is_dir():
        raise SourceNotFoundError(f"no folder at '{source}'; check the path")
    pictures = list(_pictures(source, options.skipped))
    pattern = given or _guess(pictures)
    if pattern is PATTERNS["label-first"]:
        pattern = _label_first(options.vocabulary)
    words = options.vocabulary.with_names(pattern.names)
    return Manifest.from_rows(_row(path, pattern, words) for path in pictures)


def load_pattern(text: str) -> NamePattern:
    """The built-in pattern of that name, or the regular expression itself."""
    if text in PATTERNS:
        return PATTERNS[text]
    try:
        expression = re.compile(text)
    except re.error as error:
        raise SettingsError(
            f"the pattern {text!r} is no regular expression ({error}) and none of the built-in "
            f"{', '.join(PATTERNS)}"
        ) from error
    if "label" not in expression.groupindex:
        raise SettingsError(f"the pattern {text!r} has no group 'label'; write (?P<label>…)")
    return NamePattern(expression)


def _label_first(vocabulary: Vocabulary) -> NamePattern:
    """The pattern with the known words, which may hold more than letters, longest first."""
    words = "|".join(re.escape(word) for word in sorted(vocabulary.known, key=len, reverse=True))
    text = rf"(?P<label>(?i:{words})|[^\W\d_]+)(?:[\W\d_].*)?"
    return NamePattern(re.compile(text, re.DOTALL))


def _guess(pictures: list[Place]) -> NamePattern:
    is_utkface = pictures and PATTERNS["utkface"].expression.fullmatch(pictures[0].stem)
    return PATTERNS["utkface" if is_utkface else "label-first"]


def _pictures(root: Place, skipped: SkippedItems) -> Iterator[Place]:
    children = list_children(root, skipped)
    if children.folders:
        raise UnknownLabelError(
            f"stray folder {children.folders[0]} beside labelled pictures; move its pictures up "
            "or remove it"
        )
    yield from pick_pictures(children.files, skipped)


def _row(path: Place, pattern: NamePattern, words: Vocabulary) -> dict[str, str | None]:
    match = pattern.expression.fullmatch(path.stem)
    if match is None:
        raise UnknownLabelError(
            f"the name of {path} does not match {pattern.expression.pattern!r}, so it has no "
            "label; rename it or give another pattern"
        )
    groups = {name: pattern.translate(name, value) for name, value in match.groupdict().items()}
    return {
        **groups,
        "uri": str(path),
        "label": words.parse(match["label"], str(path)),
        "subject": groups.get("subject"),
        "source": path.absolute().parent.name,
        "split": parse_part(groups.get("split"), str(path)),
    }
