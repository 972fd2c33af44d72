"""Moments on pages: for people, and in the form that browsers and screen readers take."""

from datetime import UTC, datetime

from server.board.pages import time_element, with_elements


def test_a_moment_is_an_element_with_the_minute_that_it_shows() -> None:
    at = datetime(2026, 11, 28, 14, 59, 25, 635182, UTC)

    assert time_element(at) == (
        '<time datetime="2026-11-28T14:59+00:00">2026-11-28 14:59 UTC</time>'
    )


def test_a_sentence_has_the_element_of_a_moment_and_the_text_of_a_name() -> None:
    at = datetime(2026, 11, 28, 14, 59, tzinfo=UTC)

    sentence = with_elements("By {person}, {moment}.", person="Eve <b>", moment=time_element(at))

    assert sentence == f"By Eve &lt;b&gt;, {time_element(at)}."
