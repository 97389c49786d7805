"""Performances: what is sold, how it went, where it will end; and what an older dashboard asks, as it asks it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from web.answers.asking import Asked, Fields, Question, respond, tenant_condition
from web.answers.cells import as_objects, select_list
from web.answers.lists import Cursor, Filter, Limit, Page, list_rows
from web.answers.problems import Problem
from web.answers.schemas import Json, answers, list_of, row_of
from web.answers.single import Thing, columns_of, of_thing, one, rows_of
from web.published import Reading

router = APIRouter(prefix="/api/v1", tags=["box office"])

PERFORMANCES = "box_office.performances"
SNAPSHOTS = "box_office.performance_sales_snapshots"
PROGRESSION = "box_office.performance_sales_progression"
_SOLD = ("single_tickets_sold", "subscription_tickets_sold", "total_tickets_sold")
_LEGACY = (
    "performance_id",
    "performance_code",
    "title",
    "series",
    "performance_date",
    "venue",
    "season",
    "capacity",
    "occupancy_goal",
    "budget_goal",
    *_SOLD,
    "total_revenue",
    "capacity_percent",
    "budget_percent",
    "last_snapshot_date",
    "updated_at",
)
_NUMBERS = ("budget_goal", "total_revenue", "revenue")

Code = Annotated[str, Path(max_length=40, examples=["301115E"], description="The performance's code.")]
From = Annotated[date | None, Query(description="The first day.")]
To = Annotated[date | None, Query(description="The last day.")]
Season = Annotated[str | None, Query(max_length=20, description="Such as 30-31.")]


def _performance(code: str) -> Thing:
    return Thing(PERFORMANCES, "performance_code", code, "performance")


@router.get("/performances", responses=answers(list_of(row_of(PERFORMANCES))), summary="Performances by date")
def performances(
    asking: Question,
    date_from: From = None,
    date_to: To = None,
    season: Season = None,
    fields: Fields = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Response:
    filters = [
        *([Filter("performance_date", "ge", date_from.isoformat())] if date_from else []),
        *([Filter("performance_date", "le", date_to.isoformat())] if date_to else []),
        *([Filter("season", "eq", season)] if season else []),
    ]
    return list_rows(asking, PERFORMANCES, filters, Page(fields, limit, cursor, ["performance_date"]))


@router.get("/performances/{code}", responses=answers(row_of(PERFORMANCES)), summary="One performance")
def performance(asking: Question, code: Code, fields: Fields = None) -> Response:
    return one(asking, _performance(code), fields)


@router.get(
    "/performances/{code}/projection",
    responses=answers(row_of("box_office.performance_projections")),
    summary="Where it will end, beside a comparable one",
)
def projection(asking: Question, code: Code) -> Response:
    mart = "box_office.performance_projections"

    def build(read: Reading, tenant: str) -> dict[str, Any]:
        rows = rows_of(read, mart, read.fields(mart) or (), [("organization_id", tenant), ("performance_code", code)])
        if not rows:
            raise Problem(404, "there is no projection of this performance: nothing to compare it with was delivered")
        return rows[0]

    return of_thing(asking, _performance(code), [mart], build)


def _add(name: str, mart: str, summary: str, order: list[str]) -> None:
    def listed(
        asking: Question, code: Code, fields: Fields = None, limit: Limit = None, cursor: Cursor = None
    ) -> Response:
        return list_rows(asking, mart, [], Page(fields, limit, cursor, order), _performance(code))

    router.add_api_route(
        f"/performances/{{code}}/{name}",
        listed,
        methods=["GET"],
        responses=answers(list_of(row_of(mart))),
        summary=summary,
        name=name,
    )


_add("history", "box_office.performance_sales_history", "Sales on each morning, oldest first", ["snapshot_date"])
_add("progression", PROGRESSION, "The sales curve by weeks out", ["snapshot_date"])
_add("comparisons", "box_office.performance_comparisons", "How comparable shows sold", ["comparison_name", "-week"])

# --- the older dashboard

Action = Literal["get-performances", "get-performance-history", "get-sales-progression"]
Whole = Annotated[int, Query(ge=0, le=5_000)]
_ANY: Json = {"anyOf": [{"type": "array", "items": {"type": "object"}}, {"type": "object"}]}


@router.get("/bigquery-snapshots", responses=answers(_ANY), summary="The older dashboard's three questions")
def snapshots(
    asking: Question,
    action: Action = "get-performances",
    performance_code: Annotated[str | None, Query(alias="performanceCode", max_length=40, examples=["301115E"])] = None,
    season: Season = None,
    series: Annotated[str | None, Query(max_length=40)] = None,
    date_from: Annotated[date | None, Query(alias="dateFrom")] = None,
    date_to: Annotated[date | None, Query(alias="dateTo")] = None,
    limit: Whole = 1_000,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """As it always answered: numbers are numbers, what is not known is 0, names are in both spellings."""
    asking.require("box_office:read")
    if action == "get-performances":
        wanted = {"season": season, "series": series, "dateFrom": date_from, "dateTo": date_to}
        return _legacy_performances(asking, {name: value for name, value in wanted.items() if value}, limit, offset)
    if not performance_code:
        said = "performanceCode query parameter required"
        raise Problem(400, said, [("#/query/performanceCode", "is missing")], extra={"error": said})
    build = _legacy_history if action == "get-performance-history" else _legacy_progression
    try:
        return of_thing(
            asking,
            _performance(performance_code),
            [SNAPSHOTS, PROGRESSION],
            lambda read, tenant: build(read, tenant, performance_code),
        )
    except Problem as problem:
        problem.extra["error"] = problem.detail
        raise


_LEGACY_FILTERS = {
    "season": '"season" = %s',
    "series": '"series" = %s',
    "dateFrom": '"performance_date" >= cast(%s as date)',
    "dateTo": '"performance_date" <= cast(%s as date)',
}


def _legacy_performances(asking: Asked, wanted: dict[str, Any], limit: int, offset: int) -> Response:
    with asking.published.reading(asking.publication) as read:
        condition, parameters = tenant_condition(asking, read.fields(PERFORMANCES) or ())
        clauses = [condition, "not coalesce(cancelled, false)", *(_LEGACY_FILTERS[name] for name in wanted)]

        def build() -> list[dict[str, Any]]:
            fields = columns_of(read, PERFORMANCES, *_LEGACY)
            rows = read.query(
                f"select {select_list(read, fields)} from {read.relation(PERFORMANCES)}"
                f" where {' and '.join(clauses)} order by performance_date nulls last, performance_code"
                f" limit {limit} offset {offset}",
                *parameters,
                *map(str, wanted.values()),
            )
            return [_legacy_performance(row) for row in as_objects(fields, rows)]

        return respond(asking, read, [PERFORMANCES], build)


def _legacy_performance(row: dict[str, Any]) -> dict[str, Any]:
    row = _numbers(row)
    last_updated, changed = row.pop("last_snapshot_date"), row.pop("updated_at")
    for name in (*_SOLD, "total_revenue", "capacity_percent", "budget_percent"):
        row[name] = 0 if row[name] is None else row[name]
    return {
        **row,
        "last_updated": last_updated,
        "metadata_updated_at": changed,
        "date": row["performance_date"],
        "id": row["performance_code"],
        "performanceId": row["performance_id"],
        "singleTicketsSold": row["single_tickets_sold"],
        "subscriptionTicketsSold": row["subscription_tickets_sold"],
        "totalRevenue": row["total_revenue"],
        # Where nobody set a goal, that dashboard takes this one.
        "occupancyGoal": row["occupancy_goal"] or 85,
        "budgetGoal": row["budget_goal"] or 0,
        "capacityPercent": row["capacity_percent"],
        "budgetPercent": row["budget_percent"],
        "lastUpdated": last_updated,
        "weeklySales": [],
    }


def _legacy_history(read: Reading, tenant: str, code: str) -> dict[str, Any]:
    names = ("snapshot_id", "performance_code", "snapshot_date", *_SOLD, "total_revenue", "capacity_percent")
    fields = columns_of(read, SNAPSHOTS, *names, "budget_percent", "source", "created_at")
    key = [("organization_id", tenant), ("performance_code", code)]
    rows = rows_of(read, SNAPSHOTS, fields, key, order="snapshot_date")
    return {"performanceCode": code, "snapshots": [_numbers(row) for row in rows]}


def _legacy_progression(read: Reading, tenant: str, code: str) -> dict[str, Any]:
    key = [("organization_id", tenant), ("performance_code", code)]
    found = rows_of(read, PERFORMANCES, columns_of(read, PERFORMANCES, "performance_date"), key)
    fields = columns_of(read, PROGRESSION, "snapshot_date", "weeks_out", "tickets_sold", "revenue", "capacity_percent")
    return {
        "performanceCode": code,
        "performanceDate": found[0]["performance_date"],
        "progression": [
            {
                "date": row["snapshot_date"],
                "weeksOut": row["weeks_out"],
                "ticketsSold": row["tickets_sold"],
                "revenue": _numbers(row)["revenue"],
                "capacityPercent": row["capacity_percent"],
            }
            for row in rows_of(read, PROGRESSION, fields, key, order="snapshot_date")
        ],
    }


def _numbers(row: dict[str, Any]) -> dict[str, Any]:
    """Amounts as numbers, with the digits that they have."""
    return {
        name: orjson.Fragment(value) if name in _NUMBERS and value is not None else value for name, value in row.items()
    }
