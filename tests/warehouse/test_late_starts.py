"""Events: what orders came to does not depend on when somebody started to export them, or on what was landed before."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from loaders.samples import ticketing_files
from loaders.samples.ticketing_files import csv_file
from tests.drawn import starts
from tests.support.homes import FUNNEL, Home, project_of
from tests.support.servers import clear, compare_marts

SEED, ORDERS, ORGANISERS = 20, 150, 9
EVENTS = ("events", "ticketing", *FUNNEL)
BUILD = (
    *("build", "--select", "+event_overview", "+ticket_orders", "+tickets", "+event_money_ledger"),
    "--exclude-resource-type",
)


def _build(home: Home, clock: str, *arguments: str) -> None:
    done = home.ledgerline(*BUILD, "unit_test", *arguments, LEDGERLINE_AS_OF=clock)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def _events(tenants: list[str], platforms: dict[str, str]) -> bytes:
    return csv_file(
        ticketing_files.EVENTS,
        [
            {
                "event_key": f"{tenant}-{platform}",
                "organization_id": tenant,
                "name": tenant,
                "timezone": "Europe/Berlin",
                "starts_at": "2030-12-01 18:00",
                "currency": "EUR",
                "platform_refs": f"{name}:{tenant}-{platform}",
                "updated_at": "2030-01-01T00:00:00Z",
            }
            for tenant in tenants
            for platform, name in platforms.items()
        ],
    )


def _lived(path: Path, *, is_built_by_run: bool = False, **env: str) -> tuple[Home, list[set[Any]]]:
    """A home in which many organisers landed the same history from other starts, and the ledger after each build."""
    home = Home(path, env=env, project=project_of(*EVENTS))
    shown = starts.exports(SEED, ORDERS)
    plans = starts.starts(SEED, ORGANISERS)
    # The last one never exports payments.
    platforms = {"pretix": "pretix", "hi": "hi_events", "brite": "eventbrite", "bare": "pretix"}
    home.put("events.csv", _events(list(plans), platforms), "ticketing")
    ledgers = []
    for run in range(starts.EXPORTS):
        for tenant, plan in plans.items():
            # Everybody lands the last export in the last run.
            place = run - (starts.EXPORTS - len(plan))
            if place < 0:
                continue
            export, has_payments = plan[place]
            for platform in platforms:
                sheets = shown[export]["pretix" if platform == "bare" else platform]
                for sheet, content in sheets.items():
                    if sheet == "payments" and (platform == "bare" or not has_payments):
                        continue
                    text = content.replace(b"EVENT", f"{tenant}-{platform}".encode())
                    home.put(f"org={tenant}/event={tenant}-{platform}/{run}_{sheet}.csv", text, "ticketing")
        done = home.ledgerline("load", "--quiet", LEDGERLINE_AS_OF=starts.as_of(run))
        assert done.returncode == 0, done.stderr
        if is_built_by_run or run == starts.EXPORTS - 1:
            _build(home, starts.as_of(run))
            if not env:
                ledgers.append(set(home.query("select * from events.event_money_ledger")))
    return home, ledgers


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return _lived(tmp_path_factory.mktemp("started") / "home")[0]


def _orders(home: Home) -> dict[tuple[str, str], dict[str, tuple[Any, ...]]]:
    """By platform and order: for each organiser gross, refunded, net and valid tickets."""
    found: dict[tuple[str, str], dict[str, tuple[Any, ...]]] = defaultdict(dict)
    for event, order, *figures in home.query(
        "select event_key, source_order_id, gross_amount, refunded_amount, net_amount,"
        " (select count(*) from events.tickets as t where t.order_key = o.order_key and t.status = 'valid')"
        " from events.ticket_orders as o"
    ):
        tenant, platform = event.split("-")
        found[platform, order][tenant] = tuple(figures)
    return found


def _whole() -> dict[str, bool]:
    """Of Eventbrite's orders, whether the last export still shows all that was paid."""
    lines = starts.exports(SEED, ORDERS)[-1]["brite"]["attendees"].decode().splitlines()
    return {line.split(",")[0]: ",Whole," in line for line in lines[1:]}


def test_orders_come_to_the_same_whatever_was_landed_before(started: Home) -> None:
    found = _orders(started)
    whole = _whole()
    assert len(found) == 4 * ORDERS
    wrong = {}
    for (platform, order), figures in found.items():
        # Where the platform lists no refunds, a fall that nobody saw is not known; what is left is.
        is_whole = platform in ("pretix", "hi") or (platform == "brite" and whole[order])
        known = {tenant: amounts if is_whole else amounts[2:] for tenant, amounts in figures.items()}
        if len(figures) != ORGANISERS or len(set(known.values())) != 1:
            wrong[f"{platform} {order}"] = {tenant: [str(value) for value in row] for tenant, row in known.items()}
    assert not wrong, f"{len(wrong)} of {len(found)}: {json.dumps(dict(list(wrong.items())[:6]), indent=1)}"


def test_hi_events_tickets_are_the_same_whatever_was_landed_before(started: Home) -> None:
    counts = started.query(
        "select count(case when status = 'valid' then 1 end) from events.tickets"
        " where event_key like '%-hi' group by event_key"
    )
    assert len(counts) == ORGANISERS
    assert len(set(counts)) == 1


@pytest.mark.slow
def test_what_was_posted_stays_and_run_by_run_is_as_at_once(started: Home, tmp_path: Path) -> None:
    home, ledgers = _lived(tmp_path / "home", is_built_by_run=True)
    for earlier, later in pairwise(ledgers):
        assert earlier
        assert earlier <= later
    assert home.export(["events"]) == started.export(["events"])
    # With the clock of an earlier run its ledger is there again.
    _build(home, starts.as_of(1))
    assert set(home.query("select * from events.event_money_ledger")) == ledgers[1]


@pytest.mark.slow
def test_a_server_comes_to_the_same(started: Home, postgres: dict[str, str], tmp_path: Path) -> None:
    clear(postgres)
    _lived(tmp_path / "home", LEDGERLINE_TARGET="postgres", **postgres)
    assert compare_marts(postgres, started, ["events"])
