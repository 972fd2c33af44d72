"""The app manifests that admins paste into Slack, and what Slack would say of others."""

import copy
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import yaml

from bot.imports.shortcuts import FORM, MESSAGE
from bot.imports.workflow_step import STEP
from tests.fakes.slack.apps import manifests
from tests.support.installation import ROOT
from tests.support.tables import for_each
from tools.demo.page.actions.shortcuts import shortcuts_of

PLAIN, WITH_STEP = "slack-app.yaml", "slack-app-with-step.yaml"
BOTH = pytest.mark.parametrize("name", [PLAIN, WITH_STEP])
Manifest = dict[str, Any]


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


@cache
def with_step() -> Manifest:
    """The manifest with the step; who changes it copies it."""
    manifest: Manifest = yaml.safe_load(text_of(WITH_STEP))
    return manifest


def over_http(text: str) -> str:
    """The manifest after what its first comment says for HTTP requests."""
    text = text.replace("socket_mode_enabled: true", "socket_mode_enabled: false")
    return re.sub(r"^( +)# (\w+: https://)", r"\1\2", text, flags=re.MULTILINE)


@BOTH
def test_slack_takes_the_manifest_as_it_is(name: str) -> None:
    manifest = manifests.read(text_of(name))

    assert manifest["settings"]["socket_mode_enabled"]
    assert "https://" not in str(manifest)


@BOTH
def test_slack_takes_it_for_http_requests_too(name: str) -> None:
    manifest = manifests.read(over_http(text_of(name)))

    urls = re.findall(r"https://\S+?(?=')", str(manifest))
    assert urls == ["https://rollcall.example.com/slack/events"] * 4
    assert not manifest["settings"]["socket_mode_enabled"]


@BOTH
def test_without_socket_mode_it_needs_the_urls(name: str) -> None:
    text = text_of(name).replace("socket_mode_enabled: true", "socket_mode_enabled: false")

    with pytest.raises(manifests.ManifestRefused) as raised:
        manifests.read(text)

    assert str(raised.value).count("without Socket Mode") == 3


def test_the_second_manifest_is_the_first_and_the_step() -> None:
    plain, stepped = (yaml.safe_load(text_of(name)) for name in (PLAIN, WITH_STEP))

    functions = stepped.pop("functions")
    stepped["settings"]["event_subscriptions"]["bot_events"].remove("function_executed")
    assert stepped["settings"].pop("function_runtime") == "remote"
    stepped["settings"]["org_deploy_enabled"] = False

    assert stepped == plain
    assert list(functions) == [STEP]


@BOTH
def test_the_shortcuts_of_a_manifest_are_those_that_rollcall_listens_to(name: str) -> None:
    shortcuts = {each.callback_id: each for each in shortcuts_of(ROOT / name)}

    assert set(shortcuts) == {FORM, MESSAGE}
    assert shortcuts[MESSAGE].on_message
    assert f"*{shortcuts[MESSAGE].name}*" in (ROOT / "docs/how-to/lists-and-photos.md").read_text()


def set_to(*path_and_value: Any) -> Callable[[Manifest], None]:
    """A change of a manifest: the last argument becomes the value at the path before it."""
    *path, last, value = path_and_value

    def change(manifest: Manifest) -> None:
        place: Any = manifest
        for key in path:
            place = place[key]
        place[last] = value

    return change


def without(*path: Any) -> Callable[[Manifest], None]:
    """A change of a manifest: what is at the path is taken out."""
    *above, last = path

    def change(manifest: Manifest) -> None:
        place: Any = manifest
        for key in above:
            place = place[key]
        del place[last]

    return change


SHORTCUT, COMMAND = ("features", "shortcuts", 0), ("features", "slash_commands", 0)
STEPS, EVENTS = ("functions", STEP), ("settings", "event_subscriptions", "bot_events")
BOT_SCOPES = ("oauth_config", "scopes", "bot")
REFUSED = {
    "a name of a shortcut": (set_to(*SHORTCUT, "name", "x" * 25), "shortcuts[0].name has the size"),
    "no name": (set_to(*SHORTCUT, "name", ""), "shortcuts[0].name has the size 0"),
    "a description": (set_to(*SHORTCUT, "description", "x" * 151), "takes 150 at most"),
    "none": (without(*SHORTCUT, "description"), "shortcuts[0] lacks description"),
    "a callback": (set_to(*SHORTCUT, "callback_id", "x" * 256), "takes 255 at most"),
    "a kind of shortcut": (set_to(*SHORTCUT, "type", "channel"), "takes message|global"),
    "eleven": (
        set_to("features", "shortcuts", [{"name": f"{n}"} for n in range(11)]),
        "features.shortcuts has the size 11",
    ),
    "the app's name": (set_to("display_information", "name", "x" * 36), "takes 35 at most"),
    "its description": (set_to("display_information", "description", "x" * 141), "takes 140"),
    "a short long one": (set_to("display_information", "long_description", "x"), "takes 175"),
    "a colour": (set_to("display_information", "background_color", "blue"), "is 'blue'"),
    "no information": (without("display_information"), "lacks display_information"),
    "the bot's name": (set_to("features", "bot_user", "display_name", "Roll Call"), "Roll Call"),
    "a command": (set_to(*COMMAND, "command", "mac"), "is 'mac': Slack takes /"),
    "a long command": (set_to(*COMMAND, "command", "/" + "x" * 32), "takes 32 at most"),
    "a hint": (set_to(*COMMAND, "usage_hint", "x" * 1001), "usage_hint has the size 1001"),
    "no https": (set_to(*COMMAND, "url", "http://rollcall.example.com"), "takes https://"),
    "an unknown key": (set_to("features", "home_tab", True), "features.home_tab is no key"),
    "one at the top": (set_to("setings", {}), "setings is no key"),
    "a text for a truth": (set_to("settings", "socket_mode_enabled", "yes"), "is no boolean"),
    "a scope twice": (set_to(*BOT_SCOPES, ["commands", "commands"]), "names something twice"),
    "a step's key": (set_to("functions", {"Register Macs": {}}), "functions.Register Macs is no"),
    "a step's title": (set_to(*STEPS, "title", "x" * 256), "title has the size 256"),
    "no outputs": (without(*STEPS, "output_parameters"), "lacks output_parameters"),
    "a type": (set_to(*STEPS, "input_parameters", "site", "type", "text"), "is 'text'"),
    "no runtime": (without("settings", "function_runtime"), "function_runtime: remote"),
    "theirs": (set_to("settings", "function_runtime", "slack"), "function_runtime: remote"),
    "no org": (set_to("settings", "org_deploy_enabled", False), "org_deploy_enabled: true"),
    "a step unheard": (set_to(*EVENTS, ["app_home_opened"]), "need the event function_executed"),
    "an event without a step": (without("functions"), "never comes without functions"),
    "an unknown event": (set_to(*EVENTS, ["function_executed", "home"]), "the event home is none"),
    "an event without a scope": (
        set_to(*BOT_SCOPES, ["commands", "channels:history", "groups:history"]),
        "message.im needs the scope im:history",
    ),
    "a command without a scope": (set_to(*BOT_SCOPES, []), "need the scope commands"),
    "no bot": (without("features", "bot_user"), "need features.bot_user"),
    "no interactivity": (
        set_to("settings", "interactivity", "is_enabled", False),
        "interactivity.is_enabled: true",
    ),
}


@for_each(("change", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_slack_would_refuse_in_a_manifest_is_a_fault(
    change: Callable[[Manifest], None], reason: str
) -> None:
    manifest = copy.deepcopy(with_step())
    change(manifest)

    assert reason in "\n".join(manifests.faults(manifest))


def test_every_limit_says_where_it_comes_from() -> None:
    assert {limit.source for limit in manifests.LIMITS.values()} == set(manifests.SOURCES)
