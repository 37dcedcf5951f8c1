"""A picture of a point's use: kWh a day, bar by bar, with what was estimated and what is missing."""

import importlib.resources
import io
from collections.abc import Sequence
from datetime import date, timedelta

from PIL import Image, ImageDraw, ImageFont

from kwit.metering.history import PointHistory, Use

WIDTH, HEIGHT = 1200, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 24, 76, 48
_INK, _GRID, _GAP, _PAPER = "#1c2733", "#d7dde3", "#f3c2bd", "#ffffff"
_COLOURS = ("#1f6f8b", "#d98324", "#4b7f52", "#7b4b94", "#8c3b3b", "#5b6770")
_STEPS = (1, 2, 5)


def plot(history: PointHistory, *, title: str) -> bytes:
    """Draw the use of a period as PNG. Estimated use is hollow; days without a series are red."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    drawing = _Drawing(image, history)
    drawing.gaps()
    drawing.axes()
    drawing.bars()
    drawing.words(title)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def round_up(wh: int) -> int:
    """Return the next of 1, 2, 5, 10, 20, 50 … kWh, in Wh, that is not below a quantity.

    >>> round_up(13_200)
    20000
    """
    scale = 1_000
    while True:
        for step in _STEPS:
            if step * scale >= wh:
                return step * scale
        scale *= 10


class _Drawing:
    def __init__(self, image: Image.Image, history: PointHistory) -> None:
        self._draw = ImageDraw.Draw(image)
        self._history = history
        registers = sorted({one.register for one in history.use})
        self._colours = {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(registers)}
        self._top = round_up(max((one.wh_per_day for one in history.use), default=0))
        font = (importlib.resources.files("templates") / "fonts" / "OpenSans-Regular.ttf").read_bytes()
        self._font = ImageFont.truetype(io.BytesIO(font), 14)
        self._large = ImageFont.truetype(io.BytesIO(font), 18)

    def _x(self, day: date) -> int:
        period = self._history.period
        inside = min(max(day, period.start), period.end)
        return _LEFT + (inside - period.start).days * (WIDTH - _LEFT - _RIGHT) // period.days

    def _y(self, wh: int) -> int:
        return HEIGHT - _BOTTOM - wh * (HEIGHT - _BOTTOM - _TOP) // self._top

    def gaps(self) -> None:
        for gap in self._history.gaps:
            right = max(self._x(gap.end), self._x(gap.start) + 1)
            self._draw.rectangle((self._x(gap.start), _TOP, right, self._y(0)), fill=_GAP)

    def axes(self) -> None:
        for part in range(6):
            wh = self._top * part // 5
            self._draw.line((_LEFT, self._y(wh), WIDTH - _RIGHT, self._y(wh)), fill=_GRID)
            text = f"{wh // 1000}" if wh % 1000 == 0 else f"{wh // 1000},{wh % 1000 // 100}"
            self._draw.text((_LEFT - 8, self._y(wh)), text, fill=_INK, font=self._font, anchor="rm")
        for day in _marks(self._history.period.start, self._history.period.end):
            self._draw.line((self._x(day), self._y(0), self._x(day), self._y(0) + 5), fill=_INK)
            self._draw.text(
                (self._x(day), self._y(0) + 10), day.isoformat(), fill=_INK, font=self._font, anchor="mt"
            )

    def bars(self) -> None:
        lanes = list(self._colours)
        for one in self._history.use:
            self._bar(one, lanes.index(one.register), len(lanes))

    def _bar(self, one: Use, lane: int, lanes: int) -> None:
        start, end = self._x(one.start), self._x(one.end)
        width = max(end - start, 1)
        left = start + width * lane // lanes
        # A picture's rectangle includes its right edge.
        space = 3 if width > 12 * lanes else 1
        right = max(start + width * (lane + 1) // lanes - space, left)
        colour = self._colours[one.register]
        box = (left, min(self._y(one.wh_per_day), self._y(0) - 1), right, self._y(0))
        if one.estimated:
            self._draw.rectangle(box, outline=colour, fill=_PAPER)
        else:
            self._draw.rectangle(box, fill=colour)

    def words(self, title: str) -> None:
        self._draw.text((_LEFT, 14), title, fill=_INK, font=self._large)
        x = _LEFT
        legend = [*((name, colour) for name, colour in self._colours.items()), ("brak danych", _GAP)]
        for name, colour in legend:
            self._draw.rectangle((x, 48, x + 12, 60), fill=colour)
            self._draw.text((x + 18, 54), name, fill=_INK, font=self._font, anchor="lm")
            x += 40 + round(self._draw.textlength(name, font=self._font))
        self._draw.text((x, 54), "pusty słupek: szacowane", fill=_INK, font=self._font, anchor="lm")
        self._draw.text((_LEFT - 8, 54), "kWh/doba", fill=_INK, font=self._font, anchor="rm")


def _marks(start: date, end: date) -> Sequence[date]:
    """Choose at most eight days to name under the axis."""
    step = max(1, -(-(end - start).days // 8))
    return [start + timedelta(days=offset) for offset in range(0, (end - start).days, step)]
