"""The organiser dashboard's contract: overview, timeline, who comes, how fast it sells, and pace."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from web.answers.asking import Fields, Question, respond
from web.answers.lists import Cursor, Limit, Page, list_rows
from web.answers.schemas import Json, answers, list_of, row_of
from web.answers.single import Thing, columns_of, of_thing, row_of_thing, rows_of
from web.published import Reading

router = APIRouter(prefix="/api/v1/events", tags=["events"])

OVERVIEW = "events.event_overview"
TIMELINE = "events.event_timeline"

Id = Annotated[str, Path(max_length=200, examples=["lantern-night-2030"], description="The event's key.")]
Range = Annotated[Literal["7d", "30d", "all"], Query(alias="range", description="The last days, or all of them.")]

_PAYLOAD: Json = {
    "type": "object",
    "required": ["totalSales", "ticketsSold", "demographics", "salesVelocity"],
    "properties": {name: {"type": "object"} for name in ("totalSales", "ticketsSold", "demographics", "salesVelocity")},
}
_POINTS: Json = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["date", "amount", "tickets"],
        "properties": {
            "date": {"type": "string", "format": "date"},
            "amount": {"type": ["number", "null"]},
            "tickets": {"type": ["integer", "null"]},
        },
    },
}


def event_of(key: str) -> Thing:
    return Thing(OVERVIEW, "event_key", key, "event")


@router.get("", responses=answers(list_of(row_of(OVERVIEW))), summary="Events, the next one last")
def events(asking: Question, fields: Fields = None, limit: Limit = None, cursor: Cursor = None) -> Response:
    return list_rows(asking, OVERVIEW, [], Page(fields, limit, cursor, ["starts_at"]))


@router.get("/{id}/analytics/overview", responses=answers(_PAYLOAD), summary="The dashboard's overview of an event")
def overview(asking: Question, id: Id) -> Response:
    asking.require("events:read")
    with asking.published.reading(asking.publication) as read:
        row = row_of_thing(asking, read, event_of(id), columns_of(read, OVERVIEW, "payload"))
        payload: str = row["payload"]
        # The bytes of the mart, digit for digit: to read and write them again would change numbers.
        return respond(asking, read, [OVERVIEW], payload.encode)


@router.get("/{id}/analytics/timeline", responses=answers(_POINTS), summary="Sales by day, oldest first")
def timeline(asking: Question, id: Id, span: Range = "all") -> Response:
    def build(read: Reading, tenant: str) -> list[dict[str, Any]]:
        rows = rows_of(
            read,
            TIMELINE,
            columns_of(read, TIMELINE, "date", "amount", "tickets"),
            [("organization_id", tenant), ("event_key", id), ("timeline_range", span)],
            order='"date"',
        )
        # As the overview has it, amounts are numbers here; every digit of them.
        return [{**row, "amount": number(row["amount"])} for row in rows]

    return of_thing(asking, event_of(id), [TIMELINE], build)


def number(text: str | None) -> orjson.Fragment | None:
    """A decimal as a JSON number with the digits that it has."""
    return None if text is None else orjson.Fragment(text)


def _list(asking: Question, mart: str, key: str, page: Page) -> Response:
    return list_rows(asking, mart, [], page, event_of(key))


def _add(name: str, mart: str, summary: str, order: list[str]) -> None:
    def listed(asking: Question, id: Id, fields: Fields = None, limit: Limit = None, cursor: Cursor = None) -> Response:
        return _list(asking, mart, id, Page(fields, limit, cursor, order))

    said = answers(list_of(row_of(mart)))
    router.add_api_route(f"/{{id}}/{name}", listed, methods=["GET"], responses=said, summary=summary, name=name)
    # Beside the overview too, where a dashboard would look for it.
    router.add_api_route(f"/{{id}}/analytics/{name}", listed, methods=["GET"], include_in_schema=False)


_add("demographics", "events.view_event_demographics", "Who comes, as far as they said", ["dimension", "bucket_order"])
_add("velocity", "events.event_sales_velocity", "Tickets of each of the last 168 hours", ["hour_start"])
_add("pace", "events.event_pace", "Sales by days to the event, beside the previous one's", ["-days_to_event"])
