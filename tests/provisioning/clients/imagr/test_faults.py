"""Faulty templates of Imagr's config: each takes away its own workflows, and is told of."""

import plistlib

import pytest

from infrastructure.database.engine import Database
from provisioning.clients.imagr.errors import FaultyTemplate
from provisioning.clients.imagr.workflows import MISSING
from provisioning.clients.scripts import TEMPLATES
from provisioning.clients.templates.last_good import LastGood
from provisioning.munki import Destination, MunkiRepo
from tests.fakes.imagr.admin import INCLUDING, REGISTERED, Admin, extending, imaging
from tests.fakes.imagr.validateplist import complaints
from tests.support.fixtures.repo import LONDON
from tests.support.inputs.samples import SITES
from tests.support.installation import CHANNEL
from tests.support.owed import troubles
from tests.support.tables import for_each


@for_each(
    ("more", "told"),
    [
        ("<key>autorun</key><string>Nothing</string>", "autorun: there is no workflow 'Nothing'"),
        (
            "<key>default_workflow</key><string>Nothing</string>",
            "default_workflow: there is no workflow 'Nothing'",
        ),
        ("<key>password</key><string>secret</string>", "password: write the password's SHA-512"),
        ("<key>blessed</key><true/>", "blessed: Imagr has no such key; there are password"),
        ("<key>workflows</key><string>none</string>", "workflows: write an <array>"),
    ],
)
def test_what_is_wrong_for_all_of_imagr_is_an_error_that_names_file_key_and_mend(
    admin: Admin, more: str, told: str
) -> None:
    admin.writes("config", extending("shipped/config.plist", more=more))

    with pytest.raises(
        FaultyTemplate, match=f"^The template imagr/config.plist is faulty: .*{told}"
    ):
        admin.made()


def own(*workflows: str) -> str:
    return f"<key>workflows</key><array>{''.join(workflows)}</array>"


def written(name: str, component: str = "<key>type</key><string>localize</string>") -> str:
    return (
        f"<dict><key>name</key><string>{name}</string><key>components</key>"
        f"<array><dict>{component}</dict></array></dict>"
    )


def including(name: str) -> str:
    return (
        f"<key>type</key><string>included_workflow</string><key>name</key><string>{name}</string>"
    )


@for_each(
    ("broken", "told"),
    [
        (written("Broken", "<key>type</key><string>x</string>"), "workflows[2] components[1] type"),
        (written(MISSING), f"two of them are named {MISSING!r}"),
        (written("Sound"), "two of them are named 'Sound'; give each a name of its own"),
        (written("Broken", including("Gone")), "no other workflow 'Gone' in config.plist"),
        ("<dict><key>components</key><array/></dict>", "workflows[2] name: it is missing"),
        ("<string>text</string>", "workflows[2]: write a <dict>"),
        ("<dict><key>name</key><array/></dict>", "workflows[2] name: "),
    ],
)
def test_a_faulty_workflow_of_config_plist_is_left_out_and_told_and_no_other_is(
    admin: Admin, broken: str, told: str
) -> None:
    admin.writes("builds/design", imaging())
    more = own(written("Sound"), broken, written("Also sound"))
    admin.writes("config", extending("shipped/config.plist", more=more))

    made = admin.made()

    assert admin.visible()[:3] == [REGISTERED, "Sound", "Also sound"]
    assert made.names[LONDON] == "london / design"
    assert told in str(made.left_out[0])
    assert "imagr/config.plist is faulty" in str(made.left_out[0])
    assert not [*complaints(plistlib.loads(made.content))]


def test_what_includes_a_workflow_that_is_left_out_is_left_out_too(admin: Admin) -> None:
    more = own(
        written("First", including("Second")),
        written("Second", including("Third")),
        written("Third", "<key>type</key><string>x</string>"),
        written("Sound"),
    )
    admin.writes("config", extending("shipped/config.plist", more=more))
    admin.writes("builds/design", extending("shipped/base.plist", components=INCLUDING))

    assert admin.visible() == [REGISTERED, "Sound"]
    assert [str(error).split(": ", 1)[1][:35] for error in admin.made().left_out] == [
        "workflows[3] components[1] type: Th",
        "included_workflow name: there is no",
        "included_workflow name: there is no",
    ]


@pytest.mark.parametrize("key", ["default_workflow", "autorun"])
def test_a_choice_of_a_workflow_that_is_left_out_goes_with_it(admin: Admin, key: str) -> None:
    broken = written("Broken", "<key>type</key><string>x</string>")
    more = f"{own(broken)}<key>{key}</key><string>Broken</string>"
    admin.writes("config", extending("shipped/config.plist", more=more))

    config = admin.config()

    assert config["default_workflow"] == REGISTERED
    assert "autorun" not in config
    assert f"{key}: the workflow 'Broken' is left out" in str(admin.made().left_out[1])


def test_without_a_good_registered_plist_the_other_workflows_are_served(admin: Admin) -> None:
    admin.writes("builds/design", imaging())
    admin.writes("registered", "no plist")

    made = admin.made()

    assert admin.visible() == [f"{site} / design" for site in SITES]
    assert "imagr/registered.plist is faulty" in str(made.left_out[0])
    assert "default_workflow" not in admin.config()


def test_a_registered_plist_that_became_faulty_stays_as_it_last_was_after_a_restart(
    admin: Admin, database: Database, repo: MunkiRepo
) -> None:
    def served() -> list[str]:
        server = admin.server(LastGood(database, repo, CHANNEL, TEMPLATES))
        return [each["name"] for each in plistlib.loads(server.config().content)["workflows"]]

    admin.writes("registered", extending("shipped/registered.plist", name="Ask first"))
    assert served()[0] == "Ask first"
    admin.writes("registered", extending("shipped/registered.plist", components="<dict/>"))

    assert served()[0] == "Ask first"
    [told] = troubles(database)
    assert "goes on being served" in told
    assert "imagr/registered.plist is faulty: components[1] type" in told


def test_signs_that_begin_a_tag_stand_in_an_inline_script_between_raw_and_endraw(
    admin: Admin,
) -> None:
    script = (
        "<dict><key>type</key><string>script</string><key>content</key><string>{}</string></dict>"
    )
    text = "#!/bin/sh\necho ${%s}\n"
    admin.writes("builds/design", extending("shipped/base.plist", components=script.format(text)))

    [told] = {str(error) for error in admin.made().faulty.values()}
    assert "imagr/builds/design.plist is faulty: line 3: it cannot be filled in" in told
    assert "where {% is text and no tag, write {% raw %}{%{% endraw %}" in told

    escaped = script.format(text.replace("{%", "{% raw %}{%{% endraw %}"))
    admin.writes("builds/design", extending("shipped/base.plist", components=escaped))
    assert admin.workflow("london / design")["components"][0]["content"] == text


@for_each(
    ("text", "told"),
    [
        ("{% extends", "builds/kiosk.plist is faulty: line 1"),
        ("{= nothing =}", "it cannot be filled in ('nothing' is undefined)"),
        ("no plist", "once filled in, it is no property list"),
        ("<plist><array/></plist>", "its root has to be a <dict>"),
        (imaging().replace("</dict>", "<dikt/></dict>"), "it has <dikt> where none belongs"),
        (imaging("ftp://x/y.dmg"), "components[1] (image) url: begin it with http://"),
        (imaging(name="The same"), "'The same' is the name of the workflow for london/kiosk"),
        (imaging(name=REGISTERED), "'Registered build' is the name of another workflow"),
        (
            extending("shipped/base.plist", components=INCLUDING),
            "there is no other workflow 'Base packages' in config.plist",
        ),
    ],
)
def test_a_faulty_template_takes_away_its_own_workflows_and_no_others(
    admin: Admin, text: str, told: str
) -> None:
    admin.writes("builds/design", imaging())
    admin.writes("builds/kiosk", text)

    made = admin.made()

    assert made.names[LONDON] == "london / design"
    assert told in str(made.faulty[Destination("paris", "kiosk")])
    assert "paris / kiosk" not in made.names.values()
    assert not [*complaints(plistlib.loads(made.content))]


@pytest.mark.parametrize(
    ("name", "key"),
    [("config", "autorun_time"), ("registered", "description"), ("builds/design", "description")],
)
def test_of_a_key_that_is_there_twice_imagr_gets_the_last_and_the_admin_is_told(
    admin: Admin, name: str, key: str
) -> None:
    kind = "integer" if key == "autorun_time" else "string"
    twice = "".join(f"<key>{key}</key><{kind}>{value}</{kind}>" for value in (1, 9))
    if "/" in name:
        admin.writes(name, imaging(more=twice))
    else:
        admin.writes(name, extending(f"shipped/{name}.plist", more=twice))

    made = admin.made()

    assert f"<key>{key}</key>\n\t<{kind}>9<" in made.content.decode().replace("\t\t", "")
    [told] = {str(each) for each in made.faults}
    assert f"imagr/{name}.plist is faulty: plist: it has the key {key!r} twice" in told
    assert told.endswith("and Imagr takes the last; take one of the two out.")


def test_a_key_that_is_there_once_again_is_told_no_more(admin: Admin) -> None:
    server = admin.server()
    once = "<key>autorun_time</key><integer>9</integer>"
    admin.writes("config", extending("shipped/config.plist", more=2 * once))
    assert server.config().faults

    admin.writes("config", extending("shipped/config.plist", more=once))
    assert not server.config().faults


def test_another_background_image_takes_the_place_of_the_shipped_one(admin: Admin) -> None:
    mine = "<key>background_image</key><string>http://images.lan/ours.png</string>"
    admin.writes("config", extending("shipped/config.plist", more=mine))

    assert admin.config()["background_image"] == "http://images.lan/ours.png"
    assert not admin.made().faults


def test_one_that_became_faulty_stays_as_it_last_was_until_it_is_mended(admin: Admin) -> None:
    server = admin.server()
    admin.writes("builds/design", imaging())
    before = server.config()

    admin.writes("builds/design", "no plist")
    broken = server.config()
    assert broken.content == before.content
    assert "it is no property list" in str(broken.faulty[LONDON])

    admin.writes("builds/design", imaging("http://images.lan/newer.dmg"))
    fixed = server.config()
    assert (fixed.faulty, b"newer.dmg" in fixed.content) == ({}, True)


def test_a_config_that_became_faulty_stays_as_it_last_was_too(admin: Admin) -> None:
    server = admin.server()
    admin.writes("builds/design", imaging())
    before = server.config()

    admin.writes("config", "no plist")
    broken = server.config()

    assert broken.content == before.content
    assert "imagr/config.plist is faulty" in str(broken.strays[0])


def test_one_that_was_taken_away_is_not_kept(admin: Admin) -> None:
    server = admin.server()
    admin.writes("builds/design", imaging())
    server.config()
    (admin.folder / "imagr" / "builds" / "design.plist").unlink()

    assert LONDON not in server.config().names


@for_each(
    ("name", "told"),
    [
        ("builds/desing", "no build 'desing'"),
        ("sites/london/desing", "no build 'desing'"),
        ("sites/Londn", "no site 'Londn'"),
        ("sites/Londn/design", "no site 'Londn'"),
    ],
)
def test_a_template_for_what_the_repo_does_not_have_is_told(
    admin: Admin, name: str, told: str
) -> None:
    for good in ("builds/design", "sites/new york/kiosk", "parts/image", "builds/._design"):
        admin.writes(good, imaging())
    assert not admin.made().strays

    admin.writes(name, imaging())

    [stray] = admin.made().strays
    assert str(stray) == (
        f"The template imagr/{name}.plist is faulty: its name: the Munki repo has {told}; rename "
        "the file or delete it."
    )
    (admin.folder / "imagr" / f"{name}.plist").unlink()
