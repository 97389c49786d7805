"""What answers are, as OpenAPI tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loaders.publishing.catalogue import read_marts
from web.answers.problems import MEDIA_TYPE

Json = dict[str, Any]

PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_ANY_ROW: Json = {"type": "object", "additionalProperties": True}


def list_of(item: Json) -> Json:
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": item}, "next": {"type": ["string", "null"]}},
    }


LIST = list_of(_ANY_ROW)
MARTS: Json = {
    "type": "object",
    "required": ["publication", "as_of", "items"],
    "properties": {
        "publication": {"type": "integer"},
        "as_of": {"type": "string", "format": "date-time"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["schema", "mart", "columns"],
                "properties": {
                    "schema": {"type": "string"},
                    "mart": {"type": "string"},
                    "columns": {"type": "array", "items": _ANY_ROW},
                },
            },
        },
    },
}

_TYPES: Mapping[str, Json] = {
    "varchar": {"type": "string"},
    "integer": {"type": "integer"},
    "bigint": {"type": "integer"},
    "double precision": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamptz": {"type": "string", "format": "date-time"},
    "timestamp": {"type": "string"},
}
_DECIMAL: Json = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}


def row_of(mart: str) -> Json:
    """A row of a mart by its contract. With `fields`, and without the right to personal columns, some are not there."""
    columns = next(each.columns for each in read_marts() if each.key == mart)
    properties = {}
    for column in columns:
        kind = dict(_DECIMAL if column.data_type.startswith("decimal") else _TYPES[column.data_type])
        properties[column.name] = {**kind, "type": [kind["type"], "null"]}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def answers(schema: Json, *, status: int = 200, media_type: str = "application/json") -> dict[int | str, Json]:
    """The answers of a route: what it is for, and that something is wrong."""
    content: Json = {media_type: {"schema": schema}}
    if schema.get("required") == ["items", "next"]:
        content["text/csv"] = {"schema": {"type": "string"}}
    problem = {"content": {MEDIA_TYPE: {"schema": PROBLEM}}}
    said: dict[int | str, Json] = {status: {"description": "The answer.", "content": content}}
    if status == 200:
        said[304] = {"description": "It has not changed: If-None-Match names it."}
    for code, text in _PROBLEMS.items():
        said[code] = {"description": text, **problem}
    return said


_PROBLEMS = {
    400: "No HTTP, or something is missing.",
    401: "No key, or one that does not hold.",
    403: "The key has not the scope.",
    404: "Not there, or of another organisation.",
    409: "There in several organisations, or at work already.",
    413: "Too large.",
    414: "The address is too long.",
    415: "Not of this kind.",
    421: "This host is not served.",
    422: "Not understood; `errors` says where.",
    429: "Too often; Retry-After says when.",
    503: "Not now; Retry-After says when.",
    507: "The disk is full: nothing was stored.",
}
