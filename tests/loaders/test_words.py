"""The spelling in which words are looked up: what is one word, and what is not."""

from __future__ import annotations

from types import SimpleNamespace

import duckdb
import jinja2
import pytest

from loaders.config import PROJECT_DIR
from loaders.readers.csv_text import WHITESPACE
from loaders.readers.words import plain_word
from tests.support.servers import connect

SPELLINGS = {
    "partially-refunded": (
        *("partially_refunded", "Partially Refunded", " PARTIALLY-REFUNDED\n", "partially  refunded\u00a0"),
        *("partially\u2013refunded", "\ufeffpartially refunded", "partially - refunded"),
    ),
    "paye": ("Payé", "PAYE\u0301", "payé\t"),
    "pending-(confirmed)": ("Pending (confirmed)",),
    "оплачено": ("Оплачено",),
    "한국": (" 한국",),
    "": ("", " - ", "\u00a0"),
}
TEXTS = [f"on{blank}hold" for blank in WHITESPACE] + [text for spellings in SPELLINGS.values() for text in spellings]


@pytest.mark.parametrize("word", SPELLINGS)
def test_every_spelling_of_a_word_is_one(word: str) -> None:
    assert {plain_word(text) for text in SPELLINGS[word]} == {word}


def test_what_nearly_is_one_word_is_two() -> None:
    assert (
        len({plain_word(text) for text in ("refunded", "re-funded", "partially-refunded", "refunded!", "3", "03")}) == 6
    )


def macro(engine: str) -> str:
    """The macro's SQL of an engine, for the text `said`."""
    source = (PROJECT_DIR / "macros" / "text.sql").read_text()
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    module = environment.from_string(source).module
    environment.globals["return"] = str
    environment.globals["ledgerline"] = SimpleNamespace(
        without_accents=getattr(module, f"{engine}__without_accents"),
        whitespace_characters=environment.from_string(source).module.whitespace_characters,
    )
    return str(environment.from_string(source).module.plain_word("said"))


def test_readers_and_models_agree() -> None:
    with duckdb.connect() as connection:
        for text in TEXTS:
            (found,) = connection.execute(f"select {macro('duckdb')} from (select ? as said)", [text]).fetchone()
            assert found == plain_word(text), repr(text)


def test_a_server_agrees(postgres: dict[str, str]) -> None:
    with connect(postgres) as cursor:
        for text in TEXTS:
            cursor.execute(f"select {macro('default')} from (select cast(%s as text) as said) as words", [text])
            # The locale of a server may not know the cases of other letters than ours.
            assert cursor.fetchone()[0].lower() == plain_word(text), repr(text)
