"""Titles of sites and builds in the menus of the form."""

import pytest

from tests.fakes.slack.people.person import Person
from tests.support.installation import CHANNEL

POLICY = """
[sites.london]
title = "Fourth floor"
[builds.design]
title = "Design workstation"
description = "Creative Cloud"
"""

pytestmark = [pytest.mark.usefixtures("bot"), pytest.mark.policy(POLICY)]


def test_a_title_is_shown_and_found_and_the_name_is_what_is_registered(alice: Person) -> None:
    alice.slash("/mac", "", channel=CHANNEL)
    window = alice.open_view()

    [site] = alice.type_ahead(window, "site", "fourth")
    [build] = alice.type_ahead(window, "build", "workst")

    assert (site["text"]["text"], site["value"]) == ("Fourth floor", "london")
    assert site["description"]["text"] == "london"
    assert (build["text"]["text"], build["value"]) == ("Design workstation", "design")
    assert build["description"]["text"] == "Creative Cloud"
    alice.submit(window, {"serials": "C02AAA", "site": "Fourth floor", "build": "design"})
    assert "Registered `C02AAA` for *london* / *design*" in str(alice.open_view().blocks)


def test_a_name_is_found_beside_its_title_and_one_without_a_title_is_shown_as_it_is(
    alice: Person,
) -> None:
    alice.slash("/mac", "", channel=CHANNEL)
    window = alice.open_view()

    assert [each["value"] for each in alice.type_ahead(window, "site", "lond")] == ["london"]
    [paris] = alice.type_ahead(window, "site", "par")

    assert paris["text"]["text"] == "paris"
    assert "description" not in paris
