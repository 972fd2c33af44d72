"""A site and a build as two values, whatever their names have in them."""

from provisioning.munki.layout import Destination
from tests.support.tables import for_each


@for_each(
    ("site", "build", "shown"),
    [
        ("london", "design", "london/design"),
        ("uk/leeds", "design", "uk/leeds, design"),
        ("hq", "dev/mobile", "hq, dev/mobile"),
        ("uk/leeds", "", "uk/leeds"),
        ("", "design", "design"),
        ("", "", ""),
    ],
)
def test_a_destination_is_shown_without_doubt_about_where_the_site_ends(
    site: str, build: str, shown: str
) -> None:
    assert str(Destination(site, build)) == shown


def test_two_destinations_that_one_text_would_mean_are_two() -> None:
    assert Destination("uk/leeds", "lab").key != Destination("uk", "leeds/lab").key
    assert Destination("lab", "").key != Destination("", "lab").key


def test_one_that_names_neither_is_nowhere() -> None:
    assert Destination("", "").is_nowhere
    assert not Destination("", "design").is_nowhere
    assert not Destination("london", "").is_nowhere
