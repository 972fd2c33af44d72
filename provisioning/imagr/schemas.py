"""What Imagr understands: every key of its config, what may stand there, and how to mend it.

Keys and kinds are those of its last commit; the rules are those of its own `validateplist` and
of what would make it fail on a Mac. Imagr itself passes over what it does not know, so a key that
is misspelt does nothing and is an error here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

from provisioning.imagr import kinds

Kind: TypeAlias = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """Where in a template something is wrong, and what mends it."""

    key: str
    mend: str


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of a dictionary with their kinds.

    Of `either`, exactly one of two keys has to be there.
    """

    keys: Mapping[str, Kind]
    needed: tuple[str, ...] = ()
    either: tuple[str, str] | None = None


_WITH_URL = {"url": kinds.url, "ramdisk": kinds.flag}
_COMMON = {"type": kinds.text, "first_boot": kinds.flag}


def _component(
    keys: Mapping[str, Kind], *needed: str, either: tuple[str, str] | None = None
) -> Shape:
    return Shape({**_COMMON, **keys}, needed, either)


CONFIG = Shape(
    {
        "password": kinds.sha512,
        "default_workflow": kinds.text,
        "autorun": kinds.text,
        "autorun_time": kinds.number,
        "wait_for_network": kinds.flag,
        "target_volume_name": kinds.text,
        "background_image": kinds.url,
        "workflows": kinds.dictionaries,
    }
)
WORKFLOW = Shape(
    {
        "name": kinds.name,
        "description": kinds.words,
        "components": kinds.dictionaries,
        "hidden": kinds.flag,
        "restart_action": kinds.action,
        "bless_target": kinds.flag,
        "first_boot_reboot": kinds.flag,
    },
    ("name", "components"),
)
PARTITION = Shape(
    {
        "name": kinds.text,
        "size": kinds.text,
        "format_type": kinds.text,
        "target": kinds.flag,
    },
    ("size",),
)
COMPONENTS: Mapping[str, Shape] = {
    "image": _component({**_WITH_URL, "url": kinds.image_url, "verify": kinds.flag}, "url"),
    "startosinstall": _component(
        {
            **_WITH_URL,
            "additional_package_urls": kinds.urls,
            "additional_headers": kinds.headers,
            "additional_startosinstall_options": kinds.texts,
        },
        "url",
    ),
    "package": _component({"url": kinds.package_url, "additional_headers": kinds.headers}, "url"),
    "package_folder": _component({"url": kinds.folder}, "url"),
    "script_folder": _component({"url": kinds.folder}, "url"),
    "script": _component(
        {"content": kinds.script, "url": kinds.url, "additional_headers": kinds.headers},
        either=("content", "url"),
    ),
    "partition": _component(
        {"map": kinds.text, "partitions": kinds.dictionaries, "first_boot": kinds.never},
        "partitions",
    ),
    "eraseVolume": _component(
        {"name": kinds.ascii_text, "format": kinds.text, "first_boot": kinds.never}
    ),
    "included_workflow": _component(
        {"name": kinds.name, "script": kinds.script}, either=("name", "script")
    ),
    "computer_name": _component(
        {
            **dict.fromkeys(("auto", "use_serial", "nvram"), kinds.flag),
            **dict.fromkeys(("prefix", "computer_name"), kinds.text),
        }
    ),
    "localize": _component(
        {
            "keyboard_layout_name": kinds.text,
            "keyboard_layout_id": kinds.whole,
            "language": kinds.text,
            "locale": kinds.text,
            "timezone": kinds.text,
        }
    ),
    "restart_action": _component({"action": kinds.action}, "action"),
    "variables": _component({"variableLabels": kinds.labels}, "variableLabels"),
}


def faults_of_config(config: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with the root of a config, and with the workflows that stand in it."""
    yield from _faults(config, CONFIG, "")
    for number, workflow in _each(config.get("workflows")):
        yield from faults_of_workflow(workflow, f"workflows[{number}] ")


def faults_of_workflow(workflow: Mapping[str, Any], where: str = "") -> Iterator[Fault]:
    """What is wrong with a workflow and with its components; components count from 1."""
    yield from _faults(workflow, WORKFLOW, where)
    for number, component in _each(workflow.get("components")):
        yield from _faults_of_component(component, f"{where}components[{number}]")


def _faults_of_component(component: Mapping[str, Any], where: str) -> Iterator[Fault]:
    kind = component.get("type")
    shape = COMPONENTS.get(kind) if isinstance(kind, str) else None
    if shape is None:
        yield Fault(f"{where} type", _unknown(kind, COMPONENTS, "There is no such component"))
        return
    where = f"{where} ({kind}) "
    yield from _faults(component, shape, where)
    if kind == "partition":
        yield from _faults_of_partitions(component.get("partitions"), f"{where}partitions")


def _faults_of_partitions(partitions: Any, where: str) -> Iterator[Fault]:
    each = list(_each(partitions))
    for number, partition in each:
        yield from _faults(partition, PARTITION, f"{where}[{number}] ")
    targets = sum(partition.get("target") is True for _, partition in each)
    if targets != 1:
        yield Fault(where, f"{targets} of them have target true; give it to exactly one")


def _faults(value: Mapping[str, Any], shape: Shape, where: str) -> Iterator[Fault]:
    for key, content in value.items():
        kind = shape.keys.get(key)
        if kind is None:
            yield Fault(f"{where}{key}", _unknown(key, shape.keys, "Imagr has no such key"))
        elif mend := kind(content):
            yield Fault(f"{where}{key}", mend)
    for key in shape.needed:
        if key not in value:
            yield Fault(f"{where}{key}", "it is missing; write it")
    if shape.either and sum(key in value for key in shape.either) != 1:
        one, other = shape.either
        yield Fault(f"{where}{one}", f"write either {one} or {other}, and not both")


def _unknown(given: Any, known: Mapping[str, Any], fact: str) -> str:
    near = get_close_matches(str(given)[:100], known, n=1)
    return f"{fact}; did you mean {near[0]}?" if near else f"{fact}; there are {', '.join(known)}"


def _each(values: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The dictionaries among `values`, numbered from 1; whatever else is there has its fault."""
    if isinstance(values, list):
        for number, value in enumerate(values, start=1):
            if isinstance(value, dict):
                yield number, value
