"""One text as a number: what it is where the point is the decimal mark, and what where the comma is.

Thousands may be parted by the other mark, an apostrophe or a blank; a sign stands before or after, parentheses are
negative, a currency's sign or code stands before or after. A text that is a number under neither mark is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from loaders.readers.sheets.words import CURRENCIES, SIGNS, SIGNS_OF_SEVERAL

# More than any real number here has; sums of many stay within what a column holds.
_DIGITS = 15
_LONGEST = 60
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]+")
# With the plus sign that spreadsheets write: `7E989` may well be an id.
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+\d{2,3}")
_MARKS = sorted((*SIGNS, *SIGNS_OF_SEVERAL, "kr."), key=len, reverse=True)
_MARK = "|".join((*map(re.escape, _MARKS), r"[A-Za-z]{3}(?![A-Za-z])"))
_WORN = re.compile(
    rf"(?P<open>\()?\s?(?P<before>[+\-\u2212])?\s?(?P<mark>{_MARK})?\s?(?P<sign>[+\-\u2212])?\s?"
    rf"(?P<body>[\d.,'\u2019 ]*\d[\d.,'\u2019 ]*?)\s?(?P<percent>%)?\s?(?P<after>{_MARK})?\s?(?P<last>[+\-\u2212])?"
    r"\s?(?P<close>\))?"
)


def _grouped(thousands: str, decimal: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<whole>\d+|[1-9]\d{{0,2}}(?P<group>[{re.escape(thousands)}'\u2019 ])\d{{3}}(?:(?P=group)\d{{3}})*)?"
        rf"(?:{re.escape(decimal)}(?P<fraction>\d*))?"
    )


_STYLES = {".": _grouped(",", "."), ",": _grouped(".", ",")}
_PLAIN = re.compile(r"([0-9]{1,15})([.,])((?:[0-9]{1,2}|[0-9]{4,30})(?<![.,]0)(?<!00))")
_NO_PART = re.compile(r"(\d+)[.,](0{0,2}|0{4,})")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is under each decimal mark, None where the text is none under it.

    `whole` is what it is where no fraction is possible, as a count or an amount of yen, and `whole_mark` the decimal
    mark that the rest of its file then has; `mark` is the currency's sign or code.
    """

    point: Decimal | None
    comma: Decimal | None
    whole: int | None = None
    whole_mark: str = ""
    mark: str = ""
    is_percent: bool = False

    def under(self, decimal: str) -> Decimal | None:
        """The number under a decimal mark; where none was found out, both give the same."""
        return self.comma if decimal == "," else self.point

    @property
    def decides(self) -> str:
        """The only decimal mark under which this is a number; '' where both are possible, or none is."""
        if (self.point is None) == (self.comma is None):
            return ""
        return "." if self.comma is None else ","

    @property
    def differs(self) -> bool:
        """Whether it is another number under each mark."""
        return self.point is not None and self.comma is not None and self.point != self.comma


def exact(value: Decimal, *, is_percent: bool = False) -> Number:
    """A number that is no text, such as a workbook's cell."""
    whole = int(value) if value == value.to_integral_value() and abs(value) < 10**_DIGITS else None
    return Number(value, value, whole, is_percent=is_percent)


def is_scientific(text: str) -> bool:
    """Whether a text is what a spreadsheet makes of a long number: `1.12119E+10`."""
    return _SCIENTIFIC.fullmatch(text) is not None


@lru_cache(maxsize=65_536)
def read_number(text: str) -> Number | None:
    """A trimmed text as a number, None where it is none under either decimal mark."""
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS:
        return Number(Decimal(text), Decimal(text), int(text))
    if match := _PLAIN.fullmatch(text):
        # As most amounts are written: one mark, which can only be a decimal one.
        value = Decimal(f"{match[1]}.{match[3]}")
        return Number(value, None) if match[2] == "." else Number(None, value)
    if len(text) > _LONGEST or not _has_plain_digits(text):
        return None
    match = _WORN.fullmatch(_BLANKS.sub(" ", text))
    factor, mark = _sign(match) if match else (0, "")
    if match is None or not factor:
        return None
    point, comma = (_value(_STYLES[style], match["body"], factor) for style in ".,")
    if point is None and comma is None:
        return None
    return Number(point, comma, *_whole(match["body"], factor), mark, match["percent"] is not None)


def _sign(match: re.Match[str]) -> tuple[int, str]:
    """What a number is to be multiplied by, and its currency's mark; 0 where its signs make no sense."""
    signs = [match[name] for name in ("before", "sign", "last") if match[name]]
    marks = [match[name] for name in ("mark", "after") if match[name]]
    is_enclosed = bool(match["open"])
    if len(signs) > 1 or len(marks) > 1 or is_enclosed != bool(match["close"]) or (is_enclosed and signs):
        return 0, ""
    mark = "kr" if marks == ["kr."] else "".join(marks)
    if mark not in _MARKS and mark and mark.upper() not in CURRENCIES:
        return 0, ""
    return (-1 if is_enclosed or (signs and signs[0] != "+") else 1), mark


def _has_plain_digits(text: str) -> bool:
    digits = [letter for letter in text if letter.isdigit()]
    return bool(digits) and all(letter.isascii() for letter in digits)


def _value(style: re.Pattern[str], body: str, factor: int) -> Decimal | None:
    if match := _NO_PART.fullmatch(body):
        # A fraction of nothing says nothing of its mark: a spreadsheet adds it.
        fraction = f".{match[2][:2]}" if match[2] else ""
        return factor * Decimal(match[1] + fraction) if len(match[1]) <= _DIGITS else None
    match = style.fullmatch(body)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match["whole"] or "")
    fraction = match["fraction"] or ""
    if (not digits and not fraction) or len(digits.lstrip("0")) > _DIGITS:
        return None
    return factor * Decimal(f"{digits or '0'}.{fraction}" if fraction else digits)


def _whole(body: str, factor: int) -> tuple[int | None, str]:
    """A number without a fraction: any mark parts thousands, and so the other one is its file's decimal mark."""
    if match := _NO_PART.fullmatch(body):
        return (factor * int(match[1]) if len(match[1]) <= _DIGITS else None), ""
    for decimal, style in _STYLES.items():
        match = style.fullmatch(body)
        if match is None or not match["whole"] or (match["fraction"] or "").strip("0"):
            continue
        if match["fraction"] is not None and not match["group"] and len(match["fraction"]) == 3:
            # `45.000` is 45 thousand; the other style says so.
            continue
        digits = re.sub(r"\D", "", match["whole"])
        if len(digits) > _DIGITS:
            return None, ""
        decides = decimal if match["group"] in (",", ".") or match["fraction"] else ""
        return factor * int(digits), decides
    return None, ""
