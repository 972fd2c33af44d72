"""The numbers in the pages about the API, webhooks and mail are those of the code."""

from datetime import timedelta

from provisioning.access.programs import tokens
from provisioning.imports import lifecycle, sources
from provisioning.monitoring.mail import choices, transport
from provisioning.monitoring.webhooks import hooks, sender
from provisioning.monitoring.webhooks import transport as webhooks
from server.api.v1.imports.models import LONGEST_TEXT
from server.dependencies import ServerDependencies
from tests.support.installation import ROOT
from tests.support.tables import for_each

MINUTE = timedelta(minutes=1)
CALLS = ServerDependencies.__dataclass_fields__["most_calls"].default
MAX_LINKS = (choices.MAX_OF_PERSON, choices.MAX_TO_ADDRESS, choices.MAX_OF_ALL)


@for_each(
    ("page", "words", "meant", "number"),
    [
        ("api", "good for 90 days", 90, tokens.LIFETIME.days),
        ("api", "366 at the most", 366, tokens.LONGEST_LIFETIME.days),
        ("api", "it sleeps a week after", 7, tokens.MAX_ABSENCE.days),
        ("api", "up to 20 MB", 20_000_000, sources.LARGEST),
        ("api", "up to 1,000,000 characters", 1_000_000, LONGEST_TEXT),
        ("api", "for 14 days", 14, lifecycle.OPEN_FOR.days),
        ("api", "1,200 calls a minute", 1200, CALLS),
        ("webhooks", "twenty at the most", 20, hooks.MAX_HOOKS),
        ("webhooks", "For a day both sign", 1, hooks.OVERLAP.days),
        ("webhooks", "within ten seconds", 10, sender.TIMEOUT),
        ("webhooks", "no more than 64 KiB", 64 * 1024, sender.LONGEST_ANSWER),
        ("webhooks", "after ten seconds", 10, webhooks.FIRST_PAUSE.seconds),
        ("webhooks", "up to fourteen minutes", 14, webhooks.LONGEST_PAUSE // MINUTE),
        ("webhooks", "After three days", 3, webhooks.RETRY_PERIOD.days),
        ("email", "good for a day, once", 1, choices.LIFETIME.days),
        ("email", "a person, two an address and 200 in all", (3, 2, 200), MAX_LINKS),
        ("email", "one mail in five minutes", 5, transport.INTERVAL // MINUTE),
    ],
)
def test_a_number_is_that_of_the_code(
    page: str, words: str, meant: float | tuple[int, ...], number: float | tuple[int, ...]
) -> None:
    text = " ".join((ROOT / f"docs/how-to/{page}.md").read_text().split())

    assert words in text
    assert number == meant
