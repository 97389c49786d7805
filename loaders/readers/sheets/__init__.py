"""Tables that a person saved, read in one way for every source: text or workbook in, typed cells or a refusal out.

A source declares what its tables look like (`Layout`: columns and their kinds) and which header words mean which column
(`Book`); `read_tables` gives back `Sheet`s of typed rows. How numbers and dates are written is found out once for a
file, never cell by cell, and a file in which nothing says so is refused where its figures would differ. What a
spreadsheet destroyed (long ids, error cells) is found and named.

    words       the few words of every layout: totals rows, blanks, months, currencies
    numbers     one text as a number, under both decimal marks
    moments     one text as a date or time, under both orders of day and month
    layouts     what a source declares
    settings    what people say where the bytes do not
    text        bytes of CSV as lines and records
    workbooks   bytes of a workbook as records
    headers     where a table begins, and what a file is that has none
    style       the one style of a file
    columns     cells of one kind as values
    rows        lines as rows
    agreement   what rows of one file must not contradict
    reading     all of it, in order

Pure: bytes in, frozen dataclasses out. Raises `Quarantined` for a file, and lists a `Rejection` for a row.
"""

from loaders.readers.sheets.layouts import Book, Column, Kind, Layout, header_key
from loaders.readers.sheets.reading import Sheet, read_tables, unsupported
from loaders.readers.sheets.rows import Row
from loaders.readers.sheets.settings import sheet_settings
from loaders.readers.sheets.text import TEXT_SUFFIXES
from loaders.readers.sheets.workbooks import WORKBOOK_SUFFIXES, is_workbook

__all__ = [
    "TEXT_SUFFIXES",
    "WORKBOOK_SUFFIXES",
    "Book",
    "Column",
    "Kind",
    "Layout",
    "Row",
    "Sheet",
    "header_key",
    "is_workbook",
    "read_tables",
    "sheet_settings",
    "unsupported",
]
