"""What all printed reports share: findings in the order of the reason codes, furniture, cells, sums."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from loaders.readers.dates import span
from loaders.source import Quarantined
from loaders.sources.box_office import values
from loaders.sources.box_office.geometry import FOOTER_MARGIN, Geometry
from loaders.sources.box_office.page import Line, Word, aligned

Number = TypeVar("Number", int, Decimal)

# The order in which reasons apply to a report.
REASONS = (
    "image_only_pdf",
    "unknown_report",
    "layout_mismatch",
    "unreadable_cell",
    "duplicate_key",
    "totals_mismatch",
    "missing_report_date",
)

_FOOTER = re.compile(
    r"on (?P<date>\d+/\d+/\d+) (?P<time>[\d:]+) (?P<half>[AP]M) \(Request (?P<request>\d{1,18})\)$", re.ASCII
)
_COUNT = re.compile(r"-?(\d{1,12}|\d{1,3}(,\d{3}){1,3})", re.ASCII)
_AMOUNT = re.compile(r"-?(\d{1,12}|\d{1,3}(,\d{3}){1,3})\.\d\d", re.ASCII)
_PERCENT = re.compile(r"-?(\d{1,7}|\d{1,3}(,\d{3}){1,2})(\.\d)?%", re.ASCII)
ERROR = "#Error"


class Findings:
    """What is wrong with a report. Reading goes on after a finding, so that the reason that applies first is given."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str, str]] = []

    def note(self, reason: str, place: str, message: str) -> None:
        self._found.append((REASONS.index(reason), reason, f"{place}: {message}"))

    def has(self, *reasons: str) -> bool:
        return any(reason in reasons for _, reason, _ in self._found)

    def raise_first(self) -> None:
        if self._found:
            _, reason, message = min(self._found, key=lambda finding: finding[0])
            raise Quarantined(reason, message)


@dataclass
class Parameters:
    """What the parameter box and the footer of a report say. Nobody's login is read."""

    season_list: str | None = None
    historical_date: date | None = None
    include_resold: bool | None = None
    ticket_price_only: bool | None = None
    run_at: datetime | None = None
    request_id: int | None = None
    page_date: date | None = None


@dataclass
class Body:
    """The rows and totals of a report: ready for raw, and proved against what is printed."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    group_count: int = 0
    printed_total_tickets: int | None = None
    printed_total_revenue: Decimal | None = None


class Cells:
    """The cells of one printed row by column; readers note what is unreadable and go on."""

    def __init__(self, line: Line, found: Mapping[str, str], findings: Findings) -> None:
        self.line = line
        self.found = dict(found)
        self._findings = findings

    def count(self, column: str) -> int | None:
        return self._read(column, _COUNT, int, values.is_plausible_count, "a whole number such as 1,204")

    def amount(self, column: str) -> Decimal | None:
        expected = "an amount with 2 decimals such as 61,350.25"
        return self._read(column, _AMOUNT, Decimal, values.is_plausible_amount, expected)

    def percent(self, column: str) -> Decimal | None:
        """A percent; blank and `#Error` are None."""
        if self.found.get(column, ERROR) == ERROR:
            return None
        return self._read(column, _PERCENT, Decimal, values.is_plausible_percent, "a percent such as 51.1%")

    def is_error(self, column: str) -> bool:
        return self.found.get(column) == ERROR

    def _read(
        self,
        column: str,
        pattern: re.Pattern[str],
        kind: Callable[[str], Number],
        is_plausible: Callable[[Number], bool],
        expected: str,
    ) -> Number | None:
        text = self.found.get(column)
        if text is not None and pattern.fullmatch(text.replace("$", "", 1)):
            value = kind(text.replace(",", "").replace("$", "").removesuffix("%"))
            if is_plausible(value):
                return value
        what = "a blank" if text is None else repr(text)
        self._findings.note("unreadable_cell", self.line.place, f"found {what} in column {column}, expected {expected}")
        return None


def assign(words: Iterable[Word], edges: dict[str, float], tolerance: float, line: Line, findings: Findings) -> Cells:
    """Give every word the column whose right edge it shares; a word at none, or a second one, is a finding."""
    found: dict[str, str] = {}
    for word in words:
        column = aligned(word, edges, tolerance)
        if column is None:
            findings.note(
                "unreadable_cell", line.place, f"found {word.text!r} ending at x {word.x1:.1f}, where no column ends"
            )
        elif column in found:
            findings.note("unreadable_cell", line.place, f"found {found[column]!r} and {word.text!r} in one cell")
        else:
            found[column] = word.text
    return Cells(line, found, findings)


def split_body(lines: Sequence[Line], geometry: Geometry, header_end: int) -> list[Line]:
    """The lines below the header and above the footer. A footer is none of them wherever it stands: it names a person,
    and what is wrong with a row is quoted."""
    return [
        line for line in lines[header_end:] if line.top < geometry.footer_top - FOOTER_MARGIN and not _is_footer(line)
    ]


def _is_footer(line: Line) -> bool:
    texts = [word.text for word in line.words]
    return ("Run", "by") in pairwise(texts) and any(text.startswith("(Request") for text in texts)


def read_footer(lines: Sequence[Line], geometry: Geometry, parameters: Parameters, findings: Findings) -> None:
    """The run instant (wall clock, no zone yet) and request of `Run by … on … (Request …)`."""
    for line in lines:
        if line.top < geometry.footer_top - FOOTER_MARGIN and not _is_footer(line):
            continue
        texts = [word.text for word in line.words]
        if ("Run", "by") not in pairwise(texts):
            continue
        # Only what stands after the user's name may be kept or quoted.
        said = " ".join(texts[max((i for i, text in enumerate(texts) if text == "on"), default=len(texts)) :])
        match = _FOOTER.search(said)
        day = values.read_us_date(match["date"]) if match else None
        time = values.read_us_time(match["time"], match["half"]) if match else None
        if match is None or day is None or time is None:
            findings.note(
                "unreadable_cell",
                line.place,
                f"the footer ends {said!r}, expected 'on 11/4/2030 5:00:10 AM (Request 900004)', the date {span()}",
            )
            return
        parameters.run_at = datetime.fromisoformat(f"{day.isoformat()}T{time}")
        parameters.request_id = int(match["request"])
        return


def read_parameters(lines: Sequence[Line], right_x0: float, parameters: Parameters, findings: Findings) -> None:
    """The parameter box: seasons on the left (up to 3 lines), options to the right of `right_x0`."""
    seasons: list[str] | None = None
    for line in lines:
        left = [word.text for word in line.words if word.x0 < right_x0 - 2]
        right = " ".join(word.text for word in line.words if word.x0 >= right_x0 - 2)
        if left and left[0] in ("Season(s):", "Season:"):
            seasons = left[1:]
        elif seasons is not None and left:
            seasons += left
        if right.startswith("Historical Date:") and (text := right.removeprefix("Historical Date:").strip()):
            parameters.historical_date = values.read_iso_date(text) or values.read_us_date(text)
            if parameters.historical_date is None:
                findings.note(
                    "unreadable_cell",
                    line.place,
                    f"Historical Date is {text!r}, expected a date such as 2030-10-15 or 10/15/2030 {span()}",
                )
        if right.startswith("Include Resold Seats"):
            parameters.include_resold = right.endswith("Yes")
    if seasons:
        # A list that is too long for its line breaks inside a season too: `30-` / `31 SY On Stage`.
        parameters.season_list = re.sub(r"(?<=\d\d-) (?=\d\d )", "", " ".join(seasons))


class Sections:
    """Rows by section as a report prints them: rows, then their section's total, at last the grand total.

    `summed` are the columns that every total must tie in; `noun` is what a row is called in messages.
    """

    def __init__(self, findings: Findings, summed: tuple[str, ...], grand_total: str, noun: str) -> None:
        self.body = Body()
        self._findings = findings
        self._summed = summed
        self._grand_total = grand_total
        self._noun = noun
        self._grand: dict[str, Any] | None = None
        self._open: list[dict[str, Any]] = []
        self._lines: dict[tuple[str, ...], list[Line]] = {}

    def add(self, line: Line, key: tuple[str, ...] | None, row: dict[str, Any]) -> None:
        """A row and what must not come twice in the report; no key where it could not be read."""
        if self._is_after_total(line):
            return
        if key is not None:
            self._lines.setdefault(key, []).append(line)
        self._open.append(row)
        self.body.rows.append(row)

    def close_section(self, line: Line, label: str, total: dict[str, Any]) -> list[dict[str, Any]]:
        """A section's total proves the rows above it; those rows."""
        if self._is_after_total(line):
            return []
        if not self._open:
            self._findings.note("layout_mismatch", line.place, f"found a total without a {self._noun} above it")
        self._check(line, total, self._open, label)
        self.body.group_count += 1
        closed, self._open = self._open, []
        return closed

    def close_report(self, line: Line, total: dict[str, Any]) -> None:
        if self._is_after_total(line):
            return
        if self._open:
            self._findings.note("layout_mismatch", line.place, "the rows above have no total of their own")
        self._check(line, total, self.body.rows, "all rows")
        self._grand = total

    def finish(self, tickets: tuple[str, ...], revenue: str, raw_names: Mapping[str, str]) -> Body:
        """The body under raw column names; `tickets` and `revenue` are what the printed grand total is kept of."""
        if self._grand is None:
            self._findings.note("layout_mismatch", "last page", f"found no line {self._grand_total!r}")
        elif all(self._grand[name] is not None for name in self._summed):
            self.body.printed_total_tickets = sum(self._grand[name] for name in tickets)
            self.body.printed_total_revenue = self._grand[revenue]
        if not self.body.rows:
            self._findings.note("layout_mismatch", "page 1", f"found no {self._noun}")
        note_repeated(self._lines, self._findings, self._noun)
        self.body.rows = [{raw_names.get(name, name): value for name, value in row.items()} for row in self.body.rows]
        return self.body

    def _is_after_total(self, line: Line) -> bool:
        if self._grand is not None:
            self._findings.note("layout_mismatch", line.place, f"found a row after {self._grand_total}")
        return self._grand is not None

    def _check(self, line: Line, total: dict[str, Any], rows: Sequence[dict[str, Any]], what: str) -> None:
        if self._findings.has("unreadable_cell"):
            return
        for name in self._summed:
            parts = (row[name] for row in rows)
            check_sum(self._findings, line, f"the total of {name}", total[name], parts, f"sum of {what}")


def label_productions(rows: Iterable[dict[str, Any]], label: str) -> None:
    """A production prints its label below its performances."""
    for row in rows:
        row["group_label"] = label


def note_repeated(keys: Mapping[tuple[str, ...], list[Line]], findings: Findings, what: str) -> None:
    """A key that a report prints twice: its rows cannot both be the state of that morning."""
    for key, lines in keys.items():
        if len(lines) > 1:
            findings.note(
                "duplicate_key", lines[1].place, f"found {what} {' / '.join(key)} again, first on {lines[0].place}"
            )


def check_sum(
    findings: Findings, line: Line, what: str, printed: Decimal | int | None, parts: Iterable[Any], of: str
) -> None:
    """A printed total against the sum of what it totals."""
    expected = sum(parts)
    if printed != expected:
        findings.note("totals_mismatch", line.place, f"{what} is {printed:,}, expected {expected:,} ({of})")
