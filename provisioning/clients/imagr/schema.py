"""A schema of Imagr's config: every key that Imagr knows, and the type of its value.

Keys and types are those of its last commit; the rules are those of its own `validateplist` and
of what would make it fail on a Mac. Imagr itself passes over what it does not know, so a key that
is misspelt does nothing and is an error here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from infrastructure.findings import Finding
from provisioning.clients.imagr import value_types
from provisioning.clients.imagr.value_types import ValueType
from provisioning.clients.templates.findings import KIND


@dataclass(frozen=True, slots=True)
class Shape:
    """A dictionary of the config: its keys with their types.

    Of `either`, exactly one of two keys must be there.
    """

    keys: Mapping[str, ValueType]
    needed: tuple[str, ...] = ()
    either: tuple[str, str] | None = None


_WITH_URL = {"url": value_types.url, "ramdisk": value_types.flag}
_COMMON = {"type": value_types.text, "first_boot": value_types.flag}


def _component(
    keys: Mapping[str, ValueType], *needed: str, either: tuple[str, str] | None = None
) -> Shape:
    return Shape({**_COMMON, **keys}, needed, either)


CONFIG = Shape(
    {
        "password": value_types.sha512,
        "default_workflow": value_types.text,
        "autorun": value_types.text,
        "autorun_time": value_types.number,
        "wait_for_network": value_types.flag,
        "target_volume_name": value_types.text,
        "background_image": value_types.url,
        "workflows": value_types.array,
    }
)
WORKFLOW = Shape(
    {
        "name": value_types.name,
        "description": value_types.words,
        "components": value_types.dictionaries,
        "hidden": value_types.flag,
        "restart_action": value_types.action,
        "bless_target": value_types.flag,
        "first_boot_reboot": value_types.flag,
    },
    ("name", "components"),
)
PARTITION = Shape(
    {
        "name": value_types.text,
        "size": value_types.text,
        "format_type": value_types.text,
        "target": value_types.flag,
    },
    ("size",),
)
COMPONENTS: Mapping[str, Shape] = {
    "image": _component(
        {**_WITH_URL, "url": value_types.image_url, "verify": value_types.flag}, "url"
    ),
    "startosinstall": _component(
        {
            **_WITH_URL,
            "additional_package_urls": value_types.urls,
            "additional_headers": value_types.headers,
            "additional_startosinstall_options": value_types.texts,
        },
        "url",
    ),
    "package": _component(
        {"url": value_types.package_url, "additional_headers": value_types.headers}, "url"
    ),
    "package_folder": _component({"url": value_types.folder}, "url"),
    "script_folder": _component({"url": value_types.folder}, "url"),
    "script": _component(
        {
            "content": value_types.script,
            "url": value_types.url,
            "additional_headers": value_types.headers,
        },
        either=("content", "url"),
    ),
    "partition": _component(
        {
            "map": value_types.text,
            "partitions": value_types.dictionaries,
            "first_boot": value_types.never,
        },
        "partitions",
    ),
    "eraseVolume": _component(
        {
            "name": value_types.ascii_text,
            "format": value_types.text,
            "first_boot": value_types.never,
        }
    ),
    "included_workflow": _component(
        {"name": value_types.name, "script": value_types.script}, either=("name", "script")
    ),
    "computer_name": _component(
        {
            **dict.fromkeys(("auto", "use_serial", "nvram"), value_types.flag),
            **dict.fromkeys(("prefix", "computer_name"), value_types.text),
        }
    ),
    "localize": _component(
        {
            "keyboard_layout_name": value_types.text,
            "keyboard_layout_id": value_types.whole,
            "language": value_types.text,
            "locale": value_types.text,
            "timezone": value_types.text,
        }
    ),
    "restart_action": _component({"action": value_types.action}, "action"),
    "variables": _component({"variableLabels": value_types.labels}, "variableLabels"),
}


def finding(key: str, fix: str) -> Finding:
    """Return a finding about the value at a key."""
    return Finding(KIND, f"{key}: {fix}", "")


def findings_of_config(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the faults of a config's root, without those of the workflows in it."""
    yield from _findings(config, CONFIG, "")


def findings_of_workflow(workflow: Mapping[str, Any], where: str = "") -> Iterator[Finding]:
    """Yield the faults of a workflow and of its components, which are counted from 1."""
    yield from _findings(workflow, WORKFLOW, where)
    for number, component in _each(workflow.get("components")):
        yield from _findings_of_component(component, f"{where}components[{number}]")


def _findings_of_component(component: Mapping[str, Any], where: str) -> Iterator[Finding]:
    kind = component.get("type")
    shape = COMPONENTS.get(kind) if isinstance(kind, str) else None
    if shape is None:
        yield finding(f"{where} type", _unknown(kind, COMPONENTS, "There is no such component"))
        return
    where = f"{where} ({kind}) "
    yield from _findings(component, shape, where)
    if kind == "partition":
        yield from _findings_of_partitions(component.get("partitions"), f"{where}partitions")


def _findings_of_partitions(partitions: object, where: str) -> Iterator[Finding]:
    each = list(_each(partitions))
    for number, partition in each:
        yield from _findings(partition, PARTITION, f"{where}[{number}] ")
    targets = sum(partition.get("target") is True for _, partition in each)
    if targets != 1:
        yield finding(where, f"{targets} of them have target true; give it to exactly one")


def _findings(value: Mapping[str, Any], shape: Shape, where: str) -> Iterator[Finding]:
    for key, content in value.items():
        value_type = shape.keys.get(key)
        if value_type is None:
            yield finding(f"{where}{key}", _unknown(key, shape.keys, "Imagr has no such key"))
        elif fix := value_type(content):
            yield finding(f"{where}{key}", fix)
    for key in shape.needed:
        if key not in value:
            yield finding(f"{where}{key}", "it is missing; write it")
    if shape.either and sum(key in value for key in shape.either) != 1:
        first, second = shape.either
        yield finding(f"{where}{first}", f"write either {first} or {second}, and not both")


def _unknown(given: object, keys: Mapping[str, Any], fact: str) -> str:
    near = get_close_matches(str(given)[:100], keys, n=1)
    return f"{fact}; did you mean {near[0]}?" if near else f"{fact}; there are {', '.join(keys)}"


def _each(values: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The dictionaries among `values`, numbered from 1; all else has its own finding."""
    if isinstance(values, list):
        for number, value in enumerate(values, start=1):
            if isinstance(value, dict):
                yield number, value
