"""A workflow of Imagr's config: what it does, and how it is named."""

from pathlib import Path

import pytest

from provisioning.access.errors import InvalidToken
from provisioning.clients.imagr.workflows import MISSING, UNREGISTERED
from provisioning.munki import Destination
from tests.fakes.imagr.admin import PASSES, REGISTERED, URL, Admin, extending, imaging
from tests.fakes.mac import Mac
from tests.support.fixtures.repo import LONDON


def test_every_workflow_ends_with_the_first_boot_script_and_its_token(admin: Admin) -> None:
    admin.writes("builds/design", imaging())

    script = admin.workflow("london / design")["components"][-1]
    [header] = script.pop("additional_headers")
    kind, _, token = header.removeprefix("Authorization: ").partition(" ")

    assert script == {"type": "script", "url": f"{URL}/", "first_boot": True}
    assert kind == "Bearer"
    assert PASSES.destination(token).destination == LONDON


def test_where_macos_is_installed_the_script_is_put_there_before(admin: Admin) -> None:
    """Imagr restarts in the middle of it, and comes to nothing that follows."""
    install = "<key>type</key><string>startosinstall</string><key>url</key><string>{}</string>"
    install = f"<dict>{install.format('http://images.lan/macOS.dmg')}</dict>"
    admin.writes("builds/design", extending("shipped/base.plist", components=install))

    kinds = [each["type"] for each in admin.workflow("london / design")["components"]]

    assert kinds == ["script", "startosinstall"]


def test_how_a_workflow_ends_holds_where_it_is_included_too(admin: Admin) -> None:
    more = "<key>restart_action</key><string>shutdown</string>"
    admin.writes("builds/design", imaging(more=more))

    workflow = admin.workflow("london / design")

    assert workflow["restart_action"] == "shutdown"
    assert {"type": "restart_action", "action": "shutdown"} in workflow["components"]


def test_the_registered_build_asks_with_a_token_that_does_nothing_else(admin: Admin) -> None:
    [asking] = admin.workflow(REGISTERED)["components"]
    [line] = [each for each in asking["script"].splitlines() if each.startswith("token=")]
    token = line.removeprefix("token=")

    PASSES.check_asker(token)
    with pytest.raises(InvalidToken, match="only asks"):
        PASSES.destination(token)
    assert asking["script"].isascii()
    assert "{{serial_number}}" in asking["script"]


def test_what_comes_before_asking_is_the_admins(admin: Admin) -> None:
    admin.writes(
        "registered",
        extending(
            "shipped/registered.plist",
            name="Ask first",
            components="<dict><key>type</key><string>computer_name</string></dict>",
            more="<key>bless_target</key><false/>",
        ),
    )

    workflow = admin.workflow("Ask first")

    assert [each["type"] for each in workflow["components"]] == [
        "computer_name",
        "included_workflow",
    ]
    assert workflow["bless_target"] is False
    assert admin.config()["default_workflow"] == "Ask first"


def test_names_that_imagr_would_break_on_have_a_hidden_twin(
    admin: Admin, repo_folder: Path
) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    (sites / "東京").write_bytes((sites / "paris").read_bytes())
    admin.writes("builds/design", imaging())

    name = admin.made().names[Destination("東京", "design")]
    seen, hidden = admin.workflow("東京 / design"), admin.workflow(name)

    assert name.isascii()
    assert hidden["hidden"]
    assert "hidden" not in seen
    assert [each["type"] for each in hidden["components"]] == ["image", "script"]
    assert admin.made().names[LONDON] == "london / design"


@pytest.mark.parametrize("name", [UNREGISTERED, MISSING])
def test_the_workflows_that_only_say_something_are_hidden(admin: Admin, name: str) -> None:
    workflow = admin.workflow(name)

    assert workflow["hidden"] is True
    assert [each["first_boot"] for each in workflow["components"]] == [False]
    assert name.isascii()


def test_any_name_of_a_site_stands_in_the_plist_as_it_is(admin: Admin, repo_folder: Path) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    name = 'R&D <b> "King\'s" {{serial_number}} {% x ]]>'
    (sites / name).write_bytes((sites / "paris").read_bytes())
    admin.writes("builds/design", imaging(description="{= site =}"))

    assert admin.workflow(f"{name} / design")["description"] == name


def test_a_script_in_a_template_says_any_name_and_executes_nothing_of_it(
    admin: Admin, repo_folder: Path
) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    name = "R&D `id` $(id) 'x' &lt; {{serial_number}}"
    (sites / name).write_bytes((sites / "paris").read_bytes())
    script = (
        "<dict><key>type</key><string>script</string><key>first_boot</key><false/>"
        "<key>content</key><string>#!/bin/sh\nprintf %s {= site|sh =}\n</string></dict>"
    )
    admin.writes("builds/design", extending("shipped/base.plist", components=script))

    mac = Mac("C02ABC123DEF", URL, username="", password="")
    content = admin.workflow(f"{name} / design")["components"][0]["content"]

    assert mac.run(mac.prepare(content)).output == mac.run(content).output == name


def test_imagrs_own_placeholders_stay_for_imagr(admin: Admin) -> None:
    admin.writes("builds/design", imaging("file://{{current_volume_path}}/{= build =}.dmg"))

    image = admin.workflow("london / design")["components"][0]

    assert image["url"] == "file://{{current_volume_path}}/design.dmg"
