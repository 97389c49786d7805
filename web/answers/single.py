"""One thing by its id: whose it is, its row, and the lists that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from web.answers.asking import TENANTS, Asked, chosen_fields, respond, tenant_condition, wants_people
from web.answers.cells import PARAMETERS, as_objects, read_value, select_list
from web.answers.problems import Problem
from web.published import Field, Reading


@dataclass(frozen=True)
class Thing:
    """What is asked for: a row of a mart by the value of a column, in words, and further conditions on it."""

    mart: str
    column: str
    value: str
    word: str
    also: tuple[tuple[str, str], ...] = ()


def tenant_of(asking: Asked, read: Reading, thing: Thing) -> str:
    """The one tenant that has it. Raises `Problem`: 404 where none of the key's has, 409 where several have."""
    fields = read.fields(thing.mart)
    if fields is None:
        raise Problem(404, f"no mart {thing.mart} is published")
    tenant = next(field.name for field in fields if field.name in TENANTS)
    condition, parameters = tenant_condition(asking, fields)
    more, values = _conditions(fields, thing)
    found = [
        row[0]
        for row in read.query(
            f'select distinct "{tenant}" from {read.relation(thing.mart)} where {condition} and {more} order by 1',
            *parameters,
            *values,
        )
    ]
    return _only_one(thing, found)


def rows_of(
    read: Reading,
    mart: str,
    fields: Sequence[Field],
    conditions: Sequence[tuple[str, str]],
    order: str = "",
) -> list[dict[str, Any]]:
    """The rows for which columns have these values. A mart that is not published has none."""
    there = {field.name: field for field in read.fields(mart) or ()}
    if not there:
        return []
    clauses = " and ".join(f'"{column}" = {PARAMETERS[there[column].kind]}' for column, _ in conditions)
    values = [read_value(there[column].kind, value) for column, value in conditions]
    rows = read.query(
        f"select {select_list(read, fields)} from {read.relation(mart)} where {clauses or 'true'}"
        + (f" order by {order}" if order else ""),
        *values,
    )
    return as_objects(fields, rows)


def columns_of(read: Reading, mart: str, *names: str) -> list[Field]:
    """Columns by name; those that are not published are left out."""
    there = {field.name: field for field in read.fields(mart) or ()}
    return [there[name] for name in names if name in there]


def one(asking: Asked, thing: Thing, names: str | None = None) -> Response:
    """The row of one thing."""
    asking.require(f"{thing.mart.partition('.')[0]}:read")
    with_people = wants_people(asking, thing.mart, names)
    with asking.published.reading(asking.publication, with_people=with_people) as read:
        fields = chosen_fields(read, thing.mart, names, with_people=asking.caller.sees_people)
        row = row_of_thing(asking, read, thing, fields)
        return respond(asking, read, [thing.mart], lambda: row, with_people=with_people)


def row_of_thing(asking: Asked, read: Reading, thing: Thing, fields: Sequence[Field]) -> dict[str, Any]:
    """The row of one thing, found and chosen in one question. Raises `Problem`: 404, 409."""
    there = read.fields(thing.mart)
    if there is None:
        raise Problem(404, f"no mart {thing.mart} is published")
    tenant = next(field for field in there if field.name in TENANTS)
    condition, parameters = tenant_condition(asking, there)
    more, values = _conditions(there, thing)
    rows = read.query(
        f'select {select_list(read, fields)}, "{tenant.name}" as tenant from {read.relation(thing.mart)}'
        f" where {condition} and {more}",
        *parameters,
        *values,
    )
    _only_one(thing, sorted({str(row[-1]) for row in rows}))
    return as_objects(fields, [rows[0][: len(fields)]])[0]


def _only_one(thing: Thing, tenants: Sequence[str]) -> str:
    if not tenants:
        raise Problem(404, f"there is no such {thing.word}")
    if len(tenants) > 1:
        raise Problem(
            409,
            f"several organisations have this {thing.word}: {', '.join(tenants)}; ?organization= chooses",
            [("#/query/organization", f"expected one of {', '.join(tenants)}")],
            kind="several-organizations",
        )
    return tenants[0]


def of_thing(
    asking: Asked,
    thing: Thing,
    marts: Sequence[str],
    build: Callable[[Reading, str], Any],
    *,
    people_of: Sequence[str] = (),
) -> Response:
    """An answer about one thing, from several marts. `build` gets the tenant that has it."""
    asking.require(f"{thing.mart.partition('.')[0]}:read")
    with_people = any(wants_people(asking, mart) for mart in people_of)
    with asking.published.reading(asking.publication, with_people=with_people) as read:
        tenant = tenant_of(asking, read, thing)
        return respond(asking, read, [thing.mart, *marts], lambda: build(read, tenant), with_people=with_people)


def _conditions(fields: Sequence[Field], thing: Thing) -> tuple[str, list[Any]]:
    there = {field.name: field for field in fields}
    clauses, values = [], []
    for column, text in ((thing.column, thing.value), *thing.also):
        value = read_value(there[column].kind, text)
        if value is None:
            raise Problem(404, f"there is no such {thing.word}")
        clauses.append(f'"{column}" = {PARAMETERS[there[column].kind]}')
        values.append(value)
    return " and ".join(clauses), values
