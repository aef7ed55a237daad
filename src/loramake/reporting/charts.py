"""The geometry of the charts: places in percent of the plot, so that text keeps its size at any width."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loramake.reporting.figures import number

Point = tuple[float, float]

POINTS = 240
LOG_FROM = 8.0


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: its place in percent from the left or the top, and what it says."""

    place: float
    label: str


@dataclass(frozen=True)
class Line:
    """A series: `path` in a square of 1000 x 1000, `dots` in percent; empty dots mean a line without marks."""

    name: str
    path: str
    dots: list[Point]
    last: str


@dataclass(frozen=True)
class Chart:
    """A line chart, ready to be drawn."""

    title: str
    y_label: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    lines: list[Line]
    description: str


@dataclass(frozen=True)
class Axis:
    """A range of values, linear or logarithmic."""

    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """Where `value` stands between `low` (0) and `high` (1)."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def round_steps(high: float, most: int = 5) -> list[float]:
    """Round values from 0 until `high` is covered: 1, 2 or 5 times a power of ten apart, about `most` of them."""
    power = 10.0 ** math.floor(math.log10(high / most))
    step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if high / step <= most)
    return [index * step for index in range(math.ceil(high / step - 1e-9) + 1)]


def log_steps(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten, from the last at or below `low` to the first at or above `high`."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    first = max(step for step in steps if step <= low * (1 + 1e-9))
    last = min(step for step in steps if step >= high * (1 - 1e-9))
    return [step for step in steps if first <= step <= last]


def thinned(points: Sequence[Point], most: int = POINTS) -> list[Point]:
    """At most `most` points: the means of runs of neighbours. The last point stays as it is."""
    if len(points) <= most:
        return list(points)
    *others, last = points
    run = math.ceil(len(others) / (most - 1))
    groups = [others[start : start + run] for start in range(0, len(others), run)]
    means = [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]
    return [*means, last]


def _y_axis(values: Sequence[float]) -> tuple[Axis, list[float]]:
    low, high = min(values), max(values)
    if low > 0 and high / low > LOG_FROM:
        steps = log_steps(low, high)
        every = 1 if len(steps) <= 8 else 3 * math.ceil(len(steps) / 24)
        return Axis(steps[0], steps[-1], log=True), steps[::-every][::-1]
    steps = round_steps(high) if high > 0 else [0.0, 1.0]
    return Axis(0.0, steps[-1]), steps


def _line(name: str, points: Sequence[Point], x: Axis, y: Axis, *, marked: bool) -> Line:
    places = [(x.share(a), 1 - y.share(b)) for a, b in thinned(points)]
    path = "M" + "L".join(f"{a * 1000:.1f} {b * 1000:.1f}" for a, b in places)
    dots = [(round(a * 100, 2), round(b * 100, 2)) for a, b in places] if marked else []
    return Line(name, path, dots, f"{points[-1][1]:.3g}")


def line_chart(title: str, y_label: str, series: Mapping[str, Sequence[Point]]) -> Chart | None:
    """Lines over steps that start at 0; the first bare, the others with dots. None when there is nothing to draw.

    `series` maps a name to (step, value) pairs in order; values are 0 or more, and left out where they
    are not finite.
    The y axis is logarithmic, and says so, when the values span more than a factor of 8.
    """
    clean = {name: [p for p in points if math.isfinite(p[1])] for name, points in series.items()}
    clean = {name: points for name, points in clean.items() if points}
    if not clean:
        return None
    last = max(points[-1][0] for points in clean.values())
    x_steps = [step for step in round_steps(last or 1.0) if step <= last * 1.001 and step.is_integer()]
    x = Axis(0.0, last or 1.0)
    y, y_steps = _y_axis([value for points in clean.values() for _, value in points])
    lines = [_line(name, points, x, y, marked=index > 0) for index, (name, points) in enumerate(clean.items())]
    return Chart(
        title,
        y_label + (", logarithmic" if y.log else ""),
        [Tick(round(x.share(step) * 100, 2), f"{step:,.0f}") for step in x_steps],
        [Tick(round((1 - y.share(step)) * 100, 2), number(step)) for step in y_steps],
        lines,
        "; ".join(
            f"{name}: {number(points[0][1])} at step {points[0][0]:,.0f}, {number(points[-1][1])} at step "
            f"{points[-1][0]:,.0f}"
            for name, points in clean.items()
        ),
    )
