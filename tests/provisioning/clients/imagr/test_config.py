"""Imagr's config: the workflows in it, by the sites and builds that they are for."""

import hashlib
import plistlib
from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.errors import InvalidToken
from provisioning.clients.imagr import config as configs
from provisioning.clients.imagr.errors import FaultyTemplate, TooManyWorkflows
from provisioning.clients.imagr.workflows import MISSING, UNREGISTERED
from provisioning.clients.scripts import TEMPLATES
from provisioning.clients.templates.last_good import LastGood
from provisioning.munki import Destination, MunkiRepo
from provisioning.outbox.models import TROUBLE, Notification
from tests.fakes.imagr.admin import IMAGE, PASSES, URL, Admin, extending, imaging
from tests.fakes.imagr.validateplist import complaints
from tests.fakes.mac import Mac
from tests.support.fixtures.repo import LONDON
from tests.support.installation import CHANNEL
from tests.support.samples import BUILDS, SITES, add_places
from tests.support.soaking import soak_only
from tests.support.tables import for_each

REGISTERED = "Registered build"


@pytest.fixture
def admin(tmp_path: Path, repo: MunkiRepo) -> Admin:
    """An admin who has written no template yet."""
    return Admin(tmp_path / "templates", repo)


def visible(admin: Admin) -> list[str]:
    return [each["name"] for each in admin.config()["workflows"] if not each.get("hidden")]


# What is offered


def test_before_anybody_says_what_to_image_only_the_registered_build_is_offered(
    admin: Admin,
) -> None:
    config = admin.config()

    assert visible(admin) == [REGISTERED]
    assert config["default_workflow"] == REGISTERED
    assert "autorun" not in config
    assert "password" not in config
    assert not [*complaints(config)]


def test_a_template_for_a_build_offers_that_build_at_every_site(admin: Admin) -> None:
    admin.writes("builds/design", imaging())

    assert visible(admin) == [REGISTERED, *(f"{site} / design" for site in SITES)]


def test_a_template_for_a_site_offers_every_build_there(admin: Admin) -> None:
    admin.writes("sites/new york", imaging())

    assert visible(admin) == [REGISTERED, *(f"new york / {build}" for build in BUILDS)]


def test_a_base_template_that_says_what_to_image_offers_everything(admin: Admin) -> None:
    admin.writes("base", imaging())
    assert len(visible(admin)) == 1 + len(SITES) * len(BUILDS)

    admin.writes("sites/paris/kiosk", extending("shipped/base.plist"))
    assert len(visible(admin)) == len(SITES) * len(BUILDS)


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

    assert len(admin.server(most=number).config().names) == number
    match = f"too many workflows, more than {number - 1}: have imagr/base.plist say nothing"
    with pytest.raises(TooManyWorkflows, match=match):
        admin.server(most=number - 1).config()
    assert configs.MOST == 1000


# What a workflow does


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

    PASSES.may_ask(token)
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


# What holds for all of Imagr


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


OWN = (
    "<key>workflows</key><array><dict><key>name</key><string>Base packages</string>"
    "<key>hidden</key><true/><key>components</key><array><dict><key>type</key>"
    "<string>package</string><key>url</key><string>http://images.lan/a.pkg</string></dict>"
    "</array></dict></array>"
)
INCLUDING = (
    "<dict><key>type</key><string>included_workflow</string>"
    "<key>name</key><string>Base packages</string></dict>"
)


def test_an_admins_own_workflows_are_in_it_and_can_be_included(admin: Admin) -> None:
    admin.writes("config", extending("shipped/config.plist", more=OWN))
    admin.writes("builds/design", extending("shipped/base.plist", components=INCLUDING))

    assert admin.workflow("Base packages")["components"][-1]["type"] == "package"
    assert admin.workflow("london / design")["components"][0]["name"] == "Base packages"
    assert not admin.made().faulty


@for_each(
    ("more", "told"),
    [
        (
            "<key>autorun</key><string>Nothing</string>",
            "autorun: there is no workflow 'Nothing'",
        ),
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
        (written(REGISTERED), "two of them are named 'Registered build'"),
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

    assert visible(admin)[:3] == [REGISTERED, "Sound", "Also sound"]
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

    assert visible(admin) == [REGISTERED, "Sound"]
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

    assert visible(admin) == [f"{site} / design" for site in SITES]
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
    with database.reading() as session:
        [told] = session.scalars(select(Notification).where(Notification.kind == TROUBLE))
    assert "goes on being served" in told.facts["sentence"]
    assert "imagr/registered.plist is faulty: components[1] type" in told.facts["sentence"]


# Faults of one template


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


def test_a_template_that_extends_its_own_name_extends_the_shipped_one(admin: Admin) -> None:
    admin.writes("base", imaging().replace("shipped/", ""))
    admin.writes("config", extending("config.plist", more=OWN))

    assert "london / design" in visible(admin)
    assert admin.workflow("Base packages")


@soak_only("test_extended_templates has it for the same loader")
def test_templates_that_extend_each_other_are_a_fault_with_its_mend(admin: Admin) -> None:
    admin.writes("builds/design", extending("builds/kiosk.plist"))
    admin.writes("builds/kiosk", extending("builds/design.plist"))

    told = str(admin.made().faulty[LONDON])

    assert "builds/design.plist and builds/kiosk.plist extend or include each other" in told
    assert "have it extend shipped/base.plist" in told


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
        admin.server(most_tried=400).config()


@for_each(
    ("text", "told"),
    [
        ("{% extends", "builds/kiosk.plist is faulty: line 1"),
        ("{= nothing =}", "it cannot be filled in ('nothing' is undefined)"),
        ("no plist", "once filled in, it is no property list"),
        ("<plist><array/></plist>", "its root has to be a <dict>"),
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


@pytest.mark.parametrize(
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


def test_a_config_holds_no_password_and_no_secret(admin: Admin) -> None:
    admin.writes("base", imaging())
    content = admin.made().content.lower()

    assert b"basic " not in content
    assert b"0f1e2d3c" not in content


def test_validateplist_finds_nothing_to_complain_of(admin: Admin) -> None:
    admin.writes("config", extending("shipped/config.plist", more=OWN))
    admin.writes("base", imaging(more="<key>restart_action</key><string>none</string>"))

    assert not [*complaints(admin.config())]
