"""The `ledgerline` command: load, build, publish, run, refresh, edit, status, rejected, doctor, demo.

Exit status: 0 all good; 1 something was rejected, quarantined or failed in this run, and the last lines say what and
where; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from loaders.config import ORGANIZATION_ID, ConfigError, Settings, export, load_settings
from loaders.logs import FORMATS, set_up
from loaders.reading_commands import doctor, rejected, show_or_restore, status
from loaders.runs import LockedError, Run
from loaders.warehouse import Warehouse, WarehouseError, close_to_others
from loaders.writing import writing

OK, PROBLEM, USAGE = 0, 1, 2
# What `ledgerline refresh` builds: the folder of its staging models, and that of its seeds, models and tests.
APPOINTMENTS = ("square", "appointments")
# Rows of JSON and dbt's nodes come by the million and hold few cycles; to look for those as often as Python does by
# default takes a seventh of a load's time and a tenth of a build's.
GARBAGE_THRESHOLDS = (100_000, 50, 1_000)
# The last lines name this many problems; all of them are in ops.
PROBLEMS_SHOWN = 20

if TYPE_CHECKING:
    from loaders.build_process import BuildProcess
    from loaders.landing import Outcome
    from loaders.source import Source

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
    try:
        settings = load_settings(now=datetime.now(UTC))
        export(settings)
        return options.function(options, settings)
    except ConfigError as error:
        log.error("ledgerline: %s", error)
        return USAGE
    except (LockedError, WarehouseError) as error:
        log.error("ledgerline: %s", error)
        return PROBLEM
    except (OSError, duckdb.Error) as error:
        # A full disk, a permission: no fault of the code, so no traceback.
        log.error(
            "ledgerline: %s: %s. What readers see is as it was; mend that, then run it again",
            type(error).__name__,
            str(error).splitlines()[0],
        )
        return PROBLEM


def load(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline load`: land what is new."""
    with writing(settings, "load", options) as (warehouse, run):
        problems = _load(options, settings, warehouse, run)
    return _finish(problems)


def build(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline build`: dbt build with the same home, target and as-of."""
    with _dbt(settings, quiet=options.quiet) as dbt, writing(settings, "build", options) as (_, run):
        problems = _build(["build", *options.rest], settings, run, dbt)
    return _finish(problems)


def publish(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline publish`: replace what BI reads if the last build passed; or show or bring back an earlier one."""
    if options.list or options.undo or options.to is not None:
        return show_or_restore(options, settings)
    with writing(settings, "publish", options) as (warehouse, run):
        problems = _publish(settings, warehouse, run, with_pii=options.with_pii)
    return _finish(problems)


def run(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline run`: load, build, publish. What cannot be read stops nothing; a failed build publishes nothing."""
    # dbt keeps its lines to itself: what failed is in the last ones.
    with _dbt(settings, quiet=True) as dbt, writing(settings, "run", options) as (warehouse, logged):
        problems = _load(options, settings, warehouse, logged)
        # Unit tests prove the models on made-up rows, not this data; `ledgerline build` and CI run them.
        failed = _build(["build", "--exclude-resource-type", "unit_test"], settings, logged, dbt)
        problems += failed or _publish(settings, warehouse, logged, with_pii=options.with_pii)
    return _finish(problems)


def refresh(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline refresh full|recent|org ID`: customer analytics alone: load, build its domain, test, publish."""
    from loaders.build import domain_selection, remember_whole_build  # noqa: PLC0415

    if (options.mode == "org") != bool(options.organization):
        print("ledgerline refresh: expected full, recent, or org and an organisation's id", file=sys.stderr)
        return USAGE
    if options.organization and not ORGANIZATION_ID.fullmatch(options.organization):
        print(
            f"ledgerline refresh: {options.organization!r} is no organisation id (1-64 of A-Z a-z 0-9 _ -)",
            file=sys.stderr,
        )
        return USAGE
    options.sources = ["square"]
    os.environ["LEDGERLINE_BUILD_SCOPE"] = APPOINTMENTS[1]
    # Many small models: dbt's threads would wait for each other, and the engine has its own.
    os.environ.setdefault("LEDGERLINE_THREADS", "1")
    # dbt's files for other tools describe the whole project; `ledgerline build` and `run` write them.
    os.environ.setdefault("DBT_WRITE_JSON", "false")
    with _dbt(settings, quiet=True) as dbt, writing(settings, "refresh", options) as (warehouse, logged):
        problems = _load(options, settings, warehouse, logged)
        selection, is_whole = domain_selection(APPOINTMENTS, settings, warehouse, is_full=options.mode == "full")
        command = ["build", "--exclude-resource-type", "unit_test", *selection]
        failed = _build(command, settings, logged, dbt)
        if not failed and is_whole:
            remember_whole_build(APPOINTMENTS, settings)
        problems += failed or _publish(settings, warehouse, logged)
    return _finish(problems)


def edit(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline edit performance CODE --capacity 1440 …`: metadata, never sales."""
    from loaders.box_office.edits import EditRefused, UnknownCode, apply_edit, read_edit  # noqa: PLC0415

    try:
        wanted = read_edit(options.code, _pairs(options.rest), options.effective_from, options.by, options.note)
    except EditRefused as refused:
        print(f"ledgerline edit: {refused}", file=sys.stderr)
        return USAGE
    with writing(settings, "edit", options) as (warehouse, logged):
        try:
            apply_edit(wanted, settings, warehouse)
        except UnknownCode as refused:
            print(f"ledgerline edit: {refused}", file=sys.stderr)
            return PROBLEM
        logged.rows_in = logged.rows_out = 1
    said = ", ".join(f"{field} = {'cleared' if value is None else value}" for field, value in wanted.fields.items())
    print(f"{wanted.performance_code}: {said}. `ledgerline run` (or build) brings it into the marts.")
    return OK


def recover(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline recover`: a warehouse that broke, made anew of landing/ and the journal; then build and publish."""
    from loaders import journal, recovery  # noqa: PLC0415

    if settings.target != "duckdb" or not journal.read(settings):
        log.error(
            "ledgerline recover: %s",
            "a server is restored from its own backups"
            if settings.target != "duckdb"
            else f"{settings.state} has no journal to recover from; `ledgerline run` lands what is in landing/",
        )
        return PROBLEM
    # The old one goes under the lock under which the new one comes: no other run may make one in between.
    recovering = writing(settings, "recover", options, lambda: recovery.set_aside(settings))
    with _dbt(settings, quiet=True) as dbt, recovering as (warehouse, logged):
        problems = recovery.recover(settings, warehouse, logged.run_id, quiet=options.quiet)
        failed = _build(["build", "--exclude-resource-type", "unit_test"], settings, logged, dbt)
        problems += failed or _publish(settings, warehouse, logged)
    return _finish(problems)


def demo(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline demo`: sample data through the whole path into a throw-away home."""
    from loaders.demo import run_demo  # noqa: PLC0415

    return run_demo(main, quiet=options.quiet)


def _load(options: argparse.Namespace, settings: Settings, warehouse: Warehouse, run: Run) -> list[str]:
    from loaders.landing import Outcome, next_run  # noqa: PLC0415
    from loaders.sources import SOURCES  # noqa: PLC0415

    started = time.perf_counter()
    landed_run = next_run(warehouse)
    total = Outcome()
    if not settings.landing.is_dir():
        settings.landing.mkdir(parents=True)
        close_to_others(settings.landing)
    for name in options.sources or SOURCES:
        (settings.landing / name).mkdir(parents=True, exist_ok=True)
        outcome = _land(SOURCES[name], options, settings, warehouse, landed_run)
        log.info(
            "load %s: %d new files, %d known; %d rows read, %d landed, %d problems",
            name,
            outcome.files_new,
            outcome.files_known,
            outcome.rows_read,
            outcome.rows_landed,
            len(outcome.problems),
        )
        total.add(outcome)
    run.rows_in, run.rows_out = total.rows_read, total.rows_landed
    run.payload.update(
        files_new=total.files_new, files_known=total.files_known, parse_seconds=round(total.parse_seconds, 3)
    )
    _seconds(run, "load", started)
    # Refusing bad input is the job done well: the run completes, says what it refused and ends with status 1. A source
    # that could not be read is a run that failed, whatever else it did.
    run.error = "; ".join(total.failures)
    run.payload["problems"] = len(total.problems)
    return total.problems


def _land(
    source: Source, options: argparse.Namespace, settings: Settings, warehouse: Warehouse, landed_run: int
) -> Outcome:
    """Land what is new of one source: what its API has, where its credentials are set, and its files."""
    from loaders.api_pages import land_pages  # noqa: PLC0415
    from loaders.landing import Outcome, land  # noqa: PLC0415

    tenant = getattr(options, "organization", None) or ""
    outcome = Outcome()
    if source.extract is not None:
        mode = "full" if getattr(options, "mode", "") == "full" else "recent"
        pages = source.extract(settings, warehouse, mode, tenant)
        outcome.add(land_pages(source, settings, warehouse, landed_run, pages))
    outcome.add(land(source, settings, warehouse, landed_run, quiet=options.quiet, only_tenant=tenant))
    return outcome


def _dbt(settings: Settings, *, quiet: bool) -> AbstractContextManager[BuildProcess]:
    from loaders.build_process import build_process  # noqa: PLC0415

    return build_process(settings, quiet=quiet)


def _build(command: Sequence[str], settings: Settings, run: Run, dbt: BuildProcess) -> list[str]:
    from loaders.build import look_back  # noqa: PLC0415

    log.info("build: models and tests for %s", settings.as_of.isoformat(timespec="seconds"))
    started = time.perf_counter()
    dbt.wait_until_ready()
    _seconds(run, "wait for dbt", started)
    started = time.perf_counter()
    result = dbt.run(command)
    _seconds(run, "build", started)
    run.payload["node_seconds"] = {kind: round(seconds, 3) for kind, seconds in sorted(result.seconds.items())}
    if result.passed:
        log.info("build: all models and tests passed")
        looked_back = look_back(settings, Warehouse(settings))
        if looked_back:
            log.warning(looked_back)
        return []
    problems = [f"build failed: {failure}" for failure in result.failures] or ["build failed; dbt says why above"]
    run.error = problems[0]
    return problems


def _publish(settings: Settings, warehouse: Warehouse, run: Run, *, with_pii: bool = False) -> list[str]:
    from loaders.publishing import PublishError  # noqa: PLC0415
    from loaders.publishing import publish as replace_published  # noqa: PLC0415

    started = time.perf_counter()
    try:
        publication = replace_published(settings, warehouse, run.run_id, with_pii=with_pii)
    except PublishError as error:
        run.error = f"not published: {error}"
        return [run.error]
    _seconds(run, "publish", started)
    run.payload["publication"] = publication.number
    log.info(
        "publish: %d marts in %s: publication %d, %s",
        len(publication.rows),
        settings.where_published,
        publication.number,
        "no mart changed" if publication.is_same else f"{publication.written} marts written",
    )
    return []


def _seconds(run: Run, step: str, started: float) -> None:
    run.payload.setdefault("seconds", {})[step] = round(time.perf_counter() - started, 3)


def _finish(problems: Sequence[str]) -> int:
    for problem in problems[:PROBLEMS_SHOWN]:
        log.error("%s", problem)
    if len(problems) > PROBLEMS_SHOWN:
        more = len(problems) - PROBLEMS_SHOWN
        log.error("and %d more: `ledgerline rejected` lists them", more)
    return PROBLEM if problems else OK


def _pairs(rest: Sequence[str]) -> dict[str, str]:
    """`--capacity 1440` and `--capacity=1440` as fields and values. Exits 2 on anything else."""
    from loaders.box_office.edits import EditRefused  # noqa: PLC0415

    pairs: dict[str, str] = {}
    words = list(rest)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            raise EditRefused(f"unknown argument {word!r}; a field is given as --capacity 1440")
        name, equals, value = word[2:].partition("=")
        if not equals:
            if not words:
                raise EditRefused(f"{word} has no value")
            value = words.pop(0)
        field = name.replace("-", "_")
        if field in pairs:
            raise EditRefused(f"--{name} is there twice")
        pairs[field] = value
    return pairs


def _add_with_pii(command: argparse._ActionsContainer) -> None:
    command.add_argument(
        "--with-pii", action="store_true", help="also a second file with personal columns, for its owner alone"
    )


def _source_name(text: str) -> str:
    from loaders.sources import SOURCES  # noqa: PLC0415

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

    def add(name: str, function: Callable[..., int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[quiet], allow_abbrev=False)
        command.set_defaults(function=function)
        return command

    for name, function, text in (
        ("load", load, "land what is new in landing/: all sources when none is named"),
        ("run", run, "load, build and publish: what a scheduler calls"),
    ):
        command = add(name, function, text)
        command.add_argument("sources", nargs="*", metavar="SOURCE", type=_source_name)
        if name == "run":
            _add_with_pii(command)
    refreshing = add("refresh", refresh, "customer analytics alone: load Square, build its domain, test, publish")
    refreshing.add_argument(
        "mode", choices=["full", "recent", "org"], help="all of the API's history, a recent window, or one organisation"
    )
    refreshing.add_argument("organization", nargs="?", metavar="ID", help="with org: whose files and API to load")
    add("build", build, "`dbt build` with the same home, target and as-of; further arguments go to dbt")
    publishing = add("publish", publish, "replace what BI reads if the last build passed, or bring back an earlier one")
    which = publishing.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="the publications that can come back, newest first")
    which.add_argument("--undo", action="store_true", help="bring back the publication before the current one")
    which.add_argument("--to", type=int, metavar="ID", help="bring back this publication")
    _add_with_pii(which)
    editing = add("edit", edit, "edit a performance's metadata, never its sales: --capacity 1440 --budget-goal 150000")
    editing.add_argument("thing", choices=["performance"])
    editing.add_argument("code", metavar="CODE")
    editing.add_argument("--effective-from", metavar="YYYY-MM-DD", help="first day it holds (default: the as-of day)")
    editing.add_argument("--by", metavar="NAME", help="who changed it (default: LEDGERLINE_USER, else the login)")
    editing.add_argument("--note", metavar="TEXT", help="why")
    editing.epilog = (
        "Fields: --title --series --venue --season 30-31 --performance-date YYYY-MM-DD --capacity 1..100000 "
        "--budget-goal AMOUNT --occupancy-goal 0..100 --cancelled true|false; NULL clears one."
    )
    asking = add("status", status, "last success, failure and age of every job and source, and what readers see")
    asking.add_argument("--json", action="store_true", help="as JSON")
    asking.add_argument("--alert", action="store_true", help="also tell what is new: for a timer of its own")
    asking.epilog = (
        "Exit status: 1 when a job failed, a scheduled job or a source is stale, or a publication is held back."
    )
    listing = add("rejected", rejected, "what was refused and why, newest first; personal data is hidden")
    listing.add_argument("sources", nargs="*", metavar="SOURCE", type=_source_name)
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default: 20)")
    add("doctor", doctor, "whether home, versions, credentials and engine are well, and what to do").add_argument(
        "--json", action="store_true", help="as JSON"
    )
    add("recover", recover, "make a broken warehouse anew of landing/ and the journal, build and publish")
    add("demo", demo, "sample data through the whole path into a throw-away home")
    return parser
