"""Any published mart, by its name: which there are, and their rows by typed filters. No SQL comes from outside."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from web.answers.asking import Fields, Question, respond
from web.answers.lists import Cursor, Limit, Page, list_rows, read_filters
from web.answers.problems import Problem
from web.answers.schemas import LIST, MARTS, answers

router = APIRouter(prefix="/api/v1/marts", tags=["marts"])

_WORD = "^[a-z][a-z0-9_]{0,62}$"
_OWN = ("fields", "format", "limit", "cursor", "order", "organization", "publication")

Schema = Annotated[str, Path(pattern=_WORD, examples=["events"], description="The domain.")]
Name = Annotated[str, Path(pattern=_WORD, examples=["event_overview"], description="The mart.")]
Order = Annotated[
    str | None,
    Query(
        max_length=1000,
        pattern="^[A-Za-z0-9_,-]+$",
        description="Columns, separated by commas; `-` before one that descends. Nulls come last.",
    ),
]


@router.get("", responses=answers(MARTS), summary="The marts that the key may read")
def marts(asking: Question) -> Response:
    with asking.published.reading(asking.publication) as read:
        allowed = [key for key in read.marts() if f"{key.partition('.')[0]}:read" in asking.caller.scopes]

        def build() -> dict[str, Any]:
            return {
                "publication": read.identity.number,
                "as_of": read.identity.as_of,
                "items": [
                    {
                        "schema": key.partition(".")[0],
                        "mart": key.partition(".")[2],
                        "columns": [
                            {"name": field.name, "kind": field.kind, "personal": field.is_personal}
                            for field in read.fields(key) or ()
                        ],
                    }
                    for key in allowed
                ],
            }

        # Its columns change with its content's fingerprint, which is of them too; its number and as-of do so alone.
        return respond(asking, read, [*allowed, f"{read.identity.number} {read.identity.as_of}"], build)


@router.get(
    "/{schema}/{mart}",
    responses=answers(LIST),
    summary="Rows of a mart",
    description="Filters are `column=op.value` with op one of eq, ne, lt, le, gt, ge, in (values separated by commas),"
    " like (`%` and `_`), null (true or false); several hold together.",
)
def rows(
    asking: Question,
    schema: Schema,
    mart: Name,
    order: Order = None,
    fields: Fields = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Response:
    asking.require_domain(schema)
    pairs = [(name, value) for name, value in asking.request.query_params.multi_items() if name not in _OWN]
    if len(pairs) > 50:
        raise Problem(422, "at most 50 filters")
    ordered = [name.strip() for name in (order or "").split(",") if name.strip()]
    return list_rows(asking, f"{schema}.{mart}", read_filters(pairs), Page(fields, limit, cursor, ordered))
