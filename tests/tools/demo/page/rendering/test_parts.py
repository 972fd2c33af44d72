"""Updates for a browser that has some parts of the page already."""

import re
from collections.abc import Sequence

from tools.demo.page.rendering.parts import Part, changes


def part(name: str, version: str = "1", inside: str = "list") -> Part:
    return Part(name, inside, version, lambda: f"text of {name}")


def swaps(parts: Sequence[Part], *has: str) -> list[str]:
    return re.findall(r'hx-swap-oob="([^"]+)"', changes(parts, has))


def test_a_browser_that_has_everything_is_sent_nothing() -> None:
    assert not changes([part("a"), part("b")], ["a 1", "b 1"])


def test_a_part_of_another_version_replaces_its_elder_alone() -> None:
    sent = changes([part("a"), part("b", "2")], ["a 1", "b 1"])
    assert "text of b" in sent
    assert "text of a" not in sent
    assert swaps([part("b", "2")], "b 1") == ["true"]


def test_a_new_part_goes_where_it_belongs() -> None:
    assert swaps([part("a"), part("b"), part("c")], "a 1", "c 1") == ["afterend:#a"]
    assert swaps([part("a"), part("b")], "b 1") == ["afterbegin:#list"]
    assert swaps([part("a"), part("x", inside="other")], "a 1") == ["afterbegin:#other"]


def test_a_part_that_is_gone_is_taken_away() -> None:
    assert '<div id="b" hx-swap-oob="delete">' in changes([part("a")], ["a 1", "b 1"])


def test_what_a_browser_claims_to_have_is_not_believed_to_be_html() -> None:
    assert "<b>" not in changes([], ['"><b> 1', "", "nothing"])


def test_a_part_says_what_the_browser_has_with_it() -> None:
    sent = changes([part("a", "7")], [])
    (has,) = re.findall(r'name="has" value="([^"]+)"', sent)
    assert not changes([part("a", "7")], [has])
