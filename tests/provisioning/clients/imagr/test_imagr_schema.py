"""The schema of Imagr's config, and the messages about its faults."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from provisioning.clients.imagr import schema
from provisioning.clients.imagr.schema import COMPONENTS, CONFIG, WORKFLOW
from tests.support.tables import for_each

URL = "http://images.lan/a"
# One of each, with every key that Imagr knows.
WHOLE: list[dict[str, Any]] = [
    {"type": "image", "url": f"{URL}.dmg", "verify": True, "ramdisk": False, "first_boot": False},
    {
        "type": "startosinstall",
        "url": f"{URL}.dmg",
        "ramdisk": True,
        "additional_package_urls": [f"{URL}.pkg"],
        "additional_headers": ["X-Key: a:b"],
        "additional_startosinstall_options": ["--agreetolicense"],
    },
    {"type": "package", "url": f"{URL}.pkg", "first_boot": True, "additional_headers": ["A: b"]},
    {"type": "package_folder", "url": "{{current_volume_path}}/packages"},
    {"type": "script_folder", "url": "file:///Volumes/x/scripts"},
    {"type": "script", "content": "#!/bin/sh\nexit 0\n", "first_boot": False},
    {"type": "script", "url": "https://x/", "additional_headers": ["Authorization: Basic x"]},
    {
        "type": "partition",
        "map": "GPTFormat",
        "partitions": [
            {"name": "First", "size": "50%", "format_type": "Journaled HFS+", "target": True},
            {"size": "50%", "target": False},
        ],
        "first_boot": False,
    },
    {"type": "eraseVolume", "name": "Macintosh HD", "format": "auto_hfs_or_apfs"},
    {"type": "included_workflow", "name": "Zürich"},
    {"type": "included_workflow", "script": "#!/bin/sh\necho ImagrIncludedWorkflow: x\n"},
    {
        "type": "computer_name",
        "auto": True,
        "use_serial": False,
        "prefix": "LON-",
        "computer_name": "{{serial_number}}",
        "nvram": False,
    },
    {
        "type": "localize",
        "keyboard_layout_name": "British",
        "keyboard_layout_id": 2,
        "language": "en",
        "locale": "en_GB",
        "timezone": "Europe/London",
    },
    {"type": "restart_action", "action": "shutdown"},
    {"type": "variables", "variableLabels": [{"asset": "Asset tag?"}]},
]
WORKFLOWS = {
    "name": "A",
    "description": "",
    "components": WHOLE,
    "hidden": True,
    "restart_action": "none",
    "bless_target": False,
    "first_boot_reboot": False,
}
CONFIGS = {
    "password": "0a" * 64,
    "default_workflow": "A",
    "autorun": "A",
    "autorun_time": 0,
    "wait_for_network": True,
    "target_volume_name": "Macintosh%20HD",
    "background_image": f"{URL}.png?",
    "workflows": [WORKFLOWS],
}


def messages(component: dict[str, Any]) -> list[str]:
    workflow = {"name": "A", "components": [component]}
    return [finding.message for finding in schema.findings_of_workflow(workflow)]


def test_a_config_with_every_key_that_imagr_knows_has_no_fault() -> None:
    assert not [*schema.findings_of_config(CONFIGS)]
    assert {*CONFIGS} == {*CONFIG.keys}
    assert {*WORKFLOWS} == {*WORKFLOW.keys}
    assert {each["type"] for each in WHOLE} == {*COMPONENTS}
    for kind, shape in COMPONENTS.items():
        written = {key for each in WHOLE if each["type"] == kind for key in each}
        assert {*shape.keys} - written <= {"first_boot"}


@for_each(
    ("component", "told"),
    [
        ({"type": "imge"}, "components[1] type: There is no such component; did you mean image?"),
        ({}, "components[1] type: There is no such component"),
        ({"type": ["image"]}, "components[1] type: There is no such component"),
        ({"type": "image"}, "components[1] (image) url: it is missing; write it"),
        ({"type": "image", "url": f"{URL}.pkg"}, "url: it has to end in .dmg or .sparseimage"),
        ({"type": "package", "url": f"{URL}.zip"}, "url: it has to end in .pkg or .dmg"),
        ({"type": "package", "url": "ftp://a/b.pkg"}, "url: begin it with http://"),
        ({"type": "package", "url": "http://a/b c.pkg"}, "url: write %20 for a space"),
        ({"type": "package", "url": "http://[/b.pkg"}, "url: it is no URL"),
        ({"type": "package", "url": "http://zürich/b.pkg"}, "only ASCII here; fix 'ü'"),
        ({"type": "package", "url": 3}, "url: write text, in <string>"),
        ({"type": "package_folder", "url": "http://a/"}, "url: write a path on this Mac"),
        ({"type": "script"}, "content: write either content or url, and not both"),
        ({"type": "script", "url": URL, "content": "x"}, "write either content or url"),
        ({"type": "script", "content": "echo é"}, "content: Imagr takes only ASCII here; fix 'é'"),
        ({"type": "script", "content": "a\r\nb"}, "content: end its lines with LF alone"),
        ({"type": "script", "content": "  "}, "content: it is empty"),
        ({"type": "script", "content": "x", "first_boot": "yes"}, "first_boot: write <true/> or"),
        ({"type": "script", "url": URL, "additional_headers": ["no colon"]}, "Key: value"),
        ({"type": "script", "url": URL, "additional_headers": ["A: b\r\nC: d"]}, "Key: value"),
        ({"type": "script", "url": URL, "additional_headers": "A: b"}, "write an <array>"),
        ({"type": "included_workflow", "name": "A", "script": "x"}, "name or script, and not both"),
        ({"type": "included_workflow"}, "name: write either name or script"),
        ({"type": "included_workflow", "url": URL, "name": "A"}, "url: Imagr has no such key"),
        ({"type": "partition"}, "partitions: it is missing"),
        ({"type": "partition", "partitions": []}, "0 of them have target true; give it to exactly"),
        ({"type": "partition", "partitions": [{"target": True}]}, "partitions[1] size: it is miss"),
        (
            {"type": "partition", "partitions": [{"size": "1", "target": True}] * 2},
            "2 of them have target true",
        ),
        (
            {"type": "partition", "partitions": [{"size": "1", "target": True, "fs": "x"}]},
            "partitions[1] fs: Imagr has no such key",
        ),
        ({"type": "eraseVolume", "first_boot": True}, "first_boot: only <false/> is possible"),
        ({"type": "eraseVolume", "name": "Zürich"}, "name: Imagr takes only ASCII here"),
        ({"type": "localize", "keyboard_layout_id": "2"}, "write a number, in <integer>"),
        ({"type": "localize", "keyboard_layout_id": True}, "write a number, in <integer>"),
        ({"type": "restart_action", "action": "sleep"}, "write one of none, restart, shutdown"),
        ({"type": "restart_action", "action": []}, "write one of none, restart, shutdown"),
        ({"type": "variables", "variableLabels": []}, "give each <dict> one variable"),
        ({"type": "variables", "variableLabels": [{"a": "b", "c": "d"}]}, "give each <dict> one"),
    ],
)
def test_what_is_wrong_with_a_component_is_told_with_its_key_and_its_mend(
    component: dict[str, Any], told: str
) -> None:
    assert told in "\n".join(messages(component))


@for_each(
    ("key", "value", "told"),
    [
        ("blessed", True, "blessed: Imagr has no such key; did you mean bless_target?"),
        ("restrictions", [], "restrictions: Imagr has no such key"),
        ("name", " A", "name: write one line, without spaces around it"),
        ("name", "A\nB", "name: write one line"),
        ("name", "A" * 201, "name: write at most 200 characters"),
        ("hidden", 1, "hidden: write <true/> or <false/>"),
        ("components", {"type": "image"}, "components: write an <array> that holds only <dict>"),
        ("components", ["image"], "components: write an <array> that holds only <dict>"),
        ("restart_action", "Restart", "restart_action: write one of none, restart, shutdown"),
    ],
)
def test_what_is_wrong_with_a_workflow_is_told_too(key: str, value: object, told: str) -> None:
    workflow = {"name": "A", "components": [], key: value}

    [finding] = schema.findings_of_workflow(workflow)
    assert told in finding.message


plists: Any = st.recursive(
    st.text() | st.integers() | st.booleans() | st.binary() | st.floats() | st.dates(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.text() | st.sampled_from([*CONFIG.keys, *WORKFLOW.keys, "type"]), inner
        )
    ),
)


@given(plists, st.sampled_from([*COMPONENTS]))
def test_whatever_a_property_list_holds_it_is_judged_and_nothing_breaks(
    value: Any, kind: str
) -> None:
    for key in (*CONFIG.keys, "other"):
        list(schema.findings_of_config({key: value}))
    for key in WORKFLOW.keys:
        list(schema.findings_of_workflow({key: value}))
    for key in COMPONENTS[kind].keys:
        messages({"type": kind, key: value})
