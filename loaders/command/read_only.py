"""Commands that change no data: what runs do, what was refused, what is published, and whether all is set up well."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import Any

from loaders.config import Settings
from loaders.operations.runs import between_runs
from loaders.warehouse.engine import Warehouse

OK, PROBLEM = 0, 1


def status(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline status`: last success, failure and age of every job and source, and what readers see."""
    from loaders.operations.alerts import tell  # noqa: PLC0415
    from loaders.operations.status import as_table, is_wrong, read_status  # noqa: PLC0415

    with between_runs(settings) as running:
        if running and settings.target == "duckdb":
            # The embedded engine refuses readers while it is written; the log can be read when the run has ended.
            print(json.dumps({"running": running}) if options.json else f"running: {running}")
            return OK
        entries = read_status(settings, Warehouse(settings), datetime.now(UTC), is_running=bool(running))
    if options.alert:
        tell(settings, entries)
    print(json.dumps(entries, indent=2) if options.json else as_table(entries))
    return PROBLEM if any(is_wrong(entry) for entry in entries) else OK


def rejected(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline rejected`: what was refused and why, newest first; personal data is hidden."""
    from loaders.landing import books  # noqa: PLC0415
    from loaders.logs import hide_personal  # noqa: PLC0415

    if settings.target == "duckdb" and not settings.warehouse.exists():
        print("Nothing was loaded yet.")
        return OK
    warehouse = Warehouse(settings)
    chosen, sources = "", tuple(options.sources)
    if sources:
        chosen = f" where source in ({', '.join(['%s'] * len(sources))})"
    with between_runs(settings) as running:
        if running and settings.target == "duckdb":
            print(f"running: {running}")
            return OK
        warehouse.create_missing("ops", books.OPS_TABLES)
        found = _refused(warehouse, chosen, sources, options.limit + 1)
    for _, _, reason, message, raw_text, rejected_at in found[: options.limit]:
        print(f"{rejected_at:%Y-%m-%d %H:%M}  {reason}  {hide_personal(message)}")
        if raw_text:
            print(f"    {hide_personal(raw_text)[:200]}")
    if not found:
        print("Nothing was refused.")
    elif len(found) > options.limit:
        print("There is more: --limit N shows it; all of it, unhidden, is in ops.rejected_rows and quarantined_files.")
    return OK


def _refused(warehouse: Warehouse, chosen: str, sources: tuple[str, ...], limit: int) -> list[tuple[Any, ...]]:
    with warehouse.connect() as connection:
        return connection.query(
            "select source_file, source_row, reason_code, message, raw_text, rejected_at from ops.rejected_rows"
            f"{chosen} union all"
            " select source_file, null, reason_code, message, null, quarantined_at from ops.quarantined_files"
            f"{chosen} order by 6 desc, 1, 2 limit {limit}",
            *sources,
            *sources,
        )


def show_or_restore(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline publish --list|--undo|--to`: without the home's lock, so that going back waits for no run."""
    from loaders.publishing import PublishError, as_table, store_of  # noqa: PLC0415

    store = store_of(settings, Warehouse(settings))
    kept, current = store.kept(), store.current()
    if options.list:
        print(as_table(kept, current))
        return OK
    number = options.to
    try:
        if number is None:
            earlier = [publication.number for publication in kept if publication.number < (current or 0)]
            if not earlier:
                raise PublishError(
                    f"there is no publication before {current or 'the first'}; see `ledgerline publish --list`"
                )
            number = max(earlier)
        publication = store.restore(number)
    except PublishError as error:
        print(f"ledgerline publish: {error}", file=sys.stderr)
        return PROBLEM
    print(
        f"BI reads publication {number} again (as of {publication.about.as_of}). The next run that passes publishes"
        " anew: mend what was wrong first, or stop the schedule."
    )
    return OK


def doctor(options: argparse.Namespace, settings: Settings) -> int:
    """`ledgerline doctor`: whether home, versions, credentials and engine are as they must be, and what to do."""
    from loaders.operations.doctor import examine  # noqa: PLC0415

    findings = examine(settings)
    if options.json:
        print(json.dumps([finding.as_json() for finding in findings], indent=2))
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.is_ok else 'FIX '}  {finding.what}: {finding.said}")
    return OK if all(finding.is_ok for finding in findings) else PROBLEM
