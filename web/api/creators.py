"""The creator app's contract: who leads, and where one stands. Totals are sales or units, as the client counts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from web.answers.asking import Fields, Question
from web.answers.lists import Cursor, Limit, Page, list_rows
from web.answers.schemas import Json, answers, list_of, row_of
from web.answers.single import Thing, columns_of, of_thing, rows_of
from web.published import Reading

router = APIRouter(prefix="/api/v1/creators/{client}", tags=["creators"])

USERS = "creators.users"
TIERS = "creators.tiers"
CLIENTS = "creators.clients"

Client = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,64}$", examples=["lamp"], description="The programme.")]
Id = Annotated[str, Path(max_length=200, examples=["lamp-1"], description="The creator's id in the app.")]

_PROGRESS = (
    "client_id",
    "user_id",
    "vip_metric",
    "current_tier",
    "tier_achieved_at",
    "window_start",
    "next_checkpoint_at",
    "checkpoint_value",
    "checkpoint_sales_target",
    "checkpoint_units_target",
    "projected_tier_at_checkpoint",
    "promotion_value",
    "next_tier_name",
    "next_tier_threshold",
    "next_tier_threshold_units",
    "next_tier_percent",
    "checkpoint_progress_updated_at",
)
_TIER = ("tier_id", "tier_order", "tier_name", "tier_color", "threshold", "commission_rate", "checkpoint_exempt")


def _with(schema: Json, **properties: Json) -> Json:
    return {**schema, "properties": {**schema["properties"], **properties}}


def _some(schema: Json, names: tuple[str, ...]) -> Json:
    return {**schema, "properties": {name: schema["properties"][name] for name in names}}


_DECIMAL: Json = {"type": ["string", "null"]}
_USER = _with(row_of(USERS), value=_DECIMAL, currency=_DECIMAL)
_STEPS: Json = {"type": "array", "items": _some(row_of(TIERS), _TIER)}


def _programme(client: str) -> Thing:
    return Thing(CLIENTS, "client_id", client, "programme")


def _creator(client: str, user: str) -> Thing:
    return Thing(USERS, "user_id", user, "creator", (("client_id", client),))


def _add(name: str, mart: str, summary: str, order: list[str]) -> None:
    def listed(
        asking: Question, client: Client, fields: Fields = None, limit: Limit = None, cursor: Cursor = None
    ) -> Response:
        return list_rows(asking, mart, [], Page(fields, limit, cursor, order), _programme(client))

    router.add_api_route(
        f"/{name}", listed, methods=["GET"], responses=answers(list_of(row_of(mart))), summary=summary, name=name
    )


_add("leaderboard", "creators.leaderboard", "Who leads", ["leaderboard_rank"])
_add("checkpoint-risk", "creators.checkpoint_risk", "Who needs how much a day to keep the tier", ["days_left"])


@router.get("/users/{id}", responses=answers(_USER), summary="What one creator sold, and where the creator stands")
def user(asking: Question, client: Client, id: Id) -> Response:
    def build(read: Reading, tenant: str) -> dict[str, Any]:
        row = rows_of(read, USERS, read.fields(USERS) or (), [("client_id", tenant), ("user_id", id)])[0]
        currency = rows_of(read, CLIENTS, columns_of(read, CLIENTS, "currency"), [("client_id", tenant)])
        # The total by which the client ranks: what videos sold, and adjustments.
        value = row["total_units"] if row["vip_metric"] == "units" else row["total_sales"]
        return {
            **row,
            "value": None if value is None else str(value),
            "currency": currency[0]["currency"] if currency else None,
        }

    return of_thing(asking, _creator(client, id), [CLIENTS], build, people_of=[USERS])


@router.get(
    "/users/{id}/tier-progress",
    responses=answers(_with(_some(row_of(USERS), _PROGRESS), tiers=_STEPS)),
    summary="How far the next tier is",
)
def tier_progress(asking: Question, client: Client, id: Id) -> Response:
    def build(read: Reading, tenant: str) -> dict[str, Any]:
        key = [("client_id", tenant), ("user_id", id)]
        row = rows_of(read, USERS, columns_of(read, USERS, *_PROGRESS), key)[0]
        tiers = rows_of(read, TIERS, columns_of(read, TIERS, *_TIER), [("client_id", tenant)], order="tier_order")
        return {**row, "tiers": tiers}

    return of_thing(asking, _creator(client, id), [TIERS], build)


@router.get(
    "/users/{id}/missions",
    responses=answers(list_of(row_of("creators.mission_progress"))),
    summary="How far each mission of a creator is, the newest first",
)
def missions(
    asking: Question, client: Client, id: Id, fields: Fields = None, limit: Limit = None, cursor: Cursor = None
) -> Response:
    page = Page(fields, limit, cursor, ["-opened_at", "mission_id"])
    return list_rows(asking, "creators.mission_progress", [], page, _creator(client, id))
