"""Writes report.html, report.json and items.csv; the same run gives the same bytes."""

from pathlib import Path

import msgspec

from stream.backtest.report import replacing, write_csv
from stream.errors import InputError
from stream.report.items_file import ItemRow
from stream.report.make_report import Made
from stream.report.page.document import page

PAGE, REPORT, ITEMS = "report.html", "report.json", "items.csv"


def write_page(made: Made, folder: Path) -> list[Path]:
    """Writes into a folder that is there; files of an earlier run are replaced."""
    try:
        with replacing(folder / PAGE) as file:
            file.write(page(made))
        with replacing(folder / REPORT) as file:
            file.write(msgspec.json.format(msgspec.json.encode(made.report)).decode() + "\n")
        write_csv(folder / ITEMS, ItemRow._fields, map(_cells, made.items))
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error}); choose another folder with --out") from None
    return [folder / name for name in (PAGE, REPORT, ITEMS)]


def _cells(row: ItemRow) -> tuple[object, ...]:
    return tuple(str(value).lower() if isinstance(value, bool) else value for value in row)
