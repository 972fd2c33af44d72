"""Imagr's config: which workflows are offered, and what holds for all of Imagr."""

import hashlib
from pathlib import Path

import pytest

from provisioning.clients.imagr import config as configs
from provisioning.clients.imagr.errors import TooManyWorkflows
from tests.fakes.imagr.admin import (
    IMAGE,
    INCLUDING,
    OWN,
    REGISTERED,
    URL,
    Admin,
    extending,
    imaging,
)
from tests.fakes.imagr.validateplist import complaints
from tests.support.inputs.samples import BUILDS, SITES, add_places


def test_before_anybody_says_what_to_image_only_the_registered_build_is_offered(
    admin: Admin,
) -> None:
    config = admin.config()

    assert admin.visible() == [REGISTERED]
    assert config["default_workflow"] == REGISTERED
    assert "autorun" not in config
    assert "password" not in config
    assert not [*complaints(config)]


def test_a_template_for_a_build_offers_that_build_at_every_site(admin: Admin) -> None:
    admin.writes("builds/design", imaging())

    assert admin.visible() == [REGISTERED, *(f"{site} / design" for site in SITES)]


def test_a_template_for_a_site_offers_every_build_there(admin: Admin) -> None:
    admin.writes("sites/new york", imaging())

    assert admin.visible() == [REGISTERED, *(f"new york / {build}" for build in BUILDS)]


def test_a_base_template_that_says_what_to_image_offers_everything(admin: Admin) -> None:
    admin.writes("base", imaging())
    assert len(admin.visible()) == 1 + len(SITES) * len(BUILDS)

    admin.writes("sites/paris/kiosk", extending("shipped/base.plist"))
    assert len(admin.visible()) == len(SITES) * len(BUILDS)


def test_the_most_specific_template_wins(admin: Admin) -> None:
    for name in ("base", "sites/london", "builds/design", "sites/london/design"):
        admin.writes(name, imaging(f"http://images.lan/{name.replace('/', '-')}.dmg"))
        image = admin.workflow("london / design")["components"][0]
        assert image["url"] == f"http://images.lan/{name.replace('/', '-')}.dmg"


def test_a_client_of_one_site_is_offered_that_site_alone(admin: Admin) -> None:
    admin.writes("base", imaging())

    names = [each["name"] for each in admin.config("london")["workflows"]]

    assert [name for name in names if "/" in name] == [f"london / {build}" for build in BUILDS]


def test_more_than_imagr_can_be_told_is_an_error_with_its_mend(admin: Admin) -> None:
    admin.writes("base", imaging())
    number = len(SITES) * len(BUILDS)

    assert len(admin.server(max_places=number).config().names) == number
    match = f"too many workflows, more than {number - 1}: have imagr/base.plist say nothing"
    with pytest.raises(TooManyWorkflows, match=match):
        admin.server(max_places=number - 1).config()
    assert configs.MAX_PLACES == 1000


def test_the_admin_sets_what_holds_for_all_of_imagr(admin: Admin) -> None:
    digest = hashlib.sha512(b"let me in").hexdigest()
    more = (
        f"<key>password</key><string>{digest}</string>"
        f"<key>autorun</key><string>{REGISTERED}</string><key>autorun_time</key>"
        "<integer>5</integer><key>wait_for_network</key><false/>"
        "<key>target_volume_name</key><string>Macintosh HD</string>"
    )
    admin.writes("config", extending("shipped/config.plist", more=more))

    config = admin.config()

    assert config.pop("workflows")
    assert config == {
        "autorun": REGISTERED,
        "autorun_time": 5,
        "background_image": f"{URL}/background.png",
        "default_workflow": REGISTERED,
        "password": digest,
        "target_volume_name": "Macintosh HD",
        "wait_for_network": False,
    }


def test_an_admins_own_workflows_are_in_it_and_can_be_included(admin: Admin) -> None:
    admin.writes("config", extending("shipped/config.plist", more=OWN))
    admin.writes("builds/design", extending("shipped/base.plist", components=INCLUDING))

    assert admin.workflow("Base packages")["components"][-1]["type"] == "package"
    assert admin.workflow("london / design")["components"][0]["name"] == "Base packages"
    assert not admin.made().faulty


def test_a_template_that_extends_its_own_name_extends_the_shipped_one(admin: Admin) -> None:
    admin.writes("base", imaging().replace("shipped/", ""))
    admin.writes("config", extending("config.plist", more=OWN))

    assert "london / design" in admin.visible()
    assert admin.workflow("Base packages")


def test_a_config_of_very_many_sites_looks_at_those_with_a_template(
    admin: Admin, repo_folder: Path
) -> None:
    """Of a million pairs: all of them would take minutes, and much more than the test's budget."""
    add_places(repo_folder, 1000)
    admin.writes("sites/site 7/build 9", imaging())
    admin.writes("base", extending("base.plist", description="{= site =}"))

    assert list(admin.made().names.values()) == ["site 7 / build 9"]


def test_what_is_wrong_in_the_base_of_a_large_repo_is_told(admin: Admin, repo_folder: Path) -> None:
    add_places(repo_folder, 200)
    admin.writes("base", "no plist")

    assert {str(error)[:39] for error in admin.made().faulty.values()} == {
        "The template imagr/base.plist is faulty"
    }


def test_a_base_for_one_name_of_very_many_is_refused(admin: Admin, repo_folder: Path) -> None:
    add_places(repo_folder, 20)
    only = (
        "{% if build == 'build 17' and site == 'site 7' %}"
        + IMAGE.format("http://a/b.dmg")
        + "{% endif %}"
    )
    admin.writes("base", extending("shipped/base.plist", components=only))

    with pytest.raises(TooManyWorkflows, match="write templates by build"):
        admin.server(max_tried=400).config()


def test_a_config_holds_no_password_and_no_secret(admin: Admin) -> None:
    admin.writes("base", imaging())
    content = admin.made().content.lower()

    assert b"basic " not in content
    assert b"0f1e2d3c" not in content


def test_validateplist_finds_nothing_to_complain_of(admin: Admin) -> None:
    admin.writes("config", extending("shipped/config.plist", more=OWN))
    admin.writes("base", imaging(more="<key>restart_action</key><string>none</string>"))

    assert not [*complaints(admin.config())]
