"""`ledgerline serve` and `ledgerline key`: the front door's process, and who may come in."""

from __future__ import annotations

import argparse
import logging
import sys
from datetime import UTC, datetime

from loaders.config import ORGANIZATION_ID, ConfigError, Settings, parse_instant
from loaders.sources.commands import SCOPE_EXAMPLE

OK, PROBLEM, USAGE = 0, 1, 2

log = logging.getLogger("ledgerline")


def serve(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline serve`: answer programs from what is published, and take what they push."""
    try:
        from web.config import LOOPBACK, load_door  # noqa: PLC0415
        from web.serve import serve as listen  # noqa: PLC0415
    except ModuleNotFoundError as error:
        log.error("ledgerline serve: module %s is not installed; pip install '.[web]' installs it", error.name)
        return PROBLEM
    if options.open and options.host not in LOOPBACK:
        print(
            f"ledgerline serve: --open answers without keys, so it listens on this machine alone, not on"
            f" {options.host!r}; leave --host out, or make keys with `ledgerline key create`",
            file=sys.stderr,
        )
        return USAGE
    root_path = options.root_path.rstrip("/")
    if root_path and not root_path.startswith("/"):
        print(f"ledgerline serve: --root-path is {root_path!r}, expected /prefix", file=sys.stderr)
        return USAGE
    try:
        door = load_door(settings.environment, options.host)
        return listen(
            settings,
            door,
            options.host,
            options.port,
            is_open=options.open,
            root_path=root_path,
            runs_arrivals=not options.no_runs,
        )
    except ConfigError as error:
        log.error("ledgerline: %s", error)
        return USAGE


def key(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline key create|list|revoke`: who may ask for what."""
    from web.keys import Keyring  # noqa: PLC0415

    keys = Keyring(settings.state)
    if options.action == "create":
        return _create(options, keys)
    if options.action == "revoke":
        revoked = keys.revoke(options.id)
        if revoked is None:
            print(f"ledgerline key: no key {options.id}; `ledgerline key list` shows them", file=sys.stderr)
            return PROBLEM
        print(f"key {revoked.id} ({revoked.name}) is refused from now on", file=sys.stderr)
        return OK
    found = keys.all()
    if not found:
        print(f"There are no keys. `ledgerline key create NAME --scope {SCOPE_EXAMPLE}` makes one.")
        return OK
    now = datetime.now(UTC)
    lines = [("id", "name", "state", "organizations", "scopes", "created_at", "expires_at")]
    lines += [
        (
            each.id,
            each.name,
            each.state(now),
            ",".join(each.organizations) or "all",
            ",".join(each.scopes),
            each.created_at,
            each.expires_at or "never",
        )
        for each in found
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    return OK


def _create(options: argparse.Namespace, keys: object) -> int:
    from web.keys import SCOPES, Keyring  # noqa: PLC0415

    assert isinstance(keys, Keyring)
    wrong = [scope for scope in options.scope or [] if scope not in SCOPES]
    if wrong or not options.scope:
        said = f"no scope {wrong[0]!r}" if wrong else "a key needs a --scope"
        print(f"ledgerline key: {said}; expected some of {', '.join(SCOPES)}", file=sys.stderr)
        return USAGE
    for organization in options.org or []:
        if not ORGANIZATION_ID.fullmatch(organization):
            print(f"ledgerline key: --org is {organization!r}, expected 1-64 of A-Z a-z 0-9 _ -", file=sys.stderr)
            return USAGE
    if not options.name.strip() or not options.name.isprintable():
        print("ledgerline key: a key's name is text that can be printed", file=sys.stderr)
        return USAGE
    expires_at = None
    if options.expires:
        text = options.expires if "T" in options.expires.upper() else f"{options.expires}T00:00:00Z"
        expires_at = parse_instant(text)
        if expires_at is None or expires_at <= datetime.now(UTC):
            print(
                f"ledgerline key: --expires is {options.expires!r}, expected a day or instant to come, such as"
                " 2031-01-31 or 2031-01-31T18:00:00Z",
                file=sys.stderr,
            )
            return USAGE
    made, text = keys.create(options.name, options.scope, options.org or [], options.email or "", expires_at)
    covered = ", ".join(made.organizations) or "all organisations"
    print(
        f"key {made.id} ({made.name}): {', '.join(made.scopes)} of {covered}"
        f"{f', until {made.expires_at}' if made.expires_at else ''}. It is shown this once:",
        file=sys.stderr,
    )
    print(text)
    return OK
