"""Who looks at the schedule: status, alerts, doctor, logs, and what of personal data any of it shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import socketserver
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders.config import load_settings
from loaders.operations.runs import between_runs, single_writer
from loaders.publishing import publish
from loaders.publishing.catalogue import read_marts
from loaders.warehouse.engine import Warehouse
from tests.fakes.loopback import webhook
from tests.support.homes import Home

SMALL = "performance_code,snapshot_date,single_tickets_sold,subscription_tickets_sold,total_revenue\n"


@contextmanager
def mail_server() -> Iterator[tuple[str, list[str]]]:
    """A mail server's address and the messages that it took."""
    taken: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 ready\r\n")
            while line := self.rfile.readline().strip():
                word = line.split(b" ")[0].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    taken.append(b"".join(lines).decode())
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"smtp://127.0.0.1:{server.server_address[1]}", taken
    finally:
        server.shutdown()
        server.server_close()


def _status(home: Home, **env: str) -> tuple[int, dict[str, dict[str, Any]]]:
    done = home.ledgerline("status", "--json", **env)
    return done.returncode, {entry["job"]: entry for entry in json.loads(done.stdout)}


def _fail_the_build(home: Home, status: str = "failed") -> None:
    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        for table in ("ops.builds", "ops.domain_builds"):
            connection.execute(f"update {table} set status = ?", [status])


def test_an_incident_is_told_once_and_its_end_too(demo_copy: Home) -> None:
    with webhook() as (url, told, answers), mail_server() as (smtp, taken):
        demo_copy.env = {
            "LEDGERLINE_ALERT_WEBHOOK": url,
            "LEDGERLINE_ALERT_EMAIL": "ops@ledger.example",
            "LEDGERLINE_SMTP_URL": smtp,
        }
        assert demo_copy.ledgerline("publish").returncode == 0
        assert (told, taken) == ([], [])
        _fail_the_build(demo_copy)
        # A webhook that does not take it is asked again, and no run fails for it.
        answers.append(503)
        done = demo_copy.ledgerline("publish")
        assert "an alert could not be sent" in done.stderr
        assert "T0KEN" not in done.stderr
        for _ in range(3):
            assert demo_copy.ledgerline("publish").returncode == 1
        incidents = {"job publish failed", "publication held back"}
        assert {(each["event"], each["incident"]) for each in told} == {("failure", each) for each in incidents}
        assert len(told) == len(taken) == 2
        _fail_the_build(demo_copy, "passed")
        for _ in range(2):
            assert demo_copy.ledgerline("publish").returncode == 0
        assert {(each["event"], each["incident"]) for each in told[2:]} == {("recovery", each) for each in incidents}
        assert len(told) == len(taken) == 4
        assert "Subject: Ledgerline failure: " in taken[0]
        # Quiet is told by a timer of its own, on the source's clock.
        later = {"LEDGERLINE_AS_OF": "2030-11-20T18:00:00Z"}
        for _ in range(2):
            assert demo_copy.ledgerline("status", "--alert", **later).returncode == 1
        stale = [each["incident"] for each in told if each["event"] == "stale"]
        assert len(stale) == len(set(stale)) > 3
        assert "source box_office/main stale" in stale


def test_a_broken_warehouse_is_told_too(demo_copy: Home) -> None:
    (demo_copy.path / "warehouse.duckdb").write_bytes(b"no database " * 1000)
    with webhook() as (url, told, _):
        for _ in range(2):
            done = demo_copy.ledgerline("load", "ads", LEDGERLINE_ALERT_WEBHOOK=url)
            assert done.returncode == 1
            assert "`ledgerline recover`" in done.stderr
            assert "Traceback" not in done.stderr
        assert [each["incident"] for each in told] == ["job load failed"]


def test_a_run_that_died_is_told_before_the_next_one(demo_copy: Home) -> None:
    with duckdb.connect(str(demo_copy.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "insert into ops.application_logs (run_id, run_number, job, status, started_at, as_of)"
            " select 'died', max(run_number) + 1, 'run', 'running', now(), now() from ops.application_logs"
        )
    with webhook() as (url, told, _):
        status = demo_copy.ledgerline("status", "--alert", LEDGERLINE_ALERT_WEBHOOK=url)
    assert (status.returncode, "the process ended without a word" in status.stdout) == (1, True)
    assert "job run failed" in [each["incident"] for each in told]


def test_status_waits_for_no_run_and_keeps_none_from_starting(demo_copy: Home) -> None:
    with single_writer(demo_copy.settings, "run"):
        said = demo_copy.ledgerline("status")
    assert (said.returncode, said.stdout.startswith("running: `ledgerline run`")) == (0, True)
    with between_runs(demo_copy.settings) as running:
        assert running is None
        # Whoever starts now waits a moment instead of finding the engine taken.
        refused = demo_copy.ledgerline("load", "ads", LEDGERLINE_LOCK_TIMEOUT_SECONDS="1")
        assert "is being written" in refused.stderr


def test_an_alert_names_nobody(demo_copy: Home) -> None:
    with duckdb.connect(str(demo_copy.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "update ops.application_logs set status = 'failed', error = 'row of ada@example.org, +1 555 010 0123'"
        )
    with webhook() as (url, told, _):
        done = demo_copy.ledgerline("status", "--alert", LEDGERLINE_ALERT_WEBHOOK=url)
    assert told
    for text in (json.dumps(told), done.stdout):
        assert "row of <e-mail>, <phone>" in text
        assert "ada@" not in text
        assert "0123" not in text


def test_status_says_what_is_held_back_and_what_is_stale(demo_copy: Home) -> None:
    _, jobs = _status(demo_copy)
    assert jobs["publication 1"]["status"] == "published"
    assert jobs["box_office/main"]["status"] == "fresh"
    code, jobs = _status(demo_copy, LEDGERLINE_AS_OF="2030-11-08T18:00:00Z")
    assert (code, jobs["box_office/main"]["status"]) == (1, "stale")
    assert "expected within 26 hours" in jobs["box_office/main"]["error"]
    _fail_the_build(demo_copy)
    code, jobs = _status(demo_copy)
    assert code == 1
    assert jobs["publication 1"]["status"] == "held back"
    assert "the last build failed" in jobs["publication 1"]["error"]


def test_every_result_of_every_test_is_kept(demo_copy: Home) -> None:
    results = "select test_name, status, failing_rows, trend from ops.data_quality where build_number = ?"
    first = demo_copy.query(results, 1)
    assert len(first) > 200
    assert {(status, trend) for _, status, _, trend in first} <= {("pass", "new"), ("warn", "new")}
    with duckdb.connect(str(demo_copy.path / "warehouse.duckdb")) as connection:
        connection.execute("update ops.load_audit set rows_read = rows_read + 1 where source_file like '%august.csv'")
    assert demo_copy.ledgerline("build", "--quiet", "--select", "source:ops").returncode == 1
    assert demo_copy.query(results + " and status <> 'pass'", 2) == [
        ("assert_every_row_is_accounted_for", "fail", 1, "worse")
    ]


def test_logs_are_lines_of_json_where_that_is_asked(home: Home) -> None:
    home.put("bad.csv", SMALL + "A,2030-13-01,1,2,3\n")
    done = home.ledgerline("load", "box_office", "--log-format", "json")
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"time", "level", "command", "message"} == set().union(*lines)
    assert [line["level"] for line in lines] == ["info", "error"]
    assert "invalid_date" in lines[-1]["message"]


def test_what_was_refused_is_listed_without_persons(home: Home) -> None:
    assert home.ledgerline("rejected").stdout == "Nothing was loaded yet.\n"
    home.put("bad.csv", SMALL + "ada@example.org,2030-13-01,1,2,3\nB,2030-13-01,1,2,3\n")
    home.put("bad.pdf", b"no report of bob@example.org")
    done = home.ledgerline("load", "box_office")
    assert "example.org" not in done.stderr
    listed = home.ledgerline("rejected")
    assert listed.returncode == 0
    assert "<e-mail>,2030-13-01,1,2,3" in listed.stdout
    assert "not_a_pdf" in listed.stdout
    assert "example.org" not in listed.stdout
    assert home.query("select raw_text from ops.rejected_rows order by source_row")[0] == (
        "ada@example.org,2030-13-01,1,2,3",
    )
    assert home.ledgerline("rejected", "square").stdout == "Nothing was refused.\n"
    assert "--limit" in home.ledgerline("rejected", "--limit", "1").stdout


def test_the_warehouse_is_not_open_to_everybody(demo_home: Home) -> None:
    for path in (demo_home.path / "warehouse.duckdb", demo_home.path / "state"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({}, ""),
        ({"SQUARE_ACCESS_TOKEN": "x"}, "SQUARE_ORGANIZATION_ID"),
        ({"CLICKFUNNELS_API_TOKEN": "x"}, "CLICKFUNNELS_BASE_URL"),
    ],
)
def test_the_doctor_says_what_to_do(demo_home: Home, env: dict[str, str], said: str) -> None:
    done = demo_home.ledgerline("doctor", **env)
    wrong = [line for line in done.stdout.splitlines() if line.startswith("FIX")]
    assert (done.returncode, len(wrong)) == ((1, 1) if said else (0, 0)), done.stdout
    assert said in "".join(wrong)


def test_the_doctor_finds_what_broke(demo_copy: Home) -> None:
    warehouse = demo_copy.path / "warehouse.duckdb"
    warehouse.chmod(0o644)
    assert "chmod o-rwx" in demo_copy.ledgerline("doctor").stdout
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update ops.application_logs set started_at = timestamptz '2999-01-01 00:00:00+00'")
    assert "set this machine's clock" in demo_copy.ledgerline("doctor").stdout
    warehouse.write_bytes(b"no database" * 1000)
    broken = demo_copy.ledgerline("doctor")
    assert broken.returncode == 1
    assert "FIX   engine duckdb" in broken.stdout
    assert "Traceback" not in broken.stderr


def _persons(home: Home) -> set[str]:
    """Every personal value of the demo's marts, and every address and number of its landing files."""
    found = set()
    for mart in read_marts():
        for column in mart.columns:
            # Comments are free text: the demo's are pages of the shop, which others may know.
            if column.is_personal and column.name != "comment":
                found |= {
                    str(value)
                    for (value,) in home.query(
                        f"select distinct {column.name} from {mart.key} where length({column.name}) >= 6"
                    )
                }
    for path in (home.path / "landing").rglob("*"):
        if path.is_file() and path.suffix != ".pdf":
            text = path.read_bytes().decode(errors="replace")
            found |= set(re.findall(r"[\w.+-]+@[\w-]+\.[\w.]+\w", text))
            found |= set(re.findall(r"\+\d{10,14}", text))
    return found - {"Unknown"}


def _texts(file: Path) -> Iterator[str]:
    """Everything that a reader finds in a published file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        for schema, name in connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall():
            for row in connection.execute(f'select * from "{schema}"."{name}"').fetchall():
                yield " ".join(map(str, row))


def _naming(persons: set[str], words: Path, *places: Path) -> str:
    """The files in some places that name one of these people: `grep` looks for hundreds of words at once."""
    words.write_text("".join(f"{person}\n" for person in sorted(persons)))
    command = ["grep", "-r", "-l", "-a", "-F", "-f", words, *places]
    found = subprocess.run(command, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False)
    assert found.returncode in (0, 1), found.stderr
    return found.stdout


@pytest.mark.parametrize("key", ["", "a key of this test only"])
def test_nobody_of_the_demo_is_in_what_others_may_read(
    demo_home: Home, demo_copy: Home, key: str, tmp_path: Path
) -> None:
    persons = _persons(demo_copy)
    assert len(persons) > 100
    told = tmp_path / "told.txt"
    told.write_text("\n".join(persons))
    assert _naming(persons, tmp_path / "words", told)
    shutil.rmtree(demo_copy.path / "published")
    settings = load_settings({**demo_copy.environment, "LEDGERLINE_PII_KEY": key})
    publish(settings, Warehouse(settings), "a-run")
    told.write_text("\n".join(_texts(demo_copy.published)))
    assert told.stat().st_size > 10_000
    assert not _naming(persons, tmp_path / "words", told, demo_copy.path / "published")
    if key:
        return
    # What the run said, its logs and artifacts, and the docs site, which is made from them.
    told.write_text("".join(demo_copy.ledgerline(*said).stdout for said in (["rejected", "--limit=1000"], ["status"])))
    written = {
        path for path in (demo_copy.path / "state" / "dbt").rglob("*") if path.suffix in (".json", ".log", ".html")
    }
    assert {"manifest.json", "run_results.json", "dbt.log"} <= {path.name for path in written}
    # A family name alone may be a word of any text.
    persons = {person for person in persons if not person.isalpha()}
    assert not _naming(persons, tmp_path / "words", told, demo_home.path.parent / "said.txt", *written)
