"""Rows that are too many to hold in memory: put aside on disk as they are read, and read back part by part."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc

from loaders.config import ROW_GROUP_ROWS

# What a reader may hold of one file's rows before it puts them aside.
HELD_BYTES = 64 * 1024 * 1024
PART_ROWS = ROW_GROUP_ROWS
_COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)


@dataclass(frozen=True)
class Parts:
    """Rows in parts: how many there are, and how to read them, as often as one likes but one reading at a time."""

    num_rows: int
    read: Callable[[], Iterator[pa.Table]]

    def __len__(self) -> int:
        return self.num_rows

    def map(self, change: Callable[[pa.Table], pa.Table], num_rows: int | None = None) -> Parts:
        """The same rows changed when they are read; `num_rows` where that leaves some out."""

        def read() -> Iterator[pa.Table]:
            for part in self.read():
                changed = change(part)
                if changed.num_rows:
                    yield changed

        return Parts(self.num_rows if num_rows is None else num_rows, read)


@dataclass(frozen=True)
class _Aside:
    """Where rows are put aside."""

    file: io.BufferedRandom
    writer: pa.ipc.RecordBatchStreamWriter


class Spool:
    """Takes tables of one schema, and gives them back as one table, or as parts where they are many bytes.

    The file has no name: whatever ends the process removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[pa.Table] = []
        self._held_bytes = 0
        self._rows = 0
        self._aside: _Aside | None = None

    def add(self, table: pa.Table) -> None:
        self._rows += table.num_rows
        self._held.append(table)
        self._held_bytes += table.nbytes
        if self._held_bytes > HELD_BYTES:
            self._put_aside()

    def rows(self) -> pa.Table | Parts:
        """All that was added, in its order. To be asked once, when that is everything."""
        if self._aside is None:
            return pa.concat_tables(self._held)
        self._put_aside()
        self._aside.writer.close()
        return Parts(self._rows, partial(_read_back, self._aside.file))

    def _put_aside(self) -> None:
        for table in self._held:
            if self._aside is None:
                file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - read when this is over
                sink = pa.PythonFile(file, mode="w")
                self._aside = _Aside(file, pa.ipc.new_stream(sink, table.schema, options=_COMPRESSED))
            self._aside.writer.write_table(table.combine_chunks())
        self._held, self._held_bytes = [], 0


def _read_back(file: io.BufferedRandom) -> Iterator[pa.Table]:
    file.seek(0)
    held: list[pa.Table] = []
    held_rows = 0
    with pa.ipc.open_stream(pa.PythonFile(file, mode="r")) as batches:
        for batch in batches:
            held.append(pa.Table.from_batches([batch]))
            held_rows += batch.num_rows
            while held_rows >= PART_ROWS:
                together = pa.concat_tables(held)
                yield together.slice(0, PART_ROWS)
                held = [together.slice(PART_ROWS)]
                held_rows -= PART_ROWS
    if held_rows:
        yield pa.concat_tables(held)
