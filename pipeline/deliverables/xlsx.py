"""The route position list as a workbook, with the same bytes each time it is written."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from pipeline.deliverables.columns import COLUMNS
from pipeline.deliverables.lineage import Lineage
from pipeline.workspace import atomic_path

_EPOCH = datetime(2000, 1, 1)
_ZIP_DATE = (2000, 1, 1, 0, 0, 0)


def write_xlsx(path: Path, table: pd.DataFrame, *, title: str, lineage: Lineage) -> None:
    """Write a table and its lineage as two sheets.

    Text is written as text: an event that begins with ``=`` is not a formula.
    """
    workbook = Workbook(write_only=True)
    workbook.properties.title = f"{lineage.corridor}: {title}"
    workbook.properties.description = lineage.statement
    workbook.properties.creator = "cable-corridor"
    workbook.properties.created = workbook.properties.modified = _EPOCH
    sheet = workbook.create_sheet("RPL")
    sheet.freeze_panes = "C3"
    for index, name in enumerate(table.columns, start=1):
        widest = max([len(name), *(len(str(value)) for value in table[name].head(50) if isinstance(value, str))])
        sheet.column_dimensions[get_column_letter(index)].width = min(widest + 2, 40)
    sheet.append([_cell(sheet, name, bold=True) for name in table.columns])
    sheet.append([_cell(sheet, COLUMNS[name].unit) for name in table.columns])
    for values in table.itertuples(index=False):
        sheet.append([_value(sheet, name, value) for name, value in zip(table.columns, values, strict=True)])
    about = workbook.create_sheet("About")
    about.column_dimensions["A"].width = 28
    about.column_dimensions["B"].width = 110
    lines = [("Corridor", lineage.corridor), ("Statement", lineage.statement)]
    lines += [("Source", source) for source in lineage.sources]
    lines += [(name, f"{COLUMNS[name].meaning} [{COLUMNS[name].unit}]") for name in table.columns]
    for label, text in lines:
        about.append([_cell(about, label, bold=True), _cell(about, text)])
    raw = io.BytesIO()
    workbook.save(raw)
    with atomic_path(path) as temporary:
        temporary.write_bytes(_without_dates(raw.getvalue()))


def _cell(sheet: WriteOnlyWorksheet, text: str, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(vertical="top", wrap_text=len(text) > 60)
    return cell


def _value(sheet: WriteOnlyWorksheet, name: str, value: object) -> WriteOnlyCell | float | int | None:
    column = COLUMNS[name]
    if column.kind == "text":
        return _cell(sheet, value if isinstance(value, str) else "")
    number = float(value)  # type: ignore[arg-type]
    if number != number:
        return None
    if column.kind == "integer":
        return round(number)
    return round(number, column.digits) if column.kind == "decimals" else number


def _without_dates(workbook: bytes) -> bytes:
    """Return the workbook with fixed dates in the archive and in its properties."""
    out = io.BytesIO()
    stamp = f"{_EPOCH:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            info = zipfile.ZipInfo(name, date_time=_ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, content)
    return out.getvalue()
