"""Workflows for Imagr: those of templates, completed by Rollcall, and its own."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeAlias

from provisioning.clients.imagr.templates import Templates
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
        self, templates: Templates, passes: ImagrTokens, *, url: str, command: str
    ) -> None:
        self._templates = templates
        self._passes = passes
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
        components[end:end] = [*_restart(workflow), self._first_boot(destination, site_locked)]
        return {**workflow, "components": components}

    def registered(self, workflow: Workflow) -> Workflow:
        """Return the workflow that requests the one for this Mac, from its template."""
        script = self._templates.script(
            "registered.sh.j2", token=self._passes.to_ask(), unregistered=UNREGISTERED
        )
        asking = {"type": "included_workflow", "script": script}
        return {**workflow, "components": [*workflow["components"], asking]}

    def hidden(self) -> list[Workflow]:
        """Return the workflows that only show the reason on the screen why there is none."""
        register = f"{self._command} register SERIAL SITE BUILD"
        return [
            self._told(
                UNREGISTERED,
                "nobody has said where this Mac goes. Answer in Slack, where Rollcall asks, or "
                f"type there: {register}. Then run the workflow again.",
            ),
            self._told(
                MISSING,
                "this Mac is registered, but Rollcall has no workflow for its site and build. "
                "Rollcall's channel in Slack says what is missing.",
            ),
        ]

    def _told(self, name: str, sentence: str) -> Workflow:
        content = self._templates.script("told.sh.j2", sentence=sentence)
        script = {"type": "script", "content": content, "first_boot": False}
        return {"name": name, "hidden": True, "description": sentence, "components": [script]}

    def _first_boot(self, destination: Destination, site_locked: bool) -> dict[str, Any]:
        # The token says where to; a header could not carry every name of a site.
        token = self._passes.to_fetch(destination, site_locked=site_locked)
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
