"""Lists of a mart's rows: filters, order, and pages that go on after the last row, whatever was added meanwhile."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response, StreamingResponse

from loaders.publishing.catalogue import read_marts
from web.answers.asking import (
    TENANTS,
    VARY,
    Asked,
    chosen_fields,
    etag_of,
    matches,
    respond,
    tenant_condition,
    wants_people,
)
from web.answers.cells import EXPECTED, PARAMETERS, as_csv, as_objects, cell, read_value
from web.answers.problems import Problem
from web.answers.single import Thing, tenant_of
from web.published import Field, Reading

DEFAULT_LIMIT, MAX_LIMIT = 500, 5_000
_MOST_VALUES = 200

Limit = Annotated[
    int | None,
    Query(ge=1, le=MAX_LIMIT, description=f"Rows of a page: {DEFAULT_LIMIT} by default; CSV without it is all rows."),
]
Cursor = Annotated[
    str | None, Query(max_length=8000, pattern="^[A-Za-z0-9_-]+$", description="`next` of the page before.")
]

_COMPARED = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
OPERATORS = (*_COMPARED, "in", "like", "null")


@dataclass(frozen=True)
class Filter:
    """A condition on a column: an operator and its text."""

    column: str
    operator: str
    value: str


@dataclass(frozen=True)
class Page:
    """Which part of a list, and what of its rows. `order` is columns, `-` before one that descends."""

    fields: str | None = None
    limit: int | None = None
    cursor: str | None = None
    order: Sequence[str] = ()


def read_filters(pairs: Sequence[tuple[str, str]]) -> list[Filter]:
    """`column=op.value` of a query string. Raises `Problem` (422) naming each that is none."""
    filters, errors = [], []
    for column, text in pairs:
        operator, dot, value = text.partition(".")
        if not dot or operator not in OPERATORS:
            errors.append((f"#/query/{column}", f"expected op.value with op one of {', '.join(OPERATORS)}"))
        else:
            filters.append(Filter(column, operator, value))
    if errors:
        raise Problem(422, "a filter is no column=op.value", errors)
    return filters


def list_rows(asking: Asked, mart: str, filters: Sequence[Filter], page: Page, parent: Thing | None = None) -> Response:
    """The rows of a mart that the key covers, as `{items, next}` or CSV; with a parent, those that belong to it."""
    asking.require(f"{mart.partition('.')[0]}:read")
    # What is asked about a person needs the columns as much as what is answered.
    about = [*(each.column for each in filters), *(name.removeprefix("-") for name in page.order)]
    with_people = wants_people(asking, mart, page.fields) or wants_people(asking, mart, ",".join(about))
    if asking.form == "csv":
        return _stream(asking, mart, filters, page, parent, with_people=with_people)
    with asking.published.reading(asking.publication, with_people=with_people) as read:
        fields = chosen_fields(read, mart, page.fields, with_people=asking.caller.sees_people)
        select = _select(asking, read, mart, [*filters, *_belonging(asking, read, mart, parent)], page, fields)
        marts = [mart, parent.mart] if parent else [mart]
        return respond(asking, read, marts, lambda: select.page(read), with_people=with_people)


def _belonging(asking: Asked, read: Reading, mart: str, parent: Thing | None) -> list[Filter]:
    if parent is None:
        return []
    tenant = tenant_of(asking, read, parent)
    column = next(field.name for field in read.fields(mart) or () if field.name in TENANTS)
    return [Filter(column, "eq", tenant), Filter(parent.column, "eq", parent.value)]


def _stream(
    asking: Asked, mart: str, filters: Sequence[Filter], page: Page, parent: Thing | None, *, with_people: bool
) -> Response:
    reading = asking.published.reading(asking.publication, with_people=with_people)
    read = reading.__enter__()
    try:
        fields = chosen_fields(read, mart, page.fields, with_people=asking.caller.sees_people)
        select = _select(asking, read, mart, [*filters, *_belonging(asking, read, mart, parent)], page, fields)
        etag = etag_of(asking, read, [mart], with_people=with_people)
    except BaseException as error:
        reading.__exit__(type(error), error, error.__traceback__)
        raise
    asking.request.state.is_personal = with_people
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": VARY}
    if matches(asking.request.headers.get("if-none-match"), etag):
        reading.__exit__(None, None, None)
        return Response(status_code=304, headers=headers)

    def lines() -> Iterator[bytes]:
        # The publication stays open until its last row is sent, or nobody waits for it any more.
        try:
            sql, parameters = select.sql(read, page.limit)
            yield from as_csv(fields, (row[: len(fields)] for row in read.stream(sql, *parameters)))
        finally:
            reading.__exit__(None, None, None)

    name = mart.replace(".", "_")
    headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return StreamingResponse(lines(), headers=headers, media_type="text/csv; charset=utf-8")


@dataclass(frozen=True)
class _Select:
    """A question in SQL. `key` says whether the order tells every row from the next."""

    mart: str
    fields: Sequence[Field]
    order: Sequence[tuple[Field, bool]]
    has_key: bool
    conditions: Sequence[str]
    parameters: Sequence[Any]
    signature: str
    limit: int
    # Where the page before ended: the values of the order's columns, and how many such rows it had.
    after: tuple[Sequence[str | None], int] | None

    def sql(self, read: Reading, limit: int | None) -> tuple[str, list[Any]]:
        conditions, parameters = list(self.conditions), list(self.parameters)
        offset = ""
        if self.after is not None:
            values, repeats = self.after
            condition, more = _after(self.order, values, is_strict=self.has_key)
            conditions.append(condition)
            parameters += more
            offset = "" if self.has_key else f" offset {repeats}"
        columns = [*self.fields, *(field for field, _ in self.order)]
        order = ", ".join(
            f'"{field.name}" {"desc" if is_descending else "asc"} nulls last' for field, is_descending in self.order
        )
        return (
            f"select {_columns(read, columns)} from {read.relation(self.mart)}"
            f" where {' and '.join(conditions)} order by {order}" + (f" limit {limit}" if limit else "") + offset,
            parameters,
        )

    def page(self, read: Reading) -> dict[str, Any]:
        sql, parameters = self.sql(read, self.limit + 1)
        rows = read.query(sql, *parameters)
        more = len(rows) > self.limit
        rows = rows[: self.limit]
        width = len(self.fields)
        items = as_objects(self.fields, [row[:width] for row in rows])
        return {"items": items, "next": self._next([row[width:] for row in rows]) if more else None}

    def _next(self, ends: Sequence[tuple[Any, ...]]) -> str:
        last = ends[-1]
        repeats = 0
        for end in reversed(ends):
            if end != last:
                break
            repeats += 1
        if self.after is not None and repeats == len(ends):
            values, before = self.after
            repeats += before if list(values) == _texts(self.order, last) else 0
        said = json.dumps([self.signature, _texts(self.order, last), repeats], separators=(",", ":"))
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _select(
    asking: Asked, read: Reading, mart: str, filters: Sequence[Filter], page: Page, fields: Sequence[Field]
) -> _Select:
    there = {field.name: field for field in read.fields(mart) or ()}
    tenant, parameters = tenant_condition(asking, there.values())
    conditions: list[str] = [tenant]
    values: list[Any] = list(parameters)
    errors: list[tuple[str, str]] = []
    for each in filters:
        _add_filter(each, there, conditions, values, errors)
    order = _order(page.order, there, errors)
    if errors:
        raise Problem(422, f"{mart} cannot be asked that", errors)
    key = _unique_keys().get(mart, ())
    has_key = bool(key) and all(name in there for name in key)
    listed = {field.name for field, _ in order}
    order += [(there[name], False) for name in (key if has_key else there) if name not in listed]
    said = json.dumps([mart, [(field.name, down) for field, down in order], conditions, values], default=str)
    signature = hashlib.sha256(said.encode()).hexdigest()[:12]
    after = _read_cursor(page.cursor, signature, [field for field, _ in order]) if page.cursor else None
    limit = page.limit or DEFAULT_LIMIT
    return _Select(mart, fields, order, has_key, conditions, values, signature, limit, after)


def _add_filter(
    each: Filter,
    there: Mapping[str, Field],
    conditions: list[str],
    values: list[Any],
    errors: list[tuple[str, str]],
) -> None:
    pointer = f"#/query/{each.column}"
    if each.operator == "find":
        # Of routes alone, in columns that they name: a part of any of them, in any case.
        columns = [name for name in each.column.split(",") if name in there]
        parts = [f'position(lower(cast(%s as varchar)) in lower("{name}")) > 0' for name in columns]
        conditions.append(f"({' or '.join(parts or ['false'])})")
        values += [each.value.replace("\0", "")] * len(columns)
        return
    field = there.get(each.column)
    if field is None:
        errors.append((pointer, "is no column of it"))
        return
    column = f'"{field.name}"'
    if each.operator == "null":
        if each.value not in ("true", "false"):
            errors.append((pointer, "null: expected true or false"))
        conditions.append(f"{column} is {'' if each.value == 'true' else 'not '}null")
        return
    if each.operator == "like":
        if field.kind != "text" or "\0" in each.value:
            errors.append((pointer, "like: only of text"))
        conditions.append(f"{column} like %s escape ''")
        values.append(each.value)
        return
    texts = each.value.split(",") if each.operator == "in" else [each.value]
    read = [read_value(field.kind, text) for text in texts]
    if None in read or len(read) > _MOST_VALUES:
        found = f"at most {_MOST_VALUES} values" if None not in read else EXPECTED[field.kind]
        errors.append((pointer, f"{each.operator}: expected {found}"))
        return
    parameter = PARAMETERS[field.kind]
    conditions.append(
        f"{column} in ({', '.join([parameter] * len(read))})"
        if each.operator == "in"
        else f"{column} {_COMPARED[each.operator]} {parameter}"
    )
    values += read


def _order(names: Sequence[str], there: Mapping[str, Field], errors: list[tuple[str, str]]) -> list[tuple[Field, bool]]:
    order: dict[str, tuple[Field, bool]] = {}
    for name in names:
        field = there.get(name.removeprefix("-"))
        if field is None:
            errors.append(("#/query/order", f"{name.removeprefix('-')[:60]!r} is no column of it"))
        else:
            order.setdefault(field.name, (field, name.startswith("-")))
    return list(order.values())


def _after(
    order: Sequence[tuple[Field, bool]], values: Sequence[str | None], *, is_strict: bool
) -> tuple[str, list[Any]]:
    """The condition of rows that come after these values; nulls come last whichever way a column goes."""
    alternatives, parameters = [], []
    same: list[str] = []
    same_values: list[Any] = []
    for (field, is_descending), value in zip(order, values, strict=True):
        column, parameter = f'"{field.name}"', PARAMETERS[field.kind]
        if value is not None:
            sign = "<" if is_descending else ">"
            alternatives.append(" and ".join([*same, f"({column} {sign} {parameter} or {column} is null)"]))
            parameters += [*same_values, value]
            same.append(f"{column} = {parameter}")
            same_values.append(value)
        else:
            same.append(f"{column} is null")
    if not is_strict:
        alternatives.append(" and ".join(same))
        parameters += same_values
    return "(" + " or ".join(f"({each})" for each in alternatives or ["false"]) + ")", parameters


def _read_cursor(text: str, signature: str, order: Sequence[Field]) -> tuple[list[str | None], int]:
    error = Problem(422, "this cursor is of another list; start without one", [("#/query/cursor", "not of this list")])
    try:
        said = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        found, values, repeats = said
    except (ValueError, TypeError):
        raise error from None
    is_good = (
        found == signature
        and isinstance(values, list)
        and len(values) == len(order)
        and isinstance(repeats, int)
        and 0 <= repeats < 2**31
        and all(
            value is None or (isinstance(value, str) and read_value(field.kind, value) is not None)
            for field, value in zip(order, values, strict=True)
        )
    )
    if not is_good:
        raise error
    return values, repeats


def _texts(order: Sequence[tuple[Field, bool]], cells: Sequence[Any]) -> list[str | None]:
    """The values of a row as a cursor holds them."""
    fields = [field for field, _ in order]
    row = as_objects(fields, [cells])[0]
    return [None if row[field.name] is None else _text(row[field.name]) for field in fields]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _columns(read: Reading, columns: Sequence[Field]) -> str:
    """Named by position, as one may be there twice."""
    return ", ".join(f"{cell(read, field)} as c{position}" for position, field in enumerate(columns))


@cache
def _unique_keys() -> Mapping[str, tuple[str, ...]]:
    return {mart.key: mart.unique_key for mart in read_marts()}
