"""Words on pages: of what programs say, what people recognize."""

import re
from pathlib import Path

from server.board import words
from tests.support.tables import for_each

_ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"
_CHROME = f"{_ENGINE} Chrome/131.0.0.0"

PAGES = Path(__file__).parents[3] / "templates" / "pages"


@for_each(
    ("agent", "name"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {_CHROME} Safari/537.36", "Chrome, Linux"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {_CHROME} Mobile Safari/537.36", "Chrome, Android"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64) {_CHROME} Safari/537.36 Edg/131", "Edge, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Firefox/132.0", "Firefox, Mac"),
        ("Firefox", "Firefox"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_browser_is_named_with_its_system_and_any_other_program_as_it_names_itself(
    agent: str, name: str
) -> None:
    assert words.browser(agent) == name


def test_the_comma_between_the_parts_of_a_page_is_that_of_the_readers_language() -> None:
    pages = (page for page in PAGES.rglob("*.html") if page.parent.name != "api")  # it is English

    assert [page.name for page in pages if re.search(r"[>}], \{\{", page.read_text())] == []
