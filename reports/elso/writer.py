"""Registry records as files: a zip of CSV tables with a manifest, or one XML document.

The shape follows the tables of a centre's public registry extract (one row a run, and tables of
rows keyed by patient and run). The same records give the same bytes, so a digest proves what was
sent. Fields that the dictionary does not know are refused, not dropped.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from html import escape
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reports.elso.dictionary import DICTIONARY, Definition, Dictionary
from reports.elso.fields import Field, Scalar, Value

SCHEMA = "ecmo-registry-export/1"
NAMESPACE = "urn:ecmo-programme:registry-export:1"
RUNS_TABLE = "patient_run"
KEY = ("unique_id", "run_no")
DAWN_OF_ZIP = (1980, 1, 1, 0, 0, 0)
READABLE_BY_ALL = 0o644 << 16
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class ExportError(ValueError):
    """Records that cannot be written as they stand; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the export is of: the centre's code, the period (`2026-01`) and its revision."""

    centre: str
    period: str
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind over all runs."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Scalar, ...], ...]


def csv_bundle(
    runs: Iterable[Sequence[Field]], head: Head, dictionary: Dictionary = DICTIONARY
) -> bytes:
    """A zip with one CSV a table, `dictionary.csv` and `manifest.json`.

    Raises ExportError for a field that is not in the dictionary, or a run without or with a
    repeated key.
    """
    ordered = _ordered(runs, dictionary)
    tables = [*_tables(ordered, dictionary), _dictionary_table(dictionary)]
    files = {f"{table.name}.csv": _csv(table) for table in tables}
    manifest = {
        **_head(head, dictionary),
        "runs": len(ordered),
        "files": [
            {
                "name": f"{table.name}.csv",
                "rows": len(table.rows),
                "sha256": sha256(files[f"{table.name}.csv"]).hexdigest(),
            }
            for table in tables
        ],
    }
    listing = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    return _zip({"manifest.json": listing.encode(), **files})


def xml_document(
    runs: Iterable[Sequence[Field]], head: Head, dictionary: Dictionary = DICTIONARY
) -> bytes:
    """One UTF-8 XML document. Raises ExportError as `csv_bundle` does."""
    attributes = "".join(
        f" {name}={_quoted(str(value))}" for name, value in _head(head, dictionary).items()
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<registryExport xmlns="{NAMESPACE}"{attributes}>',
    ]
    for values in _ordered(runs, dictionary):
        lines += ["  <run>", *_run_xml(values, dictionary), "  </run>"]
    return ("\n".join([*lines, "</registryExport>"]) + "\n").encode()


def _head(head: Head, dictionary: Dictionary) -> dict[str, str | int]:
    return {
        "schema": SCHEMA,
        "profile": dictionary.profile,
        "dictionary": dictionary.version,
        "notice": dictionary.notice,
        "centre": head.centre,
        "period": head.period,
        "revision": head.revision,
    }


def _ordered(runs: Iterable[Sequence[Field]], dictionary: Dictionary) -> list[dict[str, Value]]:
    """The runs' values by field name, sorted by patient and run number."""
    known = {each.name for each in dictionary.fields}
    by_key: dict[tuple[str, int], dict[str, Value]] = {}
    for fields in runs:
        values = {each.field: each.value for each in fields}
        if unknown := sorted(set(values) - known):
            raise ExportError(f"Not in the dictionary: {', '.join(unknown)}.")
        patient, run_no = values.get("unique_id"), values.get("run_no")
        if not isinstance(patient, str) or not patient or not isinstance(run_no, int):
            raise ExportError("A run without a unique id or a run number cannot be exported.")
        if (patient, run_no) in by_key:
            raise ExportError(f"Run {run_no} of {patient} is there twice.")
        by_key[patient, run_no] = values
    return [by_key[key] for key in sorted(by_key)]


def _tables(runs: Sequence[dict[str, Value]], dictionary: Dictionary) -> Iterator[Table]:
    columns = tuple(each.name for each in dictionary.scalars)
    rows = tuple(tuple(_scalar(values.get(name)) for name in columns) for values in runs)
    yield Table(RUNS_TABLE, columns, rows)
    for each in dictionary.tables:
        keyed = tuple(
            (*(_scalar(values[name]) for name in KEY), *row)
            for values in runs
            for row in _rows(each, values.get(each.name))
        )
        yield Table(each.table or each.name, (*KEY, *each.columns), keyed)


def _dictionary_table(dictionary: Dictionary) -> Table:
    columns = ("field", "meaning", "unit", "origin", "certainty", "table")
    rows = tuple(
        (
            each.name,
            each.meaning,
            each.unit,
            each.origin,
            str(each.certainty),
            each.table or RUNS_TABLE,
        )
        for each in dictionary.fields
    )
    return Table("dictionary", columns, rows)


def _rows(definition: Definition, value: Value) -> Iterator[tuple[Scalar, ...]]:
    """The rows of a field; a mode is written `VV start / end` and is taken apart again."""
    for row in value if isinstance(value, list) else ():
        if isinstance(row, list):
            yield tuple(row)
        elif definition.name == "modes":
            mode, _, times = row.partition(" ")
            start, _, end = times.partition(" /")
            yield (mode, start, end.strip() or None)
        else:
            yield (row,)


def _scalar(value: Value) -> Scalar:
    if isinstance(value, list):
        raise ExportError("A field that should hold one value holds rows.")
    return value


def _csv(table: Table) -> bytes:
    text = StringIO(newline="")
    sheet = csv.writer(text, lineterminator="\r\n")
    sheet.writerow(table.columns)
    sheet.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode()


def _cell(value: Scalar) -> str:
    """The text of a cell; a text that a spreadsheet would run as a formula gets an apostrophe."""
    written = _text(value)
    is_formula = isinstance(value, str) and written.lstrip(" ").startswith(FORMULA_MARKS)
    return f"'{written}" if is_formula else written


def _text(value: Scalar) -> str:
    """One way to write each value, whatever its type brought along (92, 92.0 and 92.00 are 92)."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value.normalize(), "f") if value else "0"
    return str(value)


def _zip(files: dict[str, bytes]) -> bytes:
    """A zip whose bytes depend on nothing but names and contents."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as bundle:
        for name, content in files.items():
            entry = ZipInfo(name, DAWN_OF_ZIP)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = READABLE_BY_ALL
            bundle.writestr(entry, content)
    return buffer.getvalue()


def _run_xml(values: dict[str, Value], dictionary: Dictionary) -> Iterator[str]:
    for each in dictionary.scalars:
        if each.name in values:
            unit = f" unit={_quoted(each.unit)}" if each.unit else ""
            name = f"    <field name={_quoted(each.name)}{unit}"
            yield _element(name, "field", _scalar(values[each.name]))
    for each in dictionary.tables:
        rows = list(_rows(each, values.get(each.name)))
        if rows:
            yield f"    <table name={_quoted(each.table or each.name)}>"
            yield from (_row_xml(each.columns, row) for row in rows)
            yield "    </table>"


def _row_xml(columns: Sequence[str], row: Sequence[Scalar]) -> str:
    cells = (
        _element(f"<cell name={_quoted(name)}", "cell", value)
        for name, value in zip(columns, row, strict=True)
    )
    return f"      <row>{''.join(cells)}</row>"


def _element(opening: str, name: str, value: Scalar) -> str:
    return f"{opening}/>" if value is None else f"{opening}>{_escaped(_text(value))}</{name}>"


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """Text for XML 1.0, which has no control characters but tab and line ends."""
    return escape("".join(mark if _is_xml(mark) else "\ufffd" for mark in text))


def _is_xml(mark: str) -> bool:
    return (
        mark in "\t\n\r"
        or "\u0020" <= mark <= "\ud7ff"
        or "\ue000" <= mark <= "\ufffd"
        or mark > "\uffff"
    )
