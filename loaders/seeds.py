"""The project's seeds, and a home's own files beside them: `<home>/settings/<domain>/<seed>.csv`.

Seeds of a business ship empty: the home's file is what they hold. Seeds that hold for all ship filled: the home's file
adds lines, and its line wins where the key is the same. Readers that look up what the models join take it from here,
with the home's lines; the models take it from `raw_settings` (`loaders.settings_files`).
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from loaders import seed_cells as cells
from loaders.config import PROJECT_DIR, ConfigError
from loaders.csv_text import Record, decode, header_cells, line_records
from loaders.source import Quarantined
from loaders.warehouse import Table, required
from loaders.words import plain_word

AMOUNT = pa.decimal128(18, 2)


@dataclass(frozen=True)
class Column:
    """A column of a seed: how a cell is read, its type in the warehouse, and what makes two cells the same one."""

    name: str
    read: cells.Reader = cells.text
    type: pa.DataType = pa.string()
    is_needed: bool = True
    alike: Callable[[str], str] = lambda cell: " ".join(cell.casefold().split())


@dataclass(frozen=True)
class Seed:
    """A seed that a home's settings may say something of; `check` says what is wrong with a line as a whole."""

    domain: str
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    is_business: bool = False
    check: Callable[[Mapping[str, Any]], str] = lambda line: ""

    @property
    def source_file(self) -> str:
        """Where a home's file is, below the home."""
        return f"settings/{self.domain}/{self.name}.csv"

    @property
    def table(self) -> Table:
        """Where its lines land, in `raw_settings`."""
        own = [pa.field(column.name, column.type) for column in self.columns]
        where = [required("_source_file", pa.string()), required("_source_row", pa.int64())]
        return Table(self.name, pa.schema([*own, *where]), self.key, by_dlt=False)

    def key_of(self, line: Mapping[str, str]) -> tuple[str, ...]:
        """What a line, as text, must not share with another one."""
        alike = {column.name: column.alike for column in self.columns}
        return tuple(alike[name](line[name]) for name in self.key)


@dataclass(frozen=True)
class Line:
    """A line of a settings file: where it stands, its cells as text, and as values."""

    number: int
    texts: Mapping[str, str]
    values: Mapping[str, Any]


def seed_rows(domain: str, name: str, home: Path | None = None) -> list[dict[str, str]]:
    """The rows of a seed, cells as text, with the lines of a home's own file. Raises `ConfigError` of a wrong one."""
    shipped = _shipped(domain, name)
    seed = BY_NAME.get((domain, name))
    if home is None or seed is None:
        return list(shipped)
    own = [dict(line.texts) for line in home_lines(seed, home)]
    if seed.is_business:
        return own or list(shipped)
    said = {seed.key_of(row) for row in own}
    return [row for row in shipped if seed.key_of(row) not in said] + own


def seed_stamp(domain: str, name: str, home: Path) -> tuple[Path, int, int]:
    """What a reader may keep the rows of a seed under: another one when the home's file was edited or removed."""
    try:
        found = (home / "settings" / domain / f"{name}.csv").stat()
    except OSError:
        return home, 0, 0
    return home, found.st_mtime_ns, found.st_size


def seed_digest(names: Sequence[tuple[str, str]], home: Path) -> str:
    """Changes when some seeds, or what a home's files say of them, do."""
    digest = hashlib.sha256()
    for domain, name in names:
        for row in seed_rows(domain, name, home):
            digest.update(repr(sorted(row.items())).encode())
    return digest.hexdigest()[:16] if names else ""


@cache
def _shipped(domain: str, name: str) -> tuple[dict[str, str], ...]:
    path = PROJECT_DIR / "seeds" / domain / f"{name}.csv"
    if not path.exists():
        # A project of one domain has the seeds of no other.
        return ()
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def home_lines(seed: Seed, home: Path) -> tuple[Line, ...]:
    """What a home's file says of a seed; nothing where there is none. Raises `ConfigError`."""
    path = home / seed.source_file
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ConfigError(f"{seed.source_file} cannot be read ({error.strerror}); check its permissions") from None
    return _home_lines(seed, path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=256)
def _home_lines(seed: Seed, path: Path, modified: int, size: int) -> tuple[Line, ...]:
    """Read once while the file stays as it is: readers ask for each of their files."""
    try:
        return read_lines(seed, path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{seed.source_file} cannot be read ({error.strerror}); check its permissions") from None


def read_lines(seed: Seed, content: bytes) -> tuple[Line, ...]:
    """The lines of a settings file. Raises `ConfigError` with file, line, what was found and what was expected."""
    try:
        text = decode(content, utf16=True)
    except Quarantined as refused:
        raise ConfigError(f"{seed.source_file}: {refused.detail}") from None
    if not text.strip():
        raise ConfigError(f"{seed.source_file} is empty, expected the line {','.join(_names(seed))}; or remove it")
    header_line, by_delimiter = header_cells(text)
    delimiter = max(by_delimiter, key=lambda mark: len(by_delimiter[mark]))
    header = [cell.lower() for cell in by_delimiter[delimiter]]
    _require_columns(seed, header_line, header)
    lines: list[Line] = []
    first_of: dict[tuple[str, ...], int] = {}
    for record in line_records(text, len(header), delimiter=delimiter):
        if record.line <= header_line or (record.cells and not any(record.cells)):
            continue
        line = _line(seed, header, record)
        first = first_of.setdefault(seed.key_of(line.texts), line.number)
        if first != line.number:
            raise ConfigError(
                f"{seed.source_file}, line {line.number}: the same {', '.join(seed.key)} as in line {first}; leave one"
            )
        lines.append(line)
    return tuple(lines)


def _names(seed: Seed) -> list[str]:
    return [column.name for column in seed.columns]


def _require_columns(seed: Seed, line: int, header: Sequence[str]) -> None:
    where = f"{seed.source_file}, line {line}"
    expected = f"expected {','.join(_names(seed))}"
    for position, name in enumerate(header, start=1):
        if name not in _names(seed):
            shown = f" {name!r}" if re.fullmatch(r"[a-z_ ]{1,40}", name) else ""
            raise ConfigError(f"{where}: column {position}{shown} is not known, {expected}")
        if name in header[: position - 1]:
            raise ConfigError(f"{where}: column {name!r} is there twice, {expected}")
    missing = [name for name in _names(seed) if name not in header]
    if missing:
        raise ConfigError(f"{where}: found no column {', '.join(missing)}, {expected}")


def _line(seed: Seed, header: Sequence[str], record: Record) -> Line:
    where = f"{seed.source_file}, line {record.line}"
    if len(record.cells) != len(header):
        what = f"{len(record.cells)} cells" if record.cells else "broken quoting"
        raise ConfigError(f"{where}: found {what}, expected {len(header)} as in the header")
    found = dict(zip(header, record.cells, strict=True))
    values: dict[str, Any] = {}
    for column in seed.columns:
        cell = found[column.name]
        if not cell and column.is_needed:
            raise ConfigError(f"{where}: {column.name} is blank")
        try:
            values[column.name] = column.read(cell) if cell else None
        except ValueError as wrong:
            raise ConfigError(f"{where}: {column.name} is {cell[:40]!r}, {wrong}") from None
    if problem := seed.check(values):
        raise ConfigError(f"{where}: {problem}")
    return Line(record.line, {name: _as_text(value) for name, value in values.items()}, values)


def _as_text(value: Any) -> str:
    """A value as a seed's own file has it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _exactly(cell: str) -> str:
    return cell


def _header(cell: str) -> str:
    from loaders.funnel_values import normalised  # noqa: PLC0415 - which reads seeds

    return normalised(cell)


def _shipped_words(domain: str, name: str, column: str) -> list[str]:
    return list(dict.fromkeys(row[column] for row in _shipped(domain, name)))


def _alias_is_known(line: Mapping[str, Any]) -> str:
    targets = {row["target"] for row in _shipped("funnel", "funnel_header_aliases") if row["kind"] == line["kind"]}
    if line["target"] in targets:
        return ""
    return f"target is {line['target'][:40]!r}, expected one of {', '.join(sorted(targets))}"


def _goal_ends_after_it_starts(line: Mapping[str, Any]) -> str:
    return "" if line["starts_on"] <= line["ends_on"] else "ends_on is before starts_on"


# What adds up in funnel_kpis_daily, and so can be a goal.
KPIS = (
    *("leads", "paid_leads", "organic_leads", "other_leads", "orders", "plus_sales", "paid_plus_sales"),
    *("organic_plus_sales", "other_plus_sales", "nonzero_plus_sales", "extra_journals", "extra_shipping"),
    *("trial_sales", "high_ticket_sales", "welcome_clicks", "revenue_amount", "plus_revenue_amount"),
    *("high_ticket_amount", "meta_spend_amount", "google_spend_amount", "lead_sales_spend_amount"),
    *("gross_sales_amount", "refund_amount", "journals", "spend_amount", "net_sales_amount"),
)
EVENT_RULES = ("lead", "bot_alert", "welcome_click", "vsl", "attended")
ROLES = ("plus", "extra_journal", "shipping", "trial", "coaching")

_FUNNEL = (
    Seed(
        "funnel",
        "funnel_goals",
        (
            Column("goal", cells.one_of(*KPIS)),
            Column("target", cells.money, AMOUNT),
            Column("starts_on", cells.day, pa.date32()),
            Column("ends_on", cells.day, pa.date32()),
        ),
        ("goal",),
        is_business=True,
        check=_goal_ends_after_it_starts,
    ),
    Seed(
        "funnel",
        "funnel_product_roles",
        (
            Column("match_on", cells.one_of("product_id", "name")),
            Column("match_value", alike=plain_word),
            Column("role", cells.one_of(*ROLES)),
        ),
        ("match_on", "match_value"),
        is_business=True,
    ),
    Seed(
        "funnel",
        "funnel_challenges",
        (
            Column("challenge"),
            Column("starts_on", cells.day, pa.date32()),
            Column("days", cells.whole(1, 3_660), pa.int64()),
        ),
        ("challenge",),
        is_business=True,
    ),
    Seed(
        "funnel",
        "funnel_hosts",
        (Column("host", cells.host), Column("channel", cells.one_of("paid", "organic", "other"))),
        ("host",),
        is_business=True,
    ),
    Seed(
        "funnel",
        "funnel_high_ticket",
        (Column("currency", cells.currency), Column("min_amount", cells.money, AMOUNT)),
        ("currency",),
        is_business=True,
    ),
    Seed(
        "funnel",
        "funnel_campaign_types",
        (
            Column("priority", cells.whole(0, 1_000_000), pa.int64()),
            Column("pattern", cells.pattern),
            Column("campaign_type"),
        ),
        ("priority",),
        is_business=True,
    ),
    Seed(
        "funnel",
        "funnel_order_statuses",
        (
            Column("order_source", cells.one_of(*_shipped_words("funnel", "funnel_order_statuses", "order_source"))),
            Column("source_status", alike=plain_word),
            Column("billing_status"),
            Column("counts", cells.flag, pa.bool_()),
            Column("was_paid", cells.flag, pa.bool_()),
        ),
        ("order_source", "source_status"),
    ),
    Seed(
        "funnel",
        "funnel_event_rules",
        (
            Column("rule", cells.one_of(*EVENT_RULES)),
            Column("name_pattern", cells.pattern, alike=_exactly),
            Column("value_pattern", cells.pattern, is_needed=False, alike=_exactly),
        ),
        ("rule", "name_pattern", "value_pattern"),
    ),
    Seed(
        "funnel",
        "funnel_vsl_milestones",
        (Column("milestone_percent", cells.whole(0, 100), pa.int32()),),
        ("milestone_percent",),
    ),
    Seed(
        "funnel",
        "funnel_time_zones",
        (Column("rails_name", alike=plain_word), Column("iana_name", cells.zone)),
        ("rails_name",),
    ),
    Seed(
        "funnel",
        "funnel_header_aliases",
        (
            Column("kind", cells.one_of(*_shipped_words("funnel", "funnel_header_aliases", "kind"))),
            Column("header", alike=_header),
            Column("target"),
            Column("decimal_comma", cells.flag, pa.bool_()),
        ),
        ("kind", "header"),
        check=_alias_is_known,
    ),
)
SEEDS: tuple[Seed, ...] = _FUNNEL
BY_NAME = {(seed.domain, seed.name): seed for seed in SEEDS}
