"""Permissions of a policy, and its labels for sites and builds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from infrastructure.errors import RollcallError
from provisioning.policy import BuildTable, NotAllowed, Policy, SiteTable
from tests.support.tables import for_each

ALICE, BOB, CAROL = "U0ALICE", "U0BOB", "U0CAROL"
IN_LONDON = "S0LONDON"
POLICY = Policy.model_validate(
    {
        "admins": [ALICE],
        "timezone": "Europe/London",
        "stall": {"imaging": 25},
        "sites": {
            "london": {
                "title": "London, 4th floor",
                "channel": "C0LONDON",
                "quiet": "19:00-07:30",
                "group": IN_LONDON,
            },
            "tokyo": {"timezone": "Asia/Tokyo", "quiet": ["19:00-07:30", "Sat", "Sun"]},
            "Zu\u0308rich": {"title": "Zurich"},  # decomposed, as Macs write it
        },
        "builds": {"design": {"title": "Design workstation", "catalogs": ["production"]}},
    }
)


class Groups:
    """The Slack user groups that a person is in; keeps the groups that it was asked for."""

    def __init__(self, *groups: str) -> None:
        self.groups = groups
        self.asked: list[str] = []

    def __call__(self, group: str) -> bool:
        self.asked.append(group)
        return group in self.groups


def refused(policy: Policy, user: str, site: str) -> NotAllowed:
    with pytest.raises(NotAllowed) as caught:
        policy.permit_registering(user, site, Groups("S0OTHER"))
    return caught.value


def test_without_a_file_everybody_may_do_everything_at_any_hour() -> None:
    policy, at = Policy.open(), datetime(2026, 6, 10, 3, tzinfo=UTC)

    policy.permit_admin(BOB, "see the log")
    policy.permit_registering(BOB, "london", Groups())

    assert policy.is_admin(BOB)
    assert policy.next_morning("london", at) == at
    assert (policy.title_of("london"), policy.build("design").title) == ("london", None)
    assert policy.channel_for("london", "C0MAIN") == "C0MAIN"
    assert (policy.site("london"), policy.build("design")) == (SiteTable(), BuildTable())


def test_members_of_the_sites_group_may_register_there() -> None:
    groups = Groups(IN_LONDON)

    POLICY.permit_registering(BOB, "london", groups)

    assert groups.asked == [IN_LONDON]


def test_others_are_told_what_they_may_not_and_who_can_grant_it() -> None:
    error = refused(POLICY, BOB, "london")

    assert str(error) == "You may not register Macs for London, 4th floor."
    assert error.wanted == "register Macs for London, 4th floor"
    assert (error.group, error.admins) == (IN_LONDON, (ALICE,))
    assert isinstance(error, RollcallError)


def test_admins_may_register_anywhere_and_slack_is_not_asked() -> None:
    groups = Groups()

    POLICY.permit_registering(ALICE, "london", groups)

    assert groups.asked == []


def test_where_a_site_has_no_group_slack_is_not_asked() -> None:
    groups = Groups()

    POLICY.permit_registering(BOB, "tokyo", groups)
    POLICY.permit_registering(BOB, "paris", groups)

    assert groups.asked == []


def test_a_group_binds_also_where_no_admins_are_named() -> None:
    policy = POLICY.model_copy(update={"admins": ()})

    error = refused(policy, ALICE, "london")

    assert policy.is_admin(ALICE)
    assert error.admins == ()


@for_each("site", ["LONDON", "London", "lOnDoN"])
def test_a_site_typed_in_another_case_is_no_way_around_its_group(site: str) -> None:
    assert refused(POLICY, BOB, site).group == IN_LONDON


@for_each("site", ["Z\u00fcrich", "Zu\u0308rich", "Z\u00dcRICH", "zU\u0308rich"])
def test_names_are_the_same_in_any_case_and_however_accents_are_stored(site: str) -> None:
    assert POLICY.title_of(site) == "Zurich"


def test_what_is_for_admins_is_for_those_who_are_named() -> None:
    POLICY.permit_admin(ALICE, "see the log")
    with pytest.raises(NotAllowed, match=r"^You may not see the log\.$") as caught:
        POLICY.permit_admin(CAROL, "see the log")

    assert (caught.value.group, caught.value.admins) == (None, (ALICE,))
    assert not POLICY.is_admin(CAROL)


def test_a_site_has_its_own_channel_or_the_common_one() -> None:
    assert POLICY.channel_for("london", "C0MAIN") == "C0LONDON"
    assert POLICY.channel_for("tokyo", "C0MAIN") == "C0MAIN"


def test_a_build_is_presented_as_the_file_says() -> None:
    assert POLICY.build("DESIGN").title == "Design workstation"
    assert POLICY.build("design").catalogs == ("production",)
    assert POLICY.build("kiosk").catalogs is None


def test_a_site_lives_in_its_own_time_zone_or_the_common_one() -> None:
    evening_in_london = datetime(2026, 6, 10, 19, tzinfo=UTC)  # a Wednesday, 20:00
    assert POLICY.next_morning("london", evening_in_london) > evening_in_london
    assert POLICY.next_morning("tokyo", evening_in_london) > evening_in_london  # 04:00
    assert POLICY.next_morning(
        "tokyo", evening_in_london + timedelta(hours=4)
    ) == evening_in_london + timedelta(hours=4)

    morning = POLICY.next_morning("london", evening_in_london)
    assert morning == datetime(2026, 6, 11, 6, 30, tzinfo=UTC)
    friday_evening_in_tokyo = datetime(2026, 6, 12, 11, tzinfo=UTC)
    monday = POLICY.next_morning("tokyo", friday_evening_in_tokyo)
    assert monday == datetime(2026, 6, 14, 22, 30, tzinfo=UTC)


def test_a_state_has_its_own_patience_or_twenty_five_minutes() -> None:
    assert POLICY.stall_after("imaging") == timedelta(minutes=25)
    assert POLICY.stall_after("rebooting") == timedelta(minutes=25)


@for_each(("of", "key"), [(POLICY, "admins"), (POLICY.site("london"), "group")])
def test_a_policy_cannot_be_changed(of: Any, key: str) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(of, key, None)


BELOW = Policy.model_validate(
    {
        "sites": {
            "UK": {"title": "Britain", "channel": "C0UK", "group": "S0UK", "quiet": "Sun"},
            "uk/north": {"timezone": "Europe/London", "quiet": "Sat"},
            "uk/north/leeds": {"title": "Leeds", "channel": "C0LEEDS"},
        }
    }
)


def test_a_site_has_what_its_own_table_leaves_out_from_the_tables_above_it() -> None:
    leeds = BELOW.site("uk/North/Leeds")

    assert (leeds.title, leeds.channel, leeds.group) == ("Leeds", "C0LEEDS", "S0UK")
    assert BELOW.zone_of("uk/north/leeds").key == "Europe/London"
    saturday = datetime(2026, 6, 13, 12, tzinfo=UTC)
    sunday = saturday + timedelta(days=1)
    assert BELOW.next_morning("uk/north/leeds", saturday) > saturday
    assert BELOW.next_morning("uk/north/leeds", sunday) == sunday


def test_a_site_without_a_table_has_all_of_the_one_above_it() -> None:
    assert BELOW.title_of("uk/york") == "Britain"
    assert BELOW.channel_for("uk/york", "C0ALL") == "C0UK"
    assert refused(BELOW, BOB, "uk/york").group == "S0UK"


@for_each("name", ["ukraine", "north/leeds", "fr/uk", "u"])
def test_a_table_holds_for_nothing_but_what_lies_below_it(name: str) -> None:
    assert BELOW.site(name) == SiteTable()


def test_groups_of_a_directory_are_known_in_any_case_and_those_of_others_as_they_are() -> None:
    """`ldapsearch` and Active Directory's tools show them in their own spelling."""
    named = "CN=Rollcall\\, Admins, OU=Groups,DC=example,DC=com"
    answered = "cn=rollcall\\, admins,ou=groups,dc=example,dc=com"
    policy = Policy.model_validate(
        {
            "sign_in": {
                "corp": {
                    "url": "ldaps://dc1.example.com",
                    "base": "dc=example,dc=com",
                    "groups": {"admins": [named]},
                },
                "okta": {"issuer": "https://example.okta.com", "groups": {"admins": ["IT"]}},
            },
            "sites": {"london": {"groups": {"corp": ["CN=London,DC=example,DC=com"]}}},
        }
    )
    assert policy.makes_admin("corp", [answered])
    policy.permit_outsider("corp", ["cn=london,dc=example,dc=com"], "london")
    assert policy.lets_in("corp", ["cn=london,dc=example,dc=com"])
    assert not policy.lets_in("corp", ["cn=paris,dc=example,dc=com"])
    assert (policy.makes_admin("okta", ["IT"]), policy.lets_in("okta", ["it"])) == (True, False)
