"""What is hidden of text that people are shown, and what is not."""

from __future__ import annotations

import pytest

from loaders.logs import hide_personal


@pytest.mark.parametrize(
    "text",
    [
        "found 'Ada.Example+list@mail.example.org', expected a date",
        "a@example.co",
        '{"email_address":"person5@example.com","phone":"+15550100123"}',
        "call +1 (555) 010-0123 or (555) 010-0123",
        "555-010-0123",
        "555.010.0123",
        "5550100123",
        "+44 20 7946 0018",
        "Authorization: Bearer abcdef123456",
        "password=hunter2hunter2",
    ],
)
def test_what_tells_a_person_is_hidden(text: str) -> None:
    shown = hide_personal(text)
    for word in ("example.", "010", "7946", "abcdef", "hunter"):
        assert word not in shown


@pytest.mark.parametrize(
    "text",
    [
        "box_office/2030-11-05.pdf, line 20003: total_revenue is '12,345.67', expected 12345.60",
        "as of 2030-11-05T18:00:00Z, snapshot 20301105",
        "landing/square/orders-20301105180000.jsonl, line 7",
        "ops.application_logs: 4f1c2a77-9f4e-4c86-8a35-0123456789ab",
        "9999999999.99 is less than 10 billion",
        "SQUARE_ACCESS_TOKEN and SQUARE_ORGANIZATION_ID are needed both",
        "the token is not set",
        "a password of the database",
    ],
)
def test_what_tells_nobody_stays(text: str) -> None:
    assert hide_personal(text) == text


def test_the_value_of_a_secret_setting_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQUARE_ACCESS_TOKEN", "EAAAlongtoken")
    monkeypatch.setenv("LEDGERLINE_SMTP_URL", "smtps://who:what@mail.example")
    text = hide_personal("401 for EAAAlongtoken; smtps://who:what@mail.example does not answer")
    assert text == "401 for <secret>; <secret> does not answer"
