"""The `ledgerline` command: load, build, publish, run, refresh, edit, status, rejected, doctor, serve, key, demo.

Exit status: 0 all good; 1 something was rejected, quarantined or failed in this run, and the last lines say what and
where; 2 wrong usage. What the commands do is in `commands`; here nothing is imported that takes its time.
"""

from __future__ import annotations

import argparse
import gc
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime

from loaders.building.process import build_process
from loaders.config import ORGANIZATION_ID, ConfigError, export, load_settings
from loaders.logs import FORMATS, set_up
from loaders.sources.commands import EDITS, REFRESH, SCOPE_EXAMPLE

USAGE = 2
# Rows of JSON and dbt's nodes come by the million and hold few cycles; to look for those as often as Python does by
# default takes a seventh of a load's time and a tenth of a build's.
GARBAGE_THRESHOLDS = (100_000, 50, 1_000)

log = logging.getLogger("ledgerline")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command not in ("build", "edit"):
        parser.error(f"unknown argument {rest[0]!r}")
    options.rest = rest
    set_up(options.command, options.log_format, quiet=options.quiet)
    if wrong := _wrong_usage(options):
        print(f"ledgerline {options.command}: {wrong}", file=sys.stderr)
        return USAGE
    try:
        settings = load_settings(now=datetime.now(UTC))
        if options.command == "demo":
            # Every other command does this itself.
            from loaders.sources.registry import check_settings  # noqa: PLC0415

            check_settings(settings)
    except ConfigError as error:
        log.error("ledgerline: %s", error)
        return USAGE
    if options.command in ("serve", "key"):
        # Before the run's clock goes into the environment: what the front door starts has a clock of its own.
        from loaders.command import front_door  # noqa: PLC0415

        return {"serve": front_door.serve, "key": front_door.key}[options.command](options, settings)
    export(settings)
    if options.command == "demo":
        # Here and not among the commands: it runs this one.
        from loaders.samples.demo import run_demo  # noqa: PLC0415

        return run_demo(main, quiet=options.quiet)
    with build_process(settings, options) if options.builds else nullcontext() as dbt:
        # Not at the top: dbt gets ready while this takes its time.
        from loaders.command.commands import perform  # noqa: PLC0415

        return perform(options, settings, dbt)


def _wrong_usage(options: argparse.Namespace) -> str | None:
    if options.command != "refresh":
        return None
    if (options.mode == "org") != bool(options.organization):
        return "expected full, recent, or org and an organisation's id"
    if options.organization and not ORGANIZATION_ID.fullmatch(options.organization):
        return f"{options.organization!r} is no organisation id (1-64 of A-Z a-z 0-9 _ -)"
    return None


def _add_with_pii(command: argparse._ActionsContainer) -> None:
    command.add_argument(
        "--with-pii", action="store_true", help="also a second file with personal columns, for its owner alone"
    )


def _add_front_door(add: Callable[..., argparse.ArgumentParser]) -> None:
    serving = add("serve", "answer programs over HTTP from what is published, and take what they push")
    serving.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine alone)")
    serving.add_argument("--port", type=int, default=8420, help="the port (default: 8420; 0: any that is free)")
    serving.add_argument(
        "--open", action="store_true", help="read without a key, on this machine alone; personal columns stay hidden"
    )
    serving.add_argument(
        "--no-runs", action="store_true", help="start no run when something arrives: a schedule of its own does"
    )
    serving.add_argument("--root-path", default="", metavar="/PREFIX", help="the path below which a proxy shows it")
    keys = add("key", "who may ask the front door for what")
    actions = keys.add_subparsers(dest="action", required=True, metavar="create|list|revoke")
    creating = actions.add_parser("create", help="make a key; it alone goes to stdout", allow_abbrev=False)
    creating.add_argument("name", metavar="NAME", help="whose key it is")
    creating.add_argument("--scope", action="append", help=f"what it may do, such as {SCOPE_EXAMPLE}; may repeat")
    creating.add_argument("--org", action="append", metavar="ID", help="of whom (default: of all); may repeat")
    creating.add_argument("--email", help="where its holder is reached")
    creating.add_argument("--expires", metavar="YYYY-MM-DD", help="until when it holds (default: until it is revoked)")
    actions.add_parser("list", help="every key, without its text", allow_abbrev=False)
    actions.add_parser("revoke", help="refuse a key from now on", allow_abbrev=False).add_argument("id", metavar="ID")


def _source_name(text: str) -> str:
    from loaders.sources.registry import SOURCES  # noqa: PLC0415

    if text not in SOURCES:
        raise argparse.ArgumentTypeError(f"no source {text!r}; expected one of {', '.join(SOURCES)}")
    return text


def _parser() -> argparse.ArgumentParser:
    quiet = argparse.ArgumentParser(add_help=False)
    quiet.add_argument("--quiet", action="store_true", help="say only what is wrong")
    quiet.add_argument(
        "--log-format", choices=FORMATS, default="text", help="lines for people, or JSON (default: text)"
    )
    parser = argparse.ArgumentParser(
        prog="ledgerline",
        description="Land, build, test and publish an analytics warehouse.",
        epilog="The home is LEDGERLINE_HOME (default ./data of the project), the engine LEDGERLINE_TARGET (duckdb, "
        "postgres), the clock LEDGERLINE_AS_OF (RFC 3339; default: now). Exit status: 0 all good, 1 something was "
        "rejected, quarantined or failed, 2 wrong usage.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str, *, builds: bool = False, is_dbt_quiet: bool = True) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[quiet], allow_abbrev=False)
        # dbt keeps its lines to itself, but where somebody asked for a build: what failed is in the last lines.
        command.set_defaults(builds=builds, domain=None, is_dbt_quiet=is_dbt_quiet)
        return command

    loading = add("load", "land what is new in landing/: all sources when none is named")
    running = add("run", "load, build and publish: what a scheduler calls", builds=True)
    for command in (loading, running):
        command.add_argument("sources", nargs="*", metavar="SOURCE", type=_source_name)
    _add_with_pii(running)
    refreshing = add("refresh", REFRESH.text, builds=True)
    refreshing.add_argument(
        "mode", choices=["full", "recent", "org"], help="all of the API's history, a recent window, or one organisation"
    )
    refreshing.add_argument("organization", nargs="?", metavar="ID", help="with org: whose files and API to load")
    refreshing.set_defaults(sources=[REFRESH.source], domain=(REFRESH.source, REFRESH.domain))
    add(
        "build",
        "`dbt build` with the same home, target and as-of; further arguments go to dbt",
        builds=True,
        is_dbt_quiet=False,
    )
    publishing = add(
        "publish", "replace what BI reads by the domains whose last build passed, or bring back an earlier one"
    )
    which = publishing.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="the publications that can come back, newest first")
    which.add_argument("--undo", action="store_true", help="bring back the publication before the current one")
    which.add_argument("--to", type=int, metavar="ID", help="bring back this publication")
    _add_with_pii(which)
    editing = add("edit", "; ".join(edited.text for edited in EDITS.values()))
    editing.add_argument("thing", choices=list(EDITS))
    editing.add_argument("code", metavar="CODE")
    editing.add_argument("--effective-from", metavar="YYYY-MM-DD", help="first day it holds (default: the as-of day)")
    editing.add_argument("--by", metavar="NAME", help="who changed it (default: LEDGERLINE_USER, else the login)")
    editing.add_argument("--note", metavar="TEXT", help="why")
    editing.epilog = " ".join(f"Fields: {edited.fields}" for edited in EDITS.values())
    asking = add("status", "last success, failure and age of every job and source, and what readers see")
    asking.add_argument("--json", action="store_true", help="as JSON")
    asking.add_argument("--alert", action="store_true", help="also tell what is new: for a timer of its own")
    asking.epilog = (
        "Exit status: 1 when a job failed, a scheduled job or a source is stale, or a publication is held back."
    )
    listing = add("rejected", "what was refused and why, newest first; personal data is hidden")
    listing.add_argument("sources", nargs="*", metavar="SOURCE", type=_source_name)
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default: 20)")
    add("doctor", "whether home, versions, credentials and engine are well, and what to do").add_argument(
        "--json", action="store_true", help="as JSON"
    )
    add("recover", "make a broken warehouse anew of landing/ and the journal, build and publish", builds=True)
    _add_front_door(add)
    add("demo", "sample data through the whole path into a throw-away home")
    return parser
