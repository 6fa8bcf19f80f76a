"""A chart's picture. The only door to the modules that import matplotlib."""

from reports.charts import barchart, heatmap, intervalchart, letters, scatterchart, timechart
from reports.charts.canvas import Canvas
from reports.charts.style import ThemeName, size
from reports.numbers import babel_locale
from reports.report import BarChart, DataChart, HeatMap, IntervalChart, ScatterChart, TimeChart


def picture(chart: DataChart, theme: ThemeName, locale: str) -> bytes:
    """See `reports.charts.draw`."""
    written = letters.drawable_locale(babel_locale(locale))
    canvas = Canvas(size(chart), theme)
    match chart:
        case TimeChart():
            timechart.draw(canvas, chart, written)
        case BarChart():
            barchart.draw(canvas, chart, written)
        case ScatterChart():
            scatterchart.draw(canvas, chart, written)
        case IntervalChart():
            intervalchart.draw(canvas, chart, written)
        case HeatMap():
            heatmap.draw(canvas, chart, written)
    return canvas.png()
