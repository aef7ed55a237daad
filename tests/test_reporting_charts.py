import math

import pytest

from loramake.reporting.charts import line_chart, log_steps, round_steps, thinned


@pytest.mark.parametrize(
    ("high", "steps"),
    [
        (4.2, [0, 1, 2, 3, 4, 5]),
        (300, [0, 100, 200, 300]),
        (1.0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.09, [0, 0.02, 0.04, 0.06, 0.08, 0.1]),
    ],
)
def test_round_steps_cover_the_values(high, steps):
    assert round_steps(high) == pytest.approx(steps)


def test_logarithmic_steps_enclose_the_values():
    assert log_steps(0.06, 2.3) == pytest.approx([0.05, 0.1, 0.2, 0.5, 1, 2, 5])


def test_a_narrow_range_is_drawn_from_zero():
    chart = line_chart("loss", "loss", {"training": [(10, 2.0), (20, 1.0)]})
    assert chart.y_label == "loss"
    assert chart.y_ticks[0].label == "0"
    assert chart.y_ticks[0].place == 100


def test_a_wide_range_is_logarithmic_and_says_so():
    chart = line_chart("loss", "loss", {"training": [(10, 2.0), (20, 0.02)]})
    assert chart.y_label == "loss, logarithmic"
    assert [tick.label for tick in chart.y_ticks][:2] == ["0.02", "0.05"]


def test_the_last_point_is_at_the_right_edge():
    chart = line_chart("loss", "loss", {"training": [(100, 5.0)], "validation": [(50, 4.0), (100, 2.5)]})
    assert chart.lines[1].dots == [(50.0, 20.0), (100.0, 50.0)]
    assert chart.lines[0].path == "M1000.0 0.0"


@pytest.mark.parametrize("count", [1, 239, 240, 241, 480, 10_000])
def test_many_points_become_few(count):
    points = [(float(step), 1.0) for step in range(count)]
    few = thinned(points)
    assert len(few) <= 240
    assert few[-1] == points[-1]


def test_values_that_are_not_finite_are_left_out():
    chart = line_chart("loss", "loss", {"training": [(1, math.nan), (2, 1.0), (3, math.inf)]})
    assert chart.description == "training: 1 at step 2, 1 at step 2"


@pytest.mark.parametrize("series", [{}, {"training": []}, {"training": [(1, math.nan)]}])
def test_nothing_to_draw_is_no_chart(series):
    assert line_chart("loss", "loss", series) is None


@pytest.mark.parametrize("points", [[(0, 0.0)], [(1, 0.0), (2, 0.0)], [(3, 1e-9), (4, 5.0)]])
def test_odd_values_stay_within_the_plot(points):
    chart = line_chart("loss", "loss", {"training": points, "validation": points})
    steps = [tick.label for tick in chart.x_ticks]
    assert len(set(steps)) == len(steps)
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in chart.lines[1].dots)
