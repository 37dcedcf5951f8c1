"""Make pictures of the documentation: documents, a result file of a real import, a series as `kwit readings` draws it.

Run with `python -m infra.local.pictures` on the embedded cloud: the samples of the inbox are dropped, the functions
import them, the workbook that lies beside a spoiled one is fetched and drawn cell by cell, and the command draws a
month of hours of a fictional workshop with a roof that shades it, two days of which nobody sent.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from python_calamine import CalamineWorkbook

from infra.local import document_pictures
from infra.local.cloud import EmbeddedCloud
from infra.local.deploy import ACCOUNT, REGION
from infra.local.synth import ROOT
from kwit.kernel.time import day_minutes

IMAGES = ROOT / "docs" / "images"
PPE = "590543000000001034"
_SAMPLES = ROOT / "events" / "inbox"
_SPOILED = "readings/odczyty-z-bledami.csv"
_FIRST = ("settings/company.yaml", "registry/kartoteka.xlsx", "readings/odczyty-windows-1250.csv")
_MONTH = [date(2026, 3, 1) + timedelta(days=offset) for offset in range(31)]
_UNSENT = frozenset({date(2026, 3, 17), date(2026, 3, 18)})
_ESTIMATED = frozenset({date(2026, 3, 9), date(2026, 3, 25)})
_INK, _GRID, _PALE, _PAPER = "#1c2733", "#c9d0d6", "#eef1f4", "#ffffff"
_PAD, _ROW = 9, 27


def main() -> None:
    """Draw the documents; drop, import, fetch and draw the rest."""
    document_pictures.main()
    with EmbeddedCloud() as cloud:
        for key in (*_FIRST, _SPOILED):
            _drop(cloud, key, (_SAMPLES / key).read_bytes())
        _drop(cloud, "readings/marzec.jsonl", "\n".join(_hours()).encode())
        result = cloud.client("s3").get_object(
            Bucket=cloud.outputs["InboxBucketName"], Key=f"results/{_SPOILED}.xlsx"
        )
        (IMAGES / "result-file.png").write_bytes(drawn(result["Body"].read()))
        _plot(cloud)


def _drop(cloud: EmbeddedCloud, key: str, content: bytes) -> None:
    bucket = cloud.outputs["InboxBucketName"]
    cloud.client("s3").put_object(Bucket=bucket, Key=f"inbox/{key}", Body=content)
    cloud.wait_idle()


def _hours() -> Iterator[str]:
    """Write the month as a batch of a head-end system: work by day, less of it from the network at noon."""
    for day in _MONTH:
        if day in _UNSENT:
            continue
        hours = day_minutes(day) // 60
        working = day.weekday() < 5
        sun = 40 + day.toordinal() * 37 % 60
        values = []
        for hour in range(hours):
            machines = 1000 if working and 7 <= hour <= 16 else 180
            values.append(
                max(120, machines - max(0, 5 - abs(12 - hour)) * sun) + (hour * 31 + day.day * 17) % 90
            )
        line: dict[str, object] = {"ppe": PPE, "day": day.isoformat(), "minutes": 60, "quantity": "import"}
        if day in _ESTIMATED:
            line["estimated"] = list(range(8, 14))
        yield json.dumps(line | {"values": values})


def _plot(cloud: EmbeddedCloud) -> None:
    environment = os.environ | {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "REGISTRY_TABLE": cloud.outputs["RegistryTableName"],
        "READINGS_TABLE": cloud.outputs["ReadingsTableName"],
    }
    kwit = str(Path(sys.executable).with_name("kwit"))
    days = ["--from", _MONTH[0].isoformat(), "--to", _MONTH[-1].isoformat()]
    picture = str(IMAGES / "readings-plot.png")
    subprocess.run([kwit, "readings", PPE, *days, "--plot", picture], env=environment, check=True)


def drawn(workbook: bytes) -> bytes:
    """Draw every sheet of a workbook as PNG, cell by cell, with the names of columns and the numbers of rows."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    sheets = [(name, _cells(book.get_sheet_by_name(name).to_python())) for name in book.sheet_names]
    font_bytes = (ROOT / "templates" / "fonts" / "OpenSans-Regular.ttf").read_bytes()
    font = ImageFont.truetype(io.BytesIO(font_bytes), 14)
    widths = [[_width(font, column) for column in zip(*rows, strict=True)] for _, rows in sheets]
    width = max(sum(one) for one in widths) + 46 + 2 * _PAD
    height = sum((len(rows) + 2) * _ROW + 2 * _PAD for _, rows in sheets)
    image = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(image)
    top = _PAD
    for (name, rows), columns in zip(sheets, widths, strict=True):
        top = _sheet(draw, font, name, rows, columns, top)
    buffer = io.BytesIO()
    image.quantize(64).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _cells(rows: Sequence[Sequence[object]]) -> list[list[str | int]]:
    """Tell texts from whole numbers, as the workbook does."""
    return [[int(cell) if isinstance(cell, float) else str(cell) for cell in row] for row in rows]


def _width(font: ImageFont.FreeTypeFont, column: Sequence[str | int]) -> int:
    return max(30, *(round(font.getlength(str(cell))) for cell in column)) + 2 * _PAD


def _sheet(
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont,
    name: str,
    rows: Sequence[Sequence[str | int]],
    widths: Sequence[int],
    top: int,
) -> int:
    """Draw one sheet under its name and return where the next one begins."""
    draw.text((_PAD, top + 4), name, fill=_INK, font=font, stroke_width=0.4)
    top += _ROW
    letters = [chr(ord("A") + index) for index in range(len(widths))]
    numbers = ["", *(str(number) for number in range(1, len(rows) + 1))]
    for number, row in zip(numbers, [letters, *rows], strict=True):
        left = _PAD
        for index, (text, wide) in enumerate(zip([number, *row], [46, *widths], strict=True)):
            edge, right = index == 0 or not number, isinstance(text, int)
            box = (left, top, left + wide, top + _ROW)
            draw.rectangle(box, outline=_GRID, fill=_PALE if edge else _PAPER)
            heavy = 0.4 if number == "1" and not edge and name == "Uwagi" else 0
            place = (left + wide - _PAD, top + _ROW / 2) if right else (left + _PAD, top + _ROW / 2)
            anchor = "rm" if right else "lm"
            draw.text(place, str(text), fill=_INK, font=font, anchor=anchor, stroke_width=heavy)
            left += wide
        top += _ROW
    return top + 2 * _PAD


if __name__ == "__main__":
    main()
