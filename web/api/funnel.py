"""The funnel pages' questions: what a lead and a sale cost, who came, and what was ordered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from web.answers.asking import Fields, Question
from web.answers.lists import Cursor, Filter, Limit, Page, list_rows
from web.answers.schemas import Json, answers, list_of, row_of
from web.answers.single import Thing, columns_of, of_thing, one, rows_of
from web.published import Reading

router = APIRouter(prefix="/api/v1", tags=["funnel"])

PERIODS = "funnel.funnel_kpis_periods"
DAYS = "funnel.funnel_kpis_daily"
CONTACTS = "funnel.contacts"
ORDERS = "funnel.orders"
ITEMS = "funnel.order_items"
PRODUCTS = "funnel.products"
ATTENDANCE = "funnel.attendance_daily"

Period = Literal["all", "today", "yesterday", "7d", "14d", "30d"]
First = Annotated[date | None, Query(alias="from", description="The first day.")]
Last = Annotated[date | None, Query(alias="to", description="The last day.")]
Id = Annotated[int, Path(ge=0, le=2**63 - 1, description="The order's id.")]

_IN_MART = {"7d": "last_7_days", "14d": "last_14_days", "30d": "last_30_days"}


def _between(column: str, first: date | None, last: date | None) -> list[Filter]:
    return [
        *([Filter(column, "ge", first.isoformat())] if first else []),
        *([Filter(column, "le", last.isoformat())] if last else []),
    ]


@router.get("/funnel/kpis", responses=answers(row_of(PERIODS)), summary="Every figure of a period")
def kpis(asking: Question, period: Annotated[Period, Query(description="Up to the as-of day.")] = "all") -> Response:
    return one(asking, Thing(PERIODS, "period", _IN_MART.get(period, period), "period"))


@router.get("/funnel/kpis/daily", responses=answers(list_of(row_of(DAYS))), summary="Every figure of each day")
def kpis_daily(
    asking: Question,
    first: First = None,
    last: Last = None,
    fields: Fields = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Response:
    return list_rows(asking, DAYS, _between("date", first, last), Page(fields, limit, cursor, ["date"]))


def contacts(asking: Question, fields: Fields = None, limit: Limit = None, cursor: Cursor = None) -> Response:
    return list_rows(asking, CONTACTS, [], Page(fields, limit, cursor, ["-created_at"]))


def orders(
    asking: Question,
    first: First = None,
    last: Last = None,
    channel: Annotated[Literal["paid", "organic", "other"] | None, Query()] = None,
    fields: Fields = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Response:
    filters = _between("purchase_date", first, last)
    if channel:
        filters.append(Filter("channel", "eq", channel))
    return list_rows(asking, ORDERS, filters, Page(fields, limit, cursor, ["-created_at"]))


def attendance(asking: Question, fields: Fields = None, limit: Limit = None, cursor: Cursor = None) -> Response:
    return list_rows(asking, ATTENDANCE, [], Page(fields, limit, cursor, ["date", "challenge", "day_number"]))


def order(asking: Question, id: Id) -> Response:
    def build(read: Reading, tenant: str) -> dict[str, Any]:
        of_tenant = ("organization_id", tenant)
        row = rows_of(read, ORDERS, read.fields(ORDERS) or (), [of_tenant, ("id", str(id))])[0]
        items = rows_of(read, ITEMS, read.fields(ITEMS) or (), [of_tenant, ("order_id", str(id))], order="id")
        named = {
            product["id"]: product["product_name"]
            for product in rows_of(read, PRODUCTS, columns_of(read, PRODUCTS, "id", "product_name"), [of_tenant])
        }
        return {**row, "items": [{**item, "product_name": named.get(item["product_id"])} for item in items]}

    return of_thing(asking, Thing(ORDERS, "id", str(id), "order"), [ITEMS, PRODUCTS], build, people_of=[ORDERS])


def _with_items() -> Json:
    whole, item = row_of(ORDERS), row_of(ITEMS)
    named = {**item, "properties": {**item["properties"], "product_name": {"type": ["string", "null"]}}}
    return {**whole, "properties": {**whole["properties"], "items": {"type": "array", "items": named}}}


for _path, _call, _schema, _summary in (
    ("/contacts", contacts, list_of(row_of(CONTACTS)), "Who is known, the newest first"),
    ("/orders", orders, list_of(row_of(ORDERS)), "What was bought, the newest first"),
    ("/orders/{id}", order, _with_items(), "One order, with its items and what they are called"),
    ("/attendance", attendance, list_of(row_of(ATTENDANCE)), "Who came to which day of a challenge"),
):
    router.add_api_route(_path, _call, methods=["GET"], responses=answers(_schema), summary=_summary)
    router.add_api_route(f"/funnel{_path}", _call, methods=["GET"], include_in_schema=False)
