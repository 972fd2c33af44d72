"""The sentences and buttons that people get in Slack."""

import re

from provisioning.values.language import in_language
from tests.bot import wordings
from tests.support.tables import for_each

# What joins the parts of a text in English, and in no text of these languages.
ENGLISH_JOINS = {
    "fr": re.compile(r"[^\s\u202f][:;] "),
    "ja": re.compile(r"[ぁ-んァ-ヶ一-龠）][.;,](?: |$)| \([ぁ-んァ-ヶ一-龠]", re.MULTILINE),
}
# Blocks, names of examples, emojis and marks of HTML.
NO_WORDS = re.compile(r"^[{#].*$|:[a-z_]+:|&[a-z]+;", re.MULTILINE)


def test_people_read_in_slack_what_was_read_before_it_was_committed() -> None:
    """Where this is meant to change: `python -m tests.bot.wordings`, and read what differs."""
    assert wordings.rendered().split("\n") == wordings.SNAPSHOT.read_text("utf-8").split("\n")


@for_each("code", ["fr", "ja"])
def test_the_parts_of_a_text_are_joined_as_its_language_joins_them(code: str) -> None:
    with in_language(code):
        shown = NO_WORDS.sub("", wordings.rendered())

    assert ENGLISH_JOINS[code].findall(shown) == []
