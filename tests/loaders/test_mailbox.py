"""Reports by mail: fetched, on the disk before the mail is seen, and landed by the same run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from loaders.config import ConfigError, load_settings
from loaders.samples import printed_reports
from loaders.sources.box_office.mailbox import fetch
from loaders.sources.box_office.settings import mailbox
from loaders.warehouse.engine import Warehouse
from tests.fakes.imap_server import FakeMailbox, imap_server
from tests.support.homes import Home
from tests.support.reports import PAGE, PRODUCTIONS

PDF = printed_reports.performance_sales(PRODUCTIONS, PAGE)


def mail(sender: str = "Box Office <reports@tickets.example>", subject: str = "Daily Sales", pdf: bytes = PDF) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = sender, subject, "Mon, 4 Nov 2030 05:00:00 -0600"
    message["Message-ID"] = "<1@tickets.example>"
    message.set_content("See the attachment.")
    message.add_attachment(pdf, maintype="application", subtype="octet-stream", filename="../Daily report.pdf")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.fixture
def box() -> Iterator[FakeMailbox]:
    with imap_server(FakeMailbox({1: mail()})) as running:
        yield running


def settings_of(home: Home, box: FakeMailbox) -> dict[str, str]:
    return {
        "LEDGERLINE_MAILBOX_URL": f"imap://hall%40example.org@127.0.0.1:{box.port}/Reports",
        "LEDGERLINE_MAILBOX_PASSWORD": box.password,
        "LEDGERLINE_MAILBOX_FROM": "reports@tickets.example, @other.example",
        "LEDGERLINE_MAILBOX_SUBJECT": "daily sales",
    }


def fetched(home: Home, box: FakeMailbox, **env: str) -> list[str]:
    """What a fetch says."""
    settings = load_settings({**home.environment, **settings_of(home, box), **env})
    return [str(line) for line in fetch(settings, Warehouse(settings), "recent", "")]


def reports(home: Home) -> list[Path]:
    return sorted((home.path / "landing").rglob("*.pdf"))


def test_a_mailed_report_is_landed_by_the_run_that_fetches_it(home: Home, box: FakeMailbox) -> None:
    done = home.ledgerline("load", "box_office", **settings_of(home, box))
    assert done.returncode == 0, done.stderr
    assert box.seen == {1}
    (report,) = reports(home)
    assert report.read_bytes() == PDF
    assert report.parent.name == "webhook"
    said = json.loads(report.with_name(report.name + ".json").read_text())
    assert said["email_date"] == "2030-11-04T11:00:00Z"
    assert home.query("select distinct organization_id, source from raw_box_office.performance_sales_rows") == [
        ("main", "pdf_webhook")
    ]
    assert box.password not in done.stderr + done.stdout


def test_only_mails_of_the_named_senders_and_subject_are_taken(home: Home, box: FakeMailbox) -> None:
    box.mails = {
        1: mail(sender="reports@tickets.example.evil.test"),
        2: mail(subject="Invoice"),
        3: mail(sender="anybody@other.example", subject="Re: DAILY SALES"),
        4: mail(pdf=b"no report at all"),
    }
    assert fetched(home, box) == []
    assert box.seen == {3, 4}
    assert len(reports(home)) == 1
    assert not [command for command in box.asked if "UID FETCH 1" in command and "HEADER" not in command]


def test_a_mail_is_seen_only_when_its_report_is_stored_and_stored_once(home: Home, box: FakeMailbox) -> None:
    """The line is cut before the mail could be marked: the next run finds it again, and the report is there once."""
    box.cuts_at = "STORE"
    (line,) = fetched(home, box)
    assert "mailbox cannot be read" in line
    assert (box.seen, len(reports(home))) == (set(), 1)
    box.cuts_at = ""
    box.mails[2] = mail(subject="daily sales, again")
    assert fetched(home, box) == []
    assert (box.seen, len(reports(home))) == ({1, 2}, 1)


def test_a_mailbox_that_cannot_be_read_is_said_without_a_secret(home: Home, box: FakeMailbox) -> None:
    (line,) = fetched(home, box, LEDGERLINE_MAILBOX_PASSWORD="wrong password")
    assert "mailbox cannot be read" in line
    assert "wrong password" not in line
    url = settings_of(home, box)["LEDGERLINE_MAILBOX_URL"].replace("Reports", "Elsewhere")
    (line,) = fetched(home, box, LEDGERLINE_MAILBOX_URL=url)
    assert "no folder Elsewhere" in line
    assert box.seen == set()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"LEDGERLINE_MAILBOX_URL": "https://x"}, "is no mailbox"),
        ({"LEDGERLINE_MAILBOX_URL": "imap://u@mail.example/INBOX"}, "never sent in the clear"),
        ({"LEDGERLINE_MAILBOX_URL": "imaps://u:secret@mail.example/INBOX"}, "holds a password"),
        ({"LEDGERLINE_MAILBOX_PASSWORD": ""}, "LEDGERLINE_MAILBOX_PASSWORD is not"),
        ({"LEDGERLINE_MAILBOX_FROM": " , "}, "LEDGERLINE_MAILBOX_FROM is not"),
    ],
)
def test_a_mailbox_that_cannot_be_meant_is_refused(home: Home, change: dict[str, str], said: str) -> None:
    settings = load_settings({**home.environment, **settings_of(home, FakeMailbox(port=1)), **change})
    with pytest.raises(ConfigError, match=said) as error:
        mailbox(settings)
    assert "secret" not in str(error.value)
