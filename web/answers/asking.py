"""What every question has in common: who asks, of whose data, of which publication, in which form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import orjson
from fastapi import Depends, Query, Request
from starlette.responses import Response

from loaders.publishing.catalogue import MART_SCHEMAS
from web.answers.problems import Problem
from web.keys import Caller
from web.published import Answer, Field, Published, Reading, described

VERSION = "1"
TENANTS = ("organization_id", "client_id")
VARY = "Authorization, Accept, Accept-Language"

Publication = Annotated[
    int | None, Query(ge=1, le=2**53, description="Answer from this publication, if it is still kept, not the newest.")
]
Organization = Annotated[
    str | None,
    Query(pattern="^[A-Za-z0-9_-]{1,64}$", description="Of the organisations that the key covers, only this one."),
]
Fields = Annotated[
    str | None,
    Query(max_length=4000, pattern="^[A-Za-z0-9_,]+$", description="Only these columns, separated by commas."),
]
Form = Annotated[Literal["json", "csv"] | None, Query(alias="format", description="json, or csv.")]


@dataclass(frozen=True)
class Asked:
    """A question. `form` is json or csv."""

    request: Request
    caller: Caller
    published: Published
    publication: int | None
    organization: str | None
    form: str

    def require(self, scope: str) -> None:
        """Raise `Problem` (403) unless the key has a scope."""
        if scope not in self.caller.scopes:
            raise Problem(403, f"this key has no scope {scope}", kind="missing-scope")

    def require_domain(self, schema: str) -> None:
        """Raise `Problem`: 404 where there is no such domain, 403 where the key may not read it."""
        if schema != "ops" and schema not in MART_SCHEMAS:
            raise Problem(404, f"there is no domain {schema}")
        self.require(f"{schema}:read")

    @property
    def organizations(self) -> list[str] | None:
        """The tenants whose rows may be answered; None: all. Another one's rows are as if they were not there."""
        covered = self.caller.organizations
        if self.organization is None:
            return sorted(covered) if covered is not None else None
        return [self.organization] if covered is None or self.organization in covered else []


async def asked(
    request: Request, publication: Publication = None, organization: Organization = None, form: Form = None
) -> Asked:
    accepts_csv = "text/csv" in request.headers.get("accept", "")
    return Asked(
        request,
        request.state.caller,
        request.app.state.published,
        publication,
        organization,
        form or ("csv" if accepts_csv else "json"),
    )


Question = Annotated[Asked, Depends(asked)]


def chosen_fields(read: Reading, mart: str, names: str | None, *, with_people: bool) -> list[Field]:
    """The columns that are answered. Raises `Problem`: 404 for a mart, 422 for columns that are not there."""
    there = read.fields(mart)
    if there is None:
        raise Problem(404, f"no mart {mart} is published")
    if names is None:
        return list(there)
    by_name = {field.name: field for field in there}
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in by_name]
    if unknown or not wanted:
        hidden = set(described().get(mart, {})) - set(by_name)
        why = "is personal: it needs scope pii:read" if not with_people else "is not published"
        errors = [(f"#/query/fields/{name}", why if name in hidden else "is no column of it") for name in unknown]
        raise Problem(422, f"{mart} has columns {', '.join(by_name)}", errors)
    return [by_name[name] for name in dict.fromkeys(wanted)]


def wants_people(asking: Asked, mart: str, names: str | None = None) -> bool:
    """Whether personal columns are asked for by somebody who may see them."""
    if not asking.caller.sees_people:
        return False
    personal = {name for name, is_personal in described().get(mart, {}).items() if is_personal}
    return bool(personal) if names is None else bool(personal & {name.strip() for name in names.split(",")})


def tenant_condition(asking: Asked, fields: Iterable[Field]) -> tuple[str, list[str]]:
    """The condition that keeps a question within its tenants. Raises `Problem` (404) where a mart has none."""
    allowed = asking.organizations
    column = next((field.name for field in fields if field.name in TENANTS), None)
    if allowed is None:
        return "true", []
    if column is None:
        raise Problem(404, "this mart is of all organisations together; a key of some of them has no part of it")
    if not allowed:
        return "false", []
    return f'"{column}" in ({", ".join(["%s"] * len(allowed))})', allowed


def respond(
    asking: Asked,
    read: Reading,
    marts: Sequence[str],
    build: Callable[[], Any],
    *,
    with_people: bool = False,
) -> Response:
    """An answer in JSON, or 304 where the asker has it. `build` makes it, or its bytes, unless it was made before."""
    request = asking.request
    if with_people:
        request.state.is_personal = True
    etag = etag_of(asking, read, marts, with_people=with_people)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": VARY}
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    # Answers with personal data are never cached: each one is logged.
    is_kept = not with_people and asking.publication is None
    key = cache_key(request.scope, asking.caller)
    found = read.answers.get(key) if is_kept else None
    if found is not None and found.etag == etag:
        return Response(found.body, headers=headers, media_type="application/json")
    made = build()
    body = made if isinstance(made, bytes) else orjson.dumps(made)
    response = Response(body, headers=headers, media_type="application/json")
    if is_kept:
        route = getattr(request.scope.get("route"), "path", "")
        read.answers.put(key, Answer(etag, tuple(response.raw_headers), body, route))
    return response


def cache_key(scope: Any, caller: Caller) -> tuple[str, ...]:
    """What an answer depends on besides the publication."""
    return scope["path"], scope["query_string"].decode("latin-1"), caller.signature


def etag_of(asking: Asked, read: Reading, marts: Sequence[str], *, with_people: bool) -> str:
    """Of the content of the marts read, not of a publication's number: that can be given again."""
    url = asking.request.url
    said = [
        VERSION,
        url.path,
        url.query,
        asking.form,
        asking.caller.signature,
        with_people,
        [(mart, read.identity.fingerprint(mart)) for mart in marts],
    ]
    return f'"{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]}"'


def matches(header: str | None, etag: str) -> bool:
    """Whether an If-None-Match names this answer."""
    if not header:
        return False
    return header.strip() == "*" or etag in [each.strip().removeprefix("W/") for each in header.split(",")]
