"""The checks of Imagr's own `validateplist`, errors and warnings, written anew."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

Plist = Mapping[str, Any]


def complaints(config: Plist) -> Iterator[str]:
    """The complaints about a config, without those for which it asks the servers of its URLs."""
    if "password" in config and not config["password"]:
        yield "the password is empty"
    names = [workflow["name"] for workflow in config.get("workflows", [])]
    if not names:
        yield "there are no workflows"
    if len(names) != len({*names}):
        yield "the names of workflows are not unique"
    for key in ("default_workflow", "autorun"):
        if key in config and config[key] not in names:
            yield f"{key} names no workflow"
    if "background_image" in config:
        yield from _of_url("background_image", config["background_image"])
    for workflow in config.get("workflows", []):
        for complaint in _of_workflow(workflow):
            yield f"{workflow['name']}: {complaint}"


def _of_workflow(workflow: Plist) -> Iterator[str]:
    if workflow.get("restart_action", "none") not in ("none", "restart", "shutdown"):
        yield "restart_action is none of the three"
    harmless = False
    for component in workflow["components"]:
        yield from _of_component(component)
        erases = component.get("type") in ("partition", "image")
        if erases and harmless:
            yield f"{component['type']} comes after what it erases"
        harmless = harmless or not erases


def _of_component(component: Plist) -> Iterator[str]:
    if not isinstance(component.get("first_boot", True), bool):
        yield "first_boot is no boolean"
    kind = component.get("type")
    match kind:
        case None:
            yield "there is no type"
        case "image":
            yield from _of_file(component, ".dmg", ".sparseimage")
            if not isinstance(component.get("verify", True), bool):
                yield "verify is no boolean"
        case "package":
            yield from _of_file(component, ".dmg", ".pkg")
        case "script" if "url" in component:
            yield from _of_url("script", component["url"])
        case "script" if "content" not in component:
            yield "script has neither content nor url"
        case "partition":
            yield from _of_partitions(component.get("partitions") or [])
    if kind in ("partition", "eraseVolume") and component.get("first_boot") is True:
        yield f"{kind} cannot be done at the first boot"


def _of_partitions(partitions: list[Plist]) -> Iterator[str]:
    if not partitions:
        yield "partitions is empty"
    if sum(each.get("target") is True for each in partitions) != 1:
        yield "there is not one target"
    if any("size" not in each for each in partitions):
        yield "a partition has no size"


def _of_file(component: Plist, *endings: str) -> Iterator[str]:
    url = component.get("url")
    if url is None:
        yield "there is no url"
        return
    if not url.endswith(endings):
        yield f"the url does not end in {' or '.join(endings)}"
    yield from _of_url(component["type"], url)


def _of_url(name: str, url: object) -> Iterator[str]:
    if not isinstance(url, str):
        yield f"{name} is no text"
    elif " " in url or urlsplit(url).scheme not in ("http", "https", "file"):
        yield f"{name} is no valid URL"
