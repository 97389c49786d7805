"""Customers of a salon, their visits, and the business day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from web.answers.asking import Fields, Question
from web.answers.lists import Cursor, Filter, Limit, Page, list_rows
from web.answers.problems import Problem
from web.answers.schemas import answers, list_of, row_of
from web.answers.single import Thing, one

router = APIRouter(prefix="/api/v1", tags=["appointments"])

CUSTOMERS = "appointments.customer_analytics"
DAYS = "appointments.analytics_overview_daily"
PLACES = "appointments.analytics_appointments_by_location_daily"

Id = Annotated[str, Path(max_length=200, examples=["CUST_00"], description="Square's id of the customer.")]


def customer(key: str) -> Thing:
    return Thing(CUSTOMERS, "square_customer_id", key, "customer")


@router.get("/customers", responses=answers(list_of(row_of(CUSTOMERS))), summary="Customers, the last to come first")
def customers(
    asking: Question,
    segment: Annotated[str | None, Query(max_length=40, description="Such as ACTIVE, AT_RISK, LOST.")] = None,
    q: Annotated[
        str | None, Query(min_length=2, max_length=100, description="Part of a name, e-mail address or phone number.")
    ] = None,
    fields: Fields = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Response:
    if q is not None and not asking.caller.sees_people:
        raise Problem(403, "to search for people a key needs scope pii:read", kind="missing-scope")
    filters = [Filter("customer_segment", "eq", segment)] if segment else []
    if q is not None:
        filters.append(Filter("given_name,family_name,email_address,phone_number", "find", q))
    return list_rows(asking, CUSTOMERS, filters, Page(fields, limit, cursor, ["-last_visit_at"]))


@router.get("/customers/{id}", responses=answers(row_of(CUSTOMERS)), summary="One customer")
def one_customer(asking: Question, id: Id, fields: Fields = None) -> Response:
    return one(asking, customer(id), fields)


@router.get(
    "/appointments/daily",
    responses=answers(list_of({"anyOf": [row_of(DAYS), row_of(PLACES)]})),
    summary="The business day by day, of all places or of one",
)
def daily(
    asking: Question,
    location: Annotated[str | None, Query(max_length=200, examples=["PLACE_HILL"])] = None,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    fields: Fields = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Response:
    filters = [
        *([Filter("date", "ge", first.isoformat())] if first else []),
        *([Filter("date", "le", last.isoformat())] if last else []),
        *([Filter("location_id", "eq", location)] if location else []),
    ]
    return list_rows(asking, PLACES if location else DAYS, filters, Page(fields, limit, cursor, ["date"]))
