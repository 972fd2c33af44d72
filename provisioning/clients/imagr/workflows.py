"""Workflows for Imagr: those of templates, completed by Rollcall, and its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeAlias

from provisioning.clients.imagr import schema
from provisioning.clients.imagr.errors import FaultyTemplate
from provisioning.clients.imagr.templates import CONFIG, Templates
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.munki import Destination

Workflow: TypeAlias = dict[str, Any]

# Hidden ones, for Macs that cannot be imaged. ASCII, as every name that the script prints.
UNREGISTERED = "Rollcall: nobody has registered this Mac"
MISSING = "Rollcall: no workflow for this Mac"


class Workflows:
    """A completer of workflows: it adds the scripts that call the server at `url`.

    `command` is Slack's slash command.
    """

    def __init__(
        self, templates: Templates, tokens: ImagrTokens, *, url: str, command: str
    ) -> None:
        self._templates = templates
        self._tokens = tokens
        self._url = url.rstrip("/")
        self._command = command

    def completed(
        self, workflow: Workflow, destination: Destination, *, site_locked: bool = False
    ) -> Workflow:
        """Return the workflow with Rollcall's first-boot script at its end.

        `site_locked`, the script sends no Mac to another site, whatever is registered.
        Where it installs macOS, that stands before: Imagr does not come to what follows. Of a
        workflow that is included Imagr does not look at `restart_action`, so a component says it.
        """
        components = list(workflow["components"])
        kinds = [component["type"] for component in components]
        end = kinds.index("startosinstall") if "startosinstall" in kinds else len(components)
        token = self._tokens.to_fetch(destination, site_locked=site_locked)
        components[end:end] = [*_restart(workflow), self._first_boot(token)]
        return {**workflow, "components": components}

    def registered(self, workflow: Workflow) -> Workflow:
        """Return the workflow that requests the one for this Mac, from its template."""
        script = self._templates.script(
            "registered.sh.j2", token=self._tokens.to_ask(), unregistered=UNREGISTERED
        )
        asking = {"type": "included_workflow", "script": script}
        return {**workflow, "components": [*workflow["components"], asking]}

    def hidden(self, usage: str) -> list[Workflow]:
        """Return the workflows that only show the reason for a missing one on the screen.

        `usage` are the words for a destination in Slack's command.
        """
        register = f"{self._command} register SERIAL {usage}"
        return [
            self._told(
                UNREGISTERED,
                "nobody has said where this Mac goes. Answer in Slack, where Rollcall asks, or "
                f"type there: {register}. Then run the workflow again.",
            ),
            self._told(
                MISSING,
                "this Mac is registered, but Rollcall has no workflow for its "
                f"{' and '.join(usage.lower().split())}. "
                "Rollcall's channel in Slack says what is missing.",
            ),
        ]

    def _told(self, name: str, sentence: str) -> Workflow:
        content = self._templates.script("told.sh.j2", sentence=sentence)
        script = {"type": "script", "content": content, "first_boot": False}
        return {"name": name, "hidden": True, "description": sentence, "components": [script]}

    def _first_boot(self, token: str) -> dict[str, Any]:
        # The token says where to; a header could not carry every name of a site.
        return {
            "type": "script",
            "url": f"{self._url}/",
            "first_boot": True,
            "additional_headers": [f"Authorization: Bearer {token}"],
        }


def printable(name: str) -> str:
    """Return the name under which a script may name a workflow: Imagr breaks on all but ASCII."""
    return name if name.isascii() else f"Rollcall: {sha256(name.encode()).hexdigest()[:12]}"


def twin(workflow: Workflow) -> Workflow:
    """Return a hidden copy of a workflow under the name that a script may print."""
    return {**workflow, "name": printable(workflow["name"]), "hidden": True}


@dataclass(frozen=True, slots=True)
class SoundWorkflows:
    """The workflows of config.plist that can be served; `lost` are the names of the others."""

    workflows: Sequence[Workflow]
    faults: Sequence[FaultyTemplate]
    lost: frozenset[str]


def sound(written: Sequence[Any], taken: Collection[str]) -> SoundWorkflows:
    """Return the workflows that Imagr understands of those `written` in config.plist.

    Names that are `taken`, or that an earlier one has, are faults, and so is including a missing
    workflow.
    """
    good: list[Workflow] = []
    faults: list[FaultyTemplate] = []
    for number, workflow in enumerate(written, start=1):
        try:
            _check(workflow, f"workflows[{number}] ", [*taken, *(each["name"] for each in good)])
        except FaultyTemplate as error:
            faults.append(error)
        else:
            good.append(workflow)
    while broken := {each["name"]: lack for each in good if (lack := _not_included(each, good))}:
        faults += broken.values()
        good = [each for each in good if each["name"] not in broken]
    names = [each.get("name") for each in written if isinstance(each, dict)]
    kept = {each["name"] for each in good}
    lost = frozenset(name for name in names if isinstance(name, str)) - kept
    return SoundWorkflows(good, faults, lost)


def _check(workflow: object, where: str, taken: Collection[str]) -> None:
    """Raise FaultyTemplate where Imagr would not understand one workflow of config.plist."""
    if not isinstance(workflow, dict):
        raise FaultyTemplate(CONFIG, [schema.finding(where.strip(), "write a <dict>")])
    if findings := [*schema.findings_of_workflow(workflow, where)]:
        raise FaultyTemplate(CONFIG, findings)
    if (name := workflow["name"]) in taken:
        fix = f"two of them are named {name!r}; give each a name of its own"
        raise FaultyTemplate(CONFIG, [schema.finding(f"{where}name", fix)])


def _not_included(workflow: Workflow, own: Sequence[Workflow]) -> FaultyTemplate | None:
    try:
        check_included(CONFIG, workflow, own)
    except FaultyTemplate as error:
        return error
    return None


def check_included(template: str, workflow: Workflow, own: Sequence[Workflow]) -> None:
    """Raise FaultyTemplate where a workflow includes one that is not among config.plist's `own`."""
    names = {each["name"] for each in own} - {workflow["name"]}
    for name in included(workflow):
        if name not in names:
            fix = f"there is no other workflow {name!r} in config.plist; write it there"
            raise FaultyTemplate(template, [schema.finding("included_workflow name", fix)])


def included(workflow: Mapping[str, Any]) -> Sequence[str]:
    """Return the names of the workflows that this one includes by name."""
    return [
        component["name"]
        for component in workflow["components"]
        if component["type"] == "included_workflow" and "name" in component
    ]


def _restart(workflow: Workflow) -> list[dict[str, str]]:
    action = workflow.get("restart_action")
    return [{"type": "restart_action", "action": action}] if action else []
