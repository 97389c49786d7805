"""Printed reports of a box office that a mail brings: through Make.com, Mailgun, or as they are."""

from __future__ import annotations

import base64
import binascii
import email.utils
import hashlib
import time
from collections.abc import AsyncIterator
from datetime import UTC
from typing import Any

import anyio.to_thread
import orjson
from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import Response

from loaders.config import parse_instant
from web.answers.problems import Problem
from web.answers.schemas import answers
from web.config import Door
from web.inbox.events import STORED, Organization, body_in, require_write, told
from web.inbox.signatures import is_mailgun
from web.inbox.storing import Inbox, Stored, safe_name

router = APIRouter(tags=["inbox"])

MAX_PDF_BYTES = 25 * 1024 * 1024
# What its reader takes for a report that came by itself.
_FOLDER = "webhook"
_TOLERANCE_SECONDS = 15 * 60
_SAID = ("filename", "email_subject", "email_date", "email_id")
_NO_PDF = "the bytes are no PDF"


@router.post(
    "/inbox/box-office/{organization}",
    responses={**answers(STORED)},
    openapi_extra=body_in(("application/json", "multipart/form-data", "application/pdf")),
    summary="A printed report, as Make.com sends it, as a form, or as it is",
)
async def report(request: Request, organization: Organization) -> Response:
    require_write(request, organization)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        pdf, said = await _from_json(request)
    elif kind == "multipart/form-data":
        pdf, said = await _from_form(request)
    elif kind in ("application/pdf", "application/octet-stream"):
        pdf, said = b"".join([chunk async for chunk in request.stream()]), {}
    else:
        raise Problem(415, "expected application/json, multipart/form-data or application/pdf")
    return told(request, "box_office", await store(request.app.state.inbox, organization, pdf, said), 200)


@router.post(
    "/inbox/box-office/{organization}/mailgun",
    responses={**answers(STORED), **{406: {"description": "Forged: Mailgun does not send it again."}}},
    openapi_extra=body_in(("multipart/form-data", "application/x-www-form-urlencoded")),
    summary="A mail that Mailgun received, with reports attached",
)
async def mailgun(request: Request, organization: Organization) -> Response:
    door: Door = request.app.state.door
    if not door.mailgun_key:
        raise Problem(503, "MAILGUN_SIGNING_KEY is not set here", headers={"Retry-After": "600"})
    form = await _form(request)
    timestamp, token, signature = (str(form.get(name, "")) for name in ("timestamp", "token", "signature"))
    is_good = is_mailgun(
        door.mailgun_key, timestamp, token, signature, now=time.time(), tolerance_seconds=_TOLERANCE_SECONDS
    )
    if not is_good:
        request.app.state.figures.arrivals["box_office", "refused"] += 1
        raise Problem(406, "the signature is missing, wrong or too old", kind="bad-signature")
    said = {
        "email_subject": str(form.get("subject", "")),
        "email_date": str(form.get("Date", "")),
        "email_id": str(form.get("Message-Id", "")),
    }
    stored: list[Stored] = []
    for _, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if is_pdf(content):
                inbox: Inbox = request.app.state.inbox
                stored.append(await store(inbox, organization, content, {**said, "filename": value.filename or ""}))
    if not stored:
        request.app.state.figures.arrivals["box_office", "ignored"] += 1
        return Response(orjson.dumps({"status": "ignored", "id": ""}), media_type="application/json")
    return told(request, "box_office", next((each for each in stored if not each.is_duplicate), stored[0]), 200)


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]


async def store(inbox: Inbox, organization: str, pdf: bytes, said: dict[str, str]) -> Stored:
    """Store a report, and before it what its mail said. Raises `Problem`: 415 for no PDF, 413 for a large one."""
    if not is_pdf(pdf):
        raise Problem(415, _NO_PDF, [("#/body", "expected %PDF-")])
    if len(pdf) > MAX_PDF_BYTES:
        raise Problem(413, f"the report is larger than {MAX_PDF_BYTES:,} bytes")
    digest = hashlib.sha256(pdf).hexdigest()
    if await anyio.to_thread.run_sync(inbox.has, "box_office", organization, digest):
        return Stored(digest, is_duplicate=True)
    # By its bytes: so what its mail said stands beside it, whatever else has its name.
    stem = safe_name(said.get("filename") or "report.pdf").removesuffix(".pdf").removesuffix(".PDF")
    name = f"{stem}-{digest[:12]}.pdf"
    kept = {key: value for key, value in said.items() if value}
    if kept:
        if instant := _instant(kept.get("email_date", "")):
            kept["email_date"] = instant
        content = orjson.dumps(kept)
        await anyio.to_thread.run_sync(inbox.beside, "box_office", organization, f"{name}.json", content, _FOLDER)

    async def body() -> AsyncIterator[bytes]:
        yield pdf

    return await inbox.file("box_office", organization, name, body(), _FOLDER)


async def _from_json(request: Request) -> tuple[bytes, dict[str, str]]:
    body = b"".join([chunk async for chunk in request.stream()])
    try:
        said: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise Problem(422, "the body is no JSON object", [("#/body", "expected {pdf_base64, metadata}")])
    for name, why in (
        ("pdf_url", "addresses are not fetched; send the file as pdf_base64"),
        ("pdf_text", "text is not the report; send the file as pdf_base64"),
    ):
        if said.get(name):
            raise Problem(422, why, [(f"#/body/{name}", why)])
    encoded = said.get("pdf_base64")
    if not isinstance(encoded, str) or not encoded:
        raise Problem(422, "there is no pdf_base64", [("#/body/pdf_base64", "expected the file in base64")])
    try:
        pdf = base64.b64decode(encoded.partition(",")[2] if encoded.startswith("data:") else encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Problem(422, "pdf_base64 is no base64", [("#/body/pdf_base64", "expected base64")]) from None
    metadata = said.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    return pdf, {name: str(metadata[name])[:500] for name in _SAID if metadata.get(name)}


async def _from_form(request: Request) -> tuple[bytes, dict[str, str]]:
    form = await _form(request)
    found: tuple[bytes, str] | None = None
    for _, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if found is None or (is_pdf(content) and not is_pdf(found[0])):
                found = content, value.filename or ""
    if found is None:
        raise Problem(415, _NO_PDF, [("#/body", "expected a part with a file")])
    said = {name: str(form[name])[:500] for name in _SAID if isinstance(form.get(name), str)}
    return found[0], {**said, "filename": said.get("filename") or found[1]}


async def _form(request: Request) -> Any:
    try:
        return await request.form(max_files=20, max_fields=200, max_part_size=4 * 1024 * 1024)
    except (MultiPartException, AssertionError):
        raise Problem(422, "the form cannot be read", [("#/body", "expected a form")]) from None


def _instant(text: str) -> str | None:
    """A mail's date as RFC 3339; None where it is none."""
    found = parse_instant(text)
    if found is None:
        try:
            found = email.utils.parsedate_to_datetime(text)
        except (TypeError, ValueError, IndexError):
            return None
        if found.tzinfo is None:
            return None
    return found.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
