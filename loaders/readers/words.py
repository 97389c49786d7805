"""The one spelling in which words of a source are looked up, for readers as for models (macro `plain_word`)."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f\u3099\u309a]")
# Whitespace as `loaders.readers.csv_text` knows it, `_` and dashes.
_BETWEEN = re.compile(
    "[\t-\r\x1c-\x20_\x85\xa0\u1680\u2000-\u200b\u2010-\u2015\u2028\u2029\u202f\u205f\u2212\u3000\ufeff-]+"
)


def plain_word(text: str) -> str:
    """A word in lower case, without accents, no blanks around it; blanks, `_` and dashes in it alike, as one `-`."""
    bare = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text)))
    return _BETWEEN.sub("-", bare.lower()).strip("-")


def normalised(header: str) -> str:
    """A header without accents, in lower case, runs of other than letters and digits as one `_`."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", header) if not unicodedata.combining(letter)
    ).lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
