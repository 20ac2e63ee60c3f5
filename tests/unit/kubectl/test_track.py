"""The last minute of `watch`: what came since the look before, and its plot."""

from __future__ import annotations

from sluiceway.kubectl.track import SAMPLES, Line, sparkline


def looks(*seen: tuple[int | None, int | None]) -> Line:
    line = Line()
    for requests, bad in seen:
        line = line.after(requests, bad)
    return line


def test_a_look_tells_what_came_since_the_one_before() -> None:
    line = looks((100, 1), (130, 1), (130, 1), (150, 4))
    assert line.requests == (None, 30, 0, 20)
    assert line.bad == (None, 0, 0, 3)


def test_counts_that_begin_anew_are_not_taken_for_fewer_than_none() -> None:
    assert looks((100, 9), (7, 2)).requests == (None, 7)
    assert looks((100, 9), (7, 2)).bad == (None, 2)


def test_what_nobody_counted_is_a_gap_and_not_a_zero() -> None:
    assert looks((10, 0), (None, None), (50, 0), (60, 0)).requests == (None, None, None, 10)


def test_a_minute_is_kept() -> None:
    line = looks(*((number, 0) for number in range(SAMPLES + 10)))
    assert line.requests == (1,) * SAMPLES


def test_a_plot_has_the_width_that_is_asked_for_and_its_end_is_now() -> None:
    assert sparkline((), 10, 0) == " " * 10
    assert sparkline((8,), 20, 8) == " " * 19 + "█"
    assert sparkline((0,) * SAMPLES, 20, 8) == "▁" * 20
    assert sparkline(tuple(range(SAMPLES)), 6, SAMPLES - 1) == "▃▄▅▆▇█"


def test_one_bad_request_is_not_overlooked() -> None:
    values = (0,) * 30 + (1,) + (0,) * 29
    assert sparkline(values, 20, 1000).count("▂") == 1
    assert sparkline(values, 20, 1000).count("▁") == 19
