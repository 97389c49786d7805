"""What each `ledgerline` command does, and how it says what went wrong."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from loaders.command.read_only import OK, PROBLEM, doctor, rejected, show_or_restore, status
from loaders.command.writing import writing
from loaders.config import ConfigError, Settings
from loaders.operations.runs import LockedError, Run
from loaders.readers.dates import limited
from loaders.source import EditRefused, UnknownCode
from loaders.sources.commands import EDITS
from loaders.sources.registry import HOME_SEEDS, SOURCES, check_settings
from loaders.warehouse.engine import Warehouse, WarehouseError, close_to_others

if TYPE_CHECKING:
    from loaders.building.process import BuildProcess
    from loaders.landing.writing import Outcome
    from loaders.source import Source

USAGE = 2
# Many small models: while the engine makes one, dbt gets the next ready; more threads would wait for each other. Its
# log and its files for other tools take as long as some models do: `ledgerline build` and `run` write those, and what
# fails is in the last lines.
REFRESH_ENVIRONMENT = {
    "LEDGERLINE_THREADS": "2",
    "DBT_WRITE_JSON": "false",
    "DBT_LOG_LEVEL": "none",
    "DBT_LOG_LEVEL_FILE": "none",
}
# The last lines name this many problems; all of them are in ops.
PROBLEMS_SHOWN = 20

log = logging.getLogger("ledgerline")


def perform(options: argparse.Namespace, settings: Settings, dbt: BuildProcess | None) -> int:
    """Do what the command line says; the exit status. `dbt` is there for a command that builds."""
    command: Callable[..., int] = _COMMANDS[options.command]
    try:
        with limited(settings.date_limits):
            check_settings(settings)
            if dbt is not None:
                dbt.begin()
            return command(options, settings, dbt) if dbt else command(options, settings)
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
    except KeyboardInterrupt:
        log.error("ledgerline: interrupted. Nothing is half published, and the same command goes on from here")
        return PROBLEM


@contextmanager
def _settled(
    settings: Settings, job: str, options: argparse.Namespace, before: Callable[[], None] | None = None
) -> Iterator[tuple[Warehouse, Run]]:
    """`writing`, of a command that loads or builds: what the home's settings files say comes first, or nothing does."""
    from loaders.settings.landed import land_settings  # noqa: PLC0415

    with writing(settings, job, options, before) as (warehouse, run):
        land_settings(HOME_SEEDS, settings, warehouse)
        yield warehouse, run


def load(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline load`: land what is new."""
    with _settled(settings, "load", options) as (warehouse, run):
        problems = _load(options, settings, warehouse, run)
    return _finish(problems)


def build(options: argparse.Namespace, settings: Settings, dbt: BuildProcess) -> int:
    """`ledgerline build`: dbt build with the same home, target and as-of."""
    with _settled(settings, "build", options) as (_, run):
        problems = _build(["build", *options.rest], settings, run, dbt)
    return _finish(problems)


def publish(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline publish`: replace what BI reads if the last build passed; or show or bring back an earlier one."""
    if options.list or options.undo or options.to is not None:
        return show_or_restore(options, settings)
    with writing(settings, "publish", options) as (warehouse, run):
        problems = _publish(settings, warehouse, run, with_pii=options.with_pii)
    return _finish(problems)


def run(options: argparse.Namespace, settings: Settings, dbt: BuildProcess) -> int:
    """`ledgerline run`: load, build, publish. What cannot be read stops nothing; what fails holds back its domains."""
    with _settled(settings, "run", options) as (warehouse, logged):
        problems = _load(options, settings, warehouse, logged)
        # Unit tests prove the models on made-up rows, not this data; `ledgerline build` and CI run them.
        failed = _build(["build", "--exclude-resource-type", "unit_test"], settings, logged, dbt)
        held_back = _publish(settings, warehouse, logged, with_pii=options.with_pii, is_failed=bool(failed))
    return _finish([*problems, *failed], held_back)


def refresh(options: argparse.Namespace, settings: Settings, dbt: BuildProcess) -> int:
    """`ledgerline refresh full|recent|org ID`: one domain alone: load, build, test, publish."""
    from loaders.building.dbt import domain_selection, remember_whole_build  # noqa: PLC0415

    with _settled(settings, "refresh", options) as (warehouse, logged):
        problems = _load(options, settings, warehouse, logged)
        selection, is_whole = domain_selection(options.domain, settings, warehouse, is_full=options.mode == "full")
        command = ["build", "--exclude-resource-type", "unit_test", *selection]
        environment = {**REFRESH_ENVIRONMENT, "LEDGERLINE_BUILD_SCOPE": options.domain[1]}
        if not is_whole:
            environment["LEDGERLINE_COLUMNS_HOLD"] = "true"
        failed = _build(command, settings, logged, dbt, environment)
        if not failed and is_whole:
            remember_whole_build(options.domain, settings, warehouse)
        held_back = _publish(settings, warehouse, logged, is_failed=bool(failed))
    return _finish([*problems, *failed], held_back)


def edit(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline edit THING CODE --FIELD VALUE …`: what no file says."""
    source = SOURCES[EDITS[options.thing].source]
    editor = source.edits[options.thing]
    try:
        fields = _pairs(options.rest, EDITS[options.thing].example)
        wanted = editor.read(options.code, fields, options.effective_from, options.by, options.note)
    except EditRefused as refused:
        print(f"ledgerline edit: {refused}", file=sys.stderr)
        return USAGE
    with writing(settings, "edit", options) as (warehouse, logged):
        try:
            editor.apply(source, wanted, settings, warehouse)
        except UnknownCode as refused:
            print(f"ledgerline edit: {refused}", file=sys.stderr)
            return PROBLEM
        logged.rows_in = logged.rows_out = 1
    said = ", ".join(f"{field} = {'cleared' if value is None else value}" for field, value in wanted.fields.items())
    print(f"{wanted.code}: {said}. `ledgerline run` (or build) brings it into the marts.")
    return OK


def recover(options: argparse.Namespace, settings: Settings, dbt: BuildProcess) -> int:
    """`ledgerline recover`: a warehouse that broke, made anew of landing/ and the journal; then build and publish."""
    from loaders.operations import journal, recovery  # noqa: PLC0415

    if settings.target != "duckdb" or not journal.read(settings):
        log.error(
            "ledgerline recover: %s",
            "a server is restored from its own backups"
            if settings.target != "duckdb"
            else f"{settings.state} has no journal to recover from; `ledgerline run` lands what is in landing/",
        )
        return PROBLEM
    # The old one goes under the lock under which the new one comes: no other run may make one in between.
    with _settled(settings, "recover", options, lambda: recovery.set_aside(settings)) as (warehouse, logged):
        problems = recovery.recover(settings, warehouse, logged.run_id, quiet=options.quiet)
        failed = _build(["build", "--exclude-resource-type", "unit_test"], settings, logged, dbt)
        held_back = _publish(settings, warehouse, logged, is_failed=bool(failed))
    return _finish([*problems, *failed], held_back)


def _load(options: argparse.Namespace, settings: Settings, warehouse: Warehouse, run: Run) -> list[str]:
    from loaders.landing.files import next_run  # noqa: PLC0415
    from loaders.landing.writing import Outcome  # noqa: PLC0415

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
        for waiting in outcome.waiting:
            log.warning("waits: %s", waiting)
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
    run.payload["files_waiting"] = len(total.waiting)
    return total.problems


def _land(
    source: Source, options: argparse.Namespace, settings: Settings, warehouse: Warehouse, landed_run: int
) -> Outcome:
    """Land what is new of one source: what its API has, where its credentials are set, and its files."""
    from loaders.landing.files import land  # noqa: PLC0415
    from loaders.landing.pages import land_pages  # noqa: PLC0415
    from loaders.landing.writing import Outcome  # noqa: PLC0415

    tenant = getattr(options, "organization", None) or ""
    outcome = Outcome()
    if source.extract is not None:
        mode = "full" if getattr(options, "mode", "") == "full" else "recent"
        pages = source.extract(settings, warehouse, mode, tenant)
        outcome.add(land_pages(source, settings, warehouse, landed_run, pages))
    outcome.add(land(source, settings, warehouse, landed_run, quiet=options.quiet, only_tenant=tenant))
    return outcome


def _build(
    command: Sequence[str],
    settings: Settings,
    run: Run,
    dbt: BuildProcess,
    environment: Mapping[str, str] | None = None,
) -> list[str]:
    from loaders.building.dbt import made_from  # noqa: PLC0415
    from loaders.publishing.catalogue import read_marts  # noqa: PLC0415

    log.info("build: models and tests for %s", settings.as_of.isoformat(timespec="seconds"))
    # With other vars it is as good as another project.
    project = "" if any(argument.startswith("--vars") for argument in command) else made_from(settings)
    started = time.perf_counter()
    dbt.wait_until_ready()
    _seconds(run, "wait for dbt", started)
    started = time.perf_counter()
    # To publish takes the catalogue of marts, which is read from the project's files in the meantime.
    told = {"LEDGERLINE_PROJECT": project, "LEDGERLINE_RUN_ID": run.run_id}
    result = dbt.run(command, {**(environment or {}), **os.environ, **told}, meanwhile=read_marts)
    _seconds(run, "build", started)
    run.payload["node_seconds"] = {kind: round(seconds, 3) for kind, seconds in sorted(result.seconds.items())}
    if result.passed:
        log.info("build: all models and tests passed")
        # One domain alone says nothing of the others.
        if environment is None:
            _say_what_is_missing(settings)
            _say_what_was_built(settings)
        return []
    problems = [f"build failed: {failure}" for failure in result.failures] or ["build failed; dbt says why above"]
    run.error = problems[0]
    return problems


def _say_what_is_missing(settings: Settings) -> None:
    from loaders.operations.missing_inputs import missing_inputs  # noqa: PLC0415

    for line in missing_inputs(Warehouse(settings)):
        log.warning("not delivered yet: %s", line)


def _say_what_was_built(settings: Settings) -> None:
    for source in SOURCES.values():
        if source.built is not None and (said := source.built(settings, Warehouse(settings))):
            log.warning(said)


def _publish(
    settings: Settings, warehouse: Warehouse, run: Run, *, with_pii: bool = False, is_failed: bool = False
) -> list[str]:
    """Publish what passed; a line for each domain that is held back. A build that failed may have made nothing new."""
    from loaders.publishing import PublishError, shown  # noqa: PLC0415
    from loaders.publishing import publish as replace_published  # noqa: PLC0415
    from loaders.publishing.domains import as_lines, has_passed, read_verdicts, told_now  # noqa: PLC0415

    def held_back() -> list[str]:
        return as_lines(told_now(read_verdicts(warehouse), shown(settings, warehouse)))

    if is_failed and not has_passed(warehouse, run.run_id):
        return held_back()
    started = time.perf_counter()
    try:
        # On PostgreSQL there is no such file.
        with_pii = with_pii or (settings.publishes_people and settings.target == "duckdb")
        publication = replace_published(settings, warehouse, run.run_id, with_pii=with_pii)
    except PublishError as error:
        run.error = f"not published: {error}"
        return [run.error, *held_back()]
    _seconds(run, "publish", started)
    run.payload["publication"] = publication.number
    log.info(
        "publish: %d marts in %s: publication %d, %s",
        len(publication.rows),
        settings.where_published,
        publication.number,
        "no mart changed" if publication.is_same else f"{publication.written} marts written",
    )
    lines = as_lines(publication.domains)
    run.error = run.error or "; ".join(lines)
    return lines


def _seconds(run: Run, step: str, started: float) -> None:
    run.payload.setdefault("seconds", {})[step] = round(time.perf_counter() - started, 3)


def _finish(problems: Sequence[str], held_back: Sequence[str] = ()) -> int:
    """Say what is wrong, last of all what is not published; the exit status."""
    for problem in problems[:PROBLEMS_SHOWN]:
        log.error("%s", problem)
    if len(problems) > PROBLEMS_SHOWN:
        more = len(problems) - PROBLEMS_SHOWN
        log.error("and %d more: `ledgerline rejected` lists them", more)
    for line in held_back:
        log.error("%s", line)
    return PROBLEM if problems or held_back else OK


def _pairs(rest: Sequence[str], example: str) -> dict[str, str]:
    """`--field value` and `--field=value` as fields and values. Raises `EditRefused` for anything else."""
    pairs: dict[str, str] = {}
    words = list(rest)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            raise EditRefused(f"unknown argument {word!r}; a field is given as {example}")
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


_COMMANDS: dict[str, Callable[..., int]] = {
    command.__name__: command
    for command in (load, build, publish, run, refresh, edit, status, rejected, doctor, recover)
}
