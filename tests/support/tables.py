"""Writes a table as people have it: text under any delimiter and encoding, or a workbook of any format."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

Cell = str | int | float | Decimal | date | datetime | time | None
Rows = Sequence[Sequence[Cell]]


def as_csv(rows: Rows, delimiter: str = ",", encoding: str = "utf-8", end: str = "\n") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(rows)
    return stream.getvalue().encode(encoding)


def as_xlsx(*sheets: Rows, names: Sequence[str] = (), percent_columns: Sequence[int] = ()) -> bytes:
    """Sheets of cells; a text that begins with `#` is an error cell, a date a date cell."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    percent = workbook.add_format({"num_format": "0.00%"})
    clock = workbook.add_format({"num_format": "hh:mm"})
    for index, rows in enumerate(sheets):
        sheet = workbook.add_worksheet(names[index] if names else None)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(at, place, cell, moment)
                elif isinstance(cell, time):
                    sheet.write_datetime(at, place, cell, clock)
                elif isinstance(cell, date):
                    sheet.write_datetime(at, place, datetime(cell.year, cell.month, cell.day), day)
                elif isinstance(cell, str) and cell.startswith("#"):
                    sheet.write_formula(at, place, "=NA()", None, cell)
                elif isinstance(cell, str):
                    sheet.write_string(at, place, cell)
                elif cell is not None:
                    sheet.write_number(at, place, float(cell), percent if place in percent_columns else None)
    workbook.close()
    return stream.getvalue()


def as_xls(*sheets: Rows, percent_columns: Sequence[int] = ()) -> bytes:
    workbook = xlwt.Workbook()
    for index, rows in enumerate(sheets):
        sheet = workbook.add_sheet(f"Sheet{index + 1}")
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write(at, place, cell, xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss"))
                elif isinstance(cell, date):
                    sheet.write(at, place, cell, xlwt.easyxf(num_format_str="yyyy-mm-dd"))
                elif isinstance(cell, str) and cell.startswith("#"):
                    # #N/A in Excel's own numbering of errors.
                    sheet.row(at).set_cell_error(place, 0x2A)
                elif isinstance(cell, str):
                    sheet.write(at, place, cell)
                elif isinstance(cell, time):
                    raise TypeError("a time of day alone is for the other formats")
                elif cell is not None:
                    form = "0.00%" if place in percent_columns else "General"
                    sheet.write(at, place, float(cell), xlwt.easyxf(num_format_str=form))
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def as_ods(*sheets: Rows, percent_columns: Sequence[int] = ()) -> bytes:
    document = OpenDocumentSpreadsheet()
    for index, rows in enumerate(sheets):
        table = Table(name=f"Sheet{index + 1}")
        for row in rows:
            line = TableRow()
            for place, cell in enumerate(row):
                line.addElement(_ods_cell(cell, place in percent_columns))
            table.addElement(line)
        document.spreadsheet.addElement(table)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _ods_cell(cell: Cell, is_percent: bool) -> TableCell:
    if cell is None or cell == "":
        return TableCell()
    if isinstance(cell, date):
        made = TableCell(valuetype="date", datevalue=cell.isoformat())
    elif isinstance(cell, str):
        made = TableCell(valuetype="string")
    else:
        made = TableCell(valuetype="percentage" if is_percent else "float", value=str(cell))
    made.addElement(P(text=str(cell)))
    return made
