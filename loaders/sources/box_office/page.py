"""A PDF as lines of words, page by page; every page is closed before the next is read, so memory stays flat.

Words come from pdfplumber with their edges and are clustered into lines by `top`. Nothing here knows a report kind.
"""

from __future__ import annotations

import io
import logging
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any, NamedTuple

import pdfplumber
from pdfminer.pdfdocument import PDFXRefFallback
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import resolve1

from loaders.config import PdfLimits
from loaders.landing.isolation import caused_by
from loaders.readers.dates import is_plausible
from loaders.source import Quarantined

# Its remarks on a damaged file quote the file; we say what is wrong ourselves.
logging.getLogger("pdfminer").setLevel(logging.CRITICAL)

X_TOLERANCE = 1.5
_EDGE_BYTES = 1_024
_PDF_DATE = re.compile(
    r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(?:(\d\d)'?)?)?[Z0']*", re.ASCII
)


class Word(NamedTuple):
    """A printed word and its edges in points; `top` from the page's top."""

    text: str
    x0: float
    x1: float
    top: float


@dataclass(frozen=True)
class Line:
    """Words on one line, left to right. `number` is 1-based within its page."""

    page: int
    number: int
    words: tuple[Word, ...]

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def source_row(self) -> int:
        return self.page * 10_000 + self.number

    @property
    def place(self) -> str:
        return f"page {self.page}, line {self.number}"


@dataclass(frozen=True)
class Page:
    """One page: its 1-based number and its words, top to bottom."""

    number: int
    words: tuple[Word, ...]

    def lines(self, tolerance: float) -> list[Line]:
        """The words clustered into lines: a word starts a new one when it stands more than `tolerance` pt lower."""
        clusters: list[list[Word]] = []
        line_top = -math.inf
        for word in self.words:
            if word.top - line_top > tolerance:
                clusters.append([])
                line_top = word.top
            clusters[-1].append(word)
        return [
            Line(self.number, number, tuple(sorted(words, key=lambda word: word.x0)))
            for number, words in enumerate(clusters, 1)
        ]


def check_bytes(content: bytes) -> None:
    """What the bytes alone tell. Raises `Quarantined`: `empty_file`, `not_a_pdf`, `truncated_pdf`."""
    if not content:
        raise Quarantined("empty_file", "found 0 bytes, expected a PDF; send it again")
    if b"%PDF-" not in content[:_EDGE_BYTES]:
        raise Quarantined("not_a_pdf", f"found no %PDF- in the first {_EDGE_BYTES} bytes, expected a PDF")
    if b"%%EOF" not in content[-_EDGE_BYTES:]:
        raise Quarantined(
            "truncated_pdf", f"found no %%EOF in the last {_EDGE_BYTES} bytes, expected a whole PDF; send it again"
        )


class Document:
    """An opened PDF. Raises `Quarantined` on opening: `truncated_pdf`, `encrypted_pdf`, `too_many_pages`."""

    def __init__(self, content: bytes, limits: PdfLimits) -> None:
        try:
            self._pdf = pdfplumber.open(io.BytesIO(content))
            document = self._pdf.doc
            is_encrypted = document.encryption is not None
            is_whole = "Pages" in document.catalog and not any(
                isinstance(table, PDFXRefFallback) for table in document.xrefs
            )
            self.page_count = sum(1 for _ in islice(PDFPage.create_pages(document), limits.max_pages + 1))
        except Exception as error:
            if caused_by(error, MemoryError):
                raise
            if b"/Encrypt" in content:
                raise _encrypted() from None
            raise _truncated() from None
        if is_encrypted:
            raise _encrypted()
        if not is_whole or not self.page_count:
            raise _truncated()
        if self.page_count > limits.max_pages:
            raise Quarantined(
                "too_many_pages",
                f"found more than {limits.max_pages} pages (LEDGERLINE_PDF_MAX_PAGES), expected a daily report",
            )

    def created_at(self) -> tuple[datetime, bool] | None:
        """The PDF's CreationDate as printed and whether it states an offset; None where there is no readable one."""
        for info in self._pdf.doc.info:
            try:
                text = resolve1(info.get("CreationDate"))
            except Exception as error:
                if caused_by(error, MemoryError):
                    raise
                # A date that cannot be reached is none; the next one may be.
                text = None
            if isinstance(text, bytes):
                text = text.decode("latin-1")
            if isinstance(text, str) and (found := read_pdf_date(text.strip())):
                return found
        return None

    def pages(self) -> Iterator[Page]:
        number = 1
        try:
            for number, page in enumerate(self._pdf.pages, 1):
                try:
                    words = [_word(word) for word in page.extract_words(x_tolerance=X_TOLERANCE)]
                finally:
                    page.close()
                yield Page(number, tuple(sorted(words, key=lambda word: (word.top, word.x0))))
        except Exception as error:
            if caused_by(error, MemoryError):
                raise
            raise Quarantined(
                "layout_mismatch", f"page {number}: its content cannot be read ({type(error).__name__})"
            ) from None


def read_pdf_date(text: str) -> tuple[datetime, bool] | None:
    """A PDF date (`D:20301021050009-05'00'`) as a datetime, and whether it states an offset."""
    match = _PDF_DATE.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, zulu, sign, hours, minutes = match.groups()
    try:
        moment = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
        if zulu or sign:
            offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
            moment = moment.replace(tzinfo=timezone(-offset if sign == "-" else offset))
    except ValueError:
        return None
    return (moment, bool(zulu or sign)) if is_plausible(moment) else None


def _word(word: dict[str, Any]) -> Word:
    text = word["text"]
    if "\0" in text or not text.isascii():
        # What no database can store as text stays visible as unreadable.
        text = "".join("\ufffd" if letter == "\0" or "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return Word(text, word["x0"], word["x1"], word["top"])


def _encrypted() -> Quarantined:
    return Quarantined("encrypted_pdf", "the PDF is encrypted, expected one without a password; print it again")


def _truncated() -> Quarantined:
    return Quarantined(
        "truncated_pdf", "the PDF has no readable cross-reference and page tree, expected a whole PDF; send it again"
    )


def aligned(word: Word, edges: dict[str, float], tolerance: float) -> str | None:
    """The right-aligned column whose edge a word shares, if any."""
    name = min(edges, key=lambda column: abs(edges[column] - word.x1))
    return name if abs(edges[name] - word.x1) <= tolerance else None


def find_words(words: Sequence[Word], *texts: str) -> list[Word]:
    """The first word of each text, in order; fewer where one is missing."""
    found = []
    for text in texts:
        word = next((word for word in words if word.text == text and word not in found), None)
        if word is not None:
            found.append(word)
    return found
