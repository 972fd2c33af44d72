"""Moments on pages: for people, and in the form that browsers and screen readers take."""

from datetime import UTC, datetime

from server.board.pages import time_element


def test_a_moment_is_an_element_with_the_minute_that_it_shows() -> None:
    at = datetime(2026, 11, 28, 14, 59, 25, 635182, UTC)

    assert time_element(at) == (
        '<time datetime="2026-11-28T14:59+00:00">2026-11-28 14:59 UTC</time>'
    )
