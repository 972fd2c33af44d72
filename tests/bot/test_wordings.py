"""The sentences and buttons that people get in Slack."""

import re

from provisioning.values.language import in_language
from tests.bot import wordings
from tests.support import snapshots
from tests.support.tables import for_each

# What joins the parts of a text in English, and in no text of these languages.
ENGLISH_JOINS = {
    "fr": re.compile(r"[^\s\u202f][:;] "),
    "ja": re.compile(r"[ぁ-んァ-ヶ一-龠）][.;,](?: |$)| \([ぁ-んァ-ヶ一-龠]", re.MULTILINE),
}
# Blocks, names of examples, emojis and marks of HTML.
NO_WORDS = re.compile(r"^[{#].*$|:[a-z_]+:|&[a-z]+;", re.MULTILINE)


def test_what_people_read_in_slack_is_as_it_was() -> None:
    snapshots.check(wordings.SNAPSHOT, wordings.rendered(), wordings.__name__)


@for_each("code", ["fr", "ja"])
def test_the_parts_of_a_text_are_joined_as_its_language_joins_them(code: str) -> None:
    with in_language(code):
        shown = NO_WORDS.sub("", wordings.rendered())

    assert ENGLISH_JOINS[code].findall(shown) == []
