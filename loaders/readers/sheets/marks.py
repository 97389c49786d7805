"""Which cells of a workbook are errors, and which numbers are shown as percentages: by row and column, from 0."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from io import StringIO
from posixpath import join, normpath
from xml.etree import ElementTree

from loaders.source import Quarantined

ERROR = "error"
PERCENT = "percent"

Found = dict[tuple[int, int], str]
_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_CELL = re.compile(rb"<(?:[A-Za-z0-9_]+:)?c\b[^>]*>")
_STYLE = re.compile(rb"""\bs=["']([0-9]{1,6})["']""")
_IS_ERROR = re.compile(rb"""\bt=["']e["']""")
# Of the formats that have a number and no text.
_PERCENT_FORMATS = ("9", "10")
_QUOTED = re.compile(r'"[^"]*"|\\.')
# Repeated in OpenDocument, to the sheet's end where they are empty.
_MOST_REPEATED = 2_000_000


def xlsx_marks(archive: zipfile.ZipFile) -> Callable[[int], Found]:
    """Marks of a sheet of an Office Open XML workbook."""
    names = set(archive.namelist())
    percents = _percent_styles(archive, names)
    parts = _sheet_parts(archive, names)

    def marks_of(index: int) -> Found:
        if index >= len(parts) or parts[index] not in names:
            return {}
        content = archive.read(parts[index])
        found: Found = {}
        if not percents and not _IS_ERROR.search(content):
            return found
        for match in _CELL.finditer(content):
            mark = _xlsx_mark(match[0], percents)
            if mark:
                address = _ADDRESS.search(match[0])
                if address is None:
                    raise Quarantined("bad_workbook", "found cells without addresses; save it again, or as CSV")
                found[int(address[2]) - 1, _column(address[1])] = mark
        return found

    return marks_of


def _xlsx_mark(cell: bytes, percents: frozenset[bytes]) -> str:
    if _IS_ERROR.search(cell):
        return ERROR
    style = _STYLE.search(cell) if percents else None
    return PERCENT if style and style[1] in percents else ""


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _percent_styles(archive: zipfile.ZipFile, names: set[str]) -> frozenset[bytes]:
    """The numbers of cell styles under which a number is shown as a percentage."""
    if "xl/styles.xml" not in names:
        return frozenset()
    root = _parsed(archive.read("xl/styles.xml"))
    formats = {
        each.get("numFmtId", "")
        for each in _children(root, "numFmt")
        if "%" in _QUOTED.sub("", each.get("formatCode", ""))
    }
    formats.update(_PERCENT_FORMATS)
    styles = next(_children(root, "cellXfs"), None)
    found = [] if styles is None else [each.get("numFmtId") in formats for each in styles]
    return frozenset(str(index).encode() for index, is_percent in enumerate(found) if is_percent)


def _sheet_parts(archive: zipfile.ZipFile, names: set[str]) -> list[str]:
    """The part of each sheet, in the workbook's order."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return []
    targets = {
        each.get("Id"): each.get("Target", "")
        for each in _children(_parsed(archive.read("xl/_rels/workbook.xml.rels")), "Relationship")
    }
    parts = []
    for sheet in _children(_parsed(archive.read("xl/workbook.xml")), "sheet"):
        ids = [value for name, value in sheet.attrib.items() if name.endswith("}id")]
        target = targets.get(ids[0], "") if ids else ""
        parts.append(target.lstrip("/") if target.startswith("/") else normpath(join("xl", target)))
    return parts


def _parsed(content: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Quarantined("bad_workbook", "found a workbook with a document type; save it again, or as CSV")
    try:
        return ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise Quarantined("bad_workbook", f"found a damaged part ({error}); save it again, or as CSV") from None


def _children(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in root.iter() if each.tag.rpartition("}")[2] == name)


def ods_marks(archive: zipfile.ZipFile) -> Callable[[int], Found]:
    """Marks of a sheet of an OpenDocument spreadsheet."""
    content = archive.read("content.xml")
    if b'"percentage"' not in content and b'"error"' not in content:
        return lambda index: {}
    tables = list(_children(_parsed(content), "table"))

    def marks_of(index: int) -> Found:
        found: Found = {}
        row = 0
        for line in _children(tables[index], "table-row"):
            column = 0
            for cell in line:
                kinds = {name.rpartition("}")[2]: value for name, value in cell.attrib.items()}
                repeated = min(int(kinds.get("number-columns-repeated", "1")), _MOST_REPEATED)
                types = [value for name, value in cell.attrib.items() if name.endswith("}value-type")]
                mark = ERROR if "error" in types else PERCENT if "percentage" in types else ""
                if mark:
                    found.update(dict.fromkeys(((row, column + more) for more in range(repeated)), mark))
                column += repeated
            lines = min(int(_attribute(line, "number-rows-repeated") or "1"), _MOST_REPEATED)
            marked = [(place, mark) for (at, place), mark in found.items() if at == row] if lines > 1 else []
            for more in range(1, lines if marked else 1):
                found.update({(row + more, place): mark for place, mark in marked})
            row += lines
        return found

    return marks_of


def _attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def xls_marks(content: bytes) -> Callable[[int], Found]:
    """Marks of a sheet of a workbook of Excel 97 to 2003."""
    # For those who need it.
    import xlrd  # noqa: PLC0415
    from xlrd.biffh import XLRDError  # noqa: PLC0415

    try:
        workbook = xlrd.open_workbook(file_contents=content, formatting_info=True, on_demand=True, logfile=StringIO())
    except XLRDError as error:
        if "encrypted" in str(error):
            raise Quarantined("encrypted_workbook", "found a workbook with a password; save it without one") from None
        raise

    def marks_of(index: int) -> Found:
        sheet = workbook.sheet_by_index(index)
        found: Found = {}
        for row in range(sheet.nrows):
            types = sheet.row_types(row)
            for column, kind in enumerate(types):
                if kind == xlrd.XL_CELL_ERROR:
                    found[row, column] = ERROR
                elif kind == xlrd.XL_CELL_NUMBER:
                    style = workbook.xf_list[sheet.cell_xf_index(row, column)]
                    if "%" in _QUOTED.sub("", workbook.format_map[style.format_key].format_str):
                        found[row, column] = PERCENT
        workbook.unload_sheet(index)
        return found

    return marks_of
