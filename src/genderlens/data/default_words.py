"""What public data sets and models call the labels of the default head.

This is the compatibility file: code elsewhere in readers and importers reads the head.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MODEL_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("female", "woman", "women", "f"), "female"),
    **dict.fromkeys(("male", "man", "men", "m"), "male"),
}
"""What models call their outputs, in lower case."""
UTKFACE_CODES: Final[Mapping[str, str]] = {"0": "male", "1": "female"}
"""The second part of the file names of UTKFace."""
CELEBA_ATTRIBUTE: Final = "Male"
"""The attribute of CelebA that is the label."""
CELEBA_CODES: Final[Mapping[str, str]] = {"1": "male", "-1": "female"}
