"""A rate by weekday and hour. Hours stand below each other: a cell is then wide enough for its value and its n."""

from babel import Locale

from reports.charts import heading, letters, style
from reports.charts.canvas import Canvas, is_light, shade
from reports.numbers import write_compact, write_measure, write_tick
from reports.report import Cell, HeatMap, Unit

_GAP = 4
_VALUE, _N = 24, 21  # pixels: smaller than elsewhere, but the colour says it too
_PALEST = 0.12  # of the colour: the lowest value is told from no value
_SWATCHES = 9


def draw(canvas: Canvas, chart: HeatMap, locale: Locale) -> None:
    """The map on a canvas of its size; raises ValueError when there is not one cell a place."""
    if len(chart.cells) != len(chart.rows) or any(len(row) != len(chart.columns) for row in chart.cells):
        raise ValueError("a heat map needs one cell a row and column")
    heading.titles(canvas, chart.title, chart.legend)
    values = [cell.value for row in chart.cells for cell in row if cell.value is not None and not cell.thin]
    low, high = min(values, default=0.0), max(values, default=0.0)
    if values:
        _scale(canvas, low, high, locale)
    left = style.MARGIN + max((letters.width(name, style.SMALL) for name in chart.columns), default=0) + 18
    width = (style.WIDTH - style.MARGIN - left) / max(1, len(chart.rows))
    for number, name in enumerate(chart.rows):
        at = (left + width * (number + 0.5), style.HEAT_TOP - 16)
        canvas.text(at, letters.fit(name, style.SMALL, width - 8), style.SMALL, canvas.theme.ink, align="center")
    for place, name in enumerate(chart.columns):
        y = style.HEAT_TOP + place * style.CELL_HEIGHT
        canvas.text((left - 18, y + 31), name, style.SMALL, canvas.theme.muted, align="right")
        for number, row in enumerate(chart.cells):
            corner = (left + width * number, float(y))
            strength = _strength(row[place], low, high)
            _cell(canvas, corner, width, row[place], strength, locale)


def _strength(cell: Cell, low: float, high: float) -> float | None:
    """Of the colour, from _PALEST to 1; None: no colour."""
    if cell.value is None or cell.thin:
        return None
    return _PALEST + (1 - _PALEST) * ((cell.value - low) / (high - low) if high > low else 1.0)


def _cell(
    canvas: Canvas, corner: tuple[float, float], width: float, cell: Cell, strength: float | None, locale: Locale
) -> None:
    x, y = corner
    theme = canvas.theme
    size = (width - _GAP, style.CELL_HEIGHT - _GAP)
    if strength is not None:
        color = shade(theme, strength)
        canvas.bar(corner, *size, color)
        dark, light = sorted((theme.ink, theme.background), key=is_light)
        ink = dark if is_light(color) else light
    elif cell.n:
        canvas.bar(corner, *size, theme.background, "//", theme.grid)
        ink = theme.muted
    else:
        canvas.bar((x + size[0] / 2 - 6, y + size[1] / 2 - 1), 12, 2, theme.grid)
        return
    value = write_tick(cell.value, 0.01, locale) if cell.value is not None else "—"
    canvas.text((x + 7, y + 29), value, _VALUE, ink, bold=True)
    n = write_compact(cell.n, locale)
    room = size[0] - 20 - letters.width(value, _VALUE, bold=True)
    n_size = min(_N, _N * room / letters.width(n, _N))
    canvas.text((x + size[0] - 6, y + 28), n, n_size, ink, align="right")


def _scale(canvas: Canvas, low: float, high: float, locale: Locale) -> None:
    """What the colours mean, lowest to highest."""
    y = style.LEGEND_BASELINE - 22
    x = float(style.MARGIN)
    first, last = (write_measure(value, Unit.RATE, locale) for value in (low, high))
    canvas.text((x, y + 22), first, style.SMALL, canvas.theme.ink)
    x += letters.width(first, style.SMALL) + 14
    for swatch in range(_SWATCHES):
        strength = _PALEST + (1 - _PALEST) * swatch / (_SWATCHES - 1)
        canvas.bar((x, y), 34, 26, shade(canvas.theme, strength))
        x += 34
    canvas.text((x + 14, y + 22), last, style.SMALL, canvas.theme.ink)
