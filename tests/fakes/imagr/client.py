"""A simulated Imagr, at its last commit or (`old`) at release 1.6.1: from config to first boot."""

import plistlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.imagr.netboot import Netboot, NoAnswer
from tests.fakes.mac import Mac, Run

TRIES = 3
MARK = "ImagrIncludedWorkflow:"


class WorkerDied(Exception):
    """Imagr's thread is gone: the Mac stands still, and sends no more reports."""


class NoConfig(Exception):
    """Imagr got no config; the text is the error that it shows."""


@dataclass
class Imagr:
    """Imagr on a Mac, with what a technician sees in it and what is on the disk that it images.

    `typed` are the user name and the password that the technician knows; `asked` how often Imagr
    wanted them. `screen` are the lines below the bar, `error` the sentence of the error panel.
    """

    mac: Mac
    net: Netboot
    typed: tuple[str, str] | None = None
    old: bool = False
    config: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    screen: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    error: str = ""
    first_boot: dict[str, str] = field(default_factory=dict)
    restart: str = "restart"
    _counter: float = 0.0

    def load(self) -> None:
        """Get the config: three tries, a password where it is wanted. Raises NoConfig."""
        login: tuple[str, str] | None = None
        for _ in range(TRIES):
            try:
                content = self.net.get_config(login)
            except NoAnswer as refused:
                if refused.status == 401:
                    self.asked += 1
                    if login or not self.typed:
                        raise NoConfig("The user name or the password is wrong.") from refused
                    login = self.typed
                continue
            if content:
                self._take(content)
                return
        raise NoConfig("Couldn't get configuration plist.")

    def _take(self, content: bytes) -> None:
        text = content.replace(b"{{current_volume_path}}", b"/Volumes/NetBoot")
        self.config = plistlib.loads(text, fmt=plistlib.FMT_XML)
        self._says("in_progress", "Imagr is starting up...")

    def choices(self) -> list[str]:
        """The names in the menu."""
        return [each["name"] for each in self.config["workflows"] if not each.get("hidden", False)]

    def run(self, name: str | None = None) -> None:
        """Run a workflow to its end: the chosen one, or the one that is chosen already."""
        chosen = name or self.config.get("autorun") or self.config["default_workflow"]
        workflow = self._named(chosen)
        assert workflow is not None, f"there is no {chosen!r} to choose"
        self.error, self._counter = "", 0.0
        self.restart = workflow.get("restart_action", "restart")
        self._looks_for_a_name(workflow["components"])
        self._says("in_progress", f"Preparing to run workflow {chosen}...")
        for component in workflow["components"]:
            self._does(component)
        self._says("success", f"Finished running {chosen}.")
        if self.error:
            self._says("error", self.error)

    def boots(self, *, ticks: int = 3) -> list[Run]:
        """Start from the imaged disk: each script runs at every tick until it exits 0."""
        runs = []
        for _ in range(ticks):
            for name, script in sorted(self.first_boot.items()):
                runs.append(self.mac.run(script))
                if runs[-1].code == 0:
                    del self.first_boot[name]
            if not self.first_boot:
                break
        return runs

    def _says(self, status: str, message: str) -> None:
        with suppress(NoAnswer):  # whatever is wrong with it, Imagr goes on
            self.net.report(status, self.mac.serial, message, old=self.old)

    def _named(self, name: str) -> dict[str, Any] | None:
        found = (each for each in self.config["workflows"] if each["name"].strip() == name.strip())
        return next(found, None)

    def _looks_for_a_name(self, components: Sequence[Mapping[str, Any]]) -> bool:
        """True where a computer name is to be typed. Looks into included workflows, too."""
        for item in components:
            if item["type"] == "computer_name":
                return True
            if item["type"] == "included_workflow":
                included = self._named(self._included(item) or "")
                if included and self._looks_for_a_name(included["components"]):
                    return True
        return False

    def _does(self, item: Mapping[str, Any]) -> None:
        if self.error:
            return
        self._counter += 1.0
        match item["type"]:
            case "script":
                self._script(item)
            case "included_workflow":
                self._says("in_progress", "Running included workflow.")
                self._include(item)
            case "restart_action":
                self._says("in_progress", f"Setting restart_action to {item['action']}")
                self.restart = item["action"]
            case kind:
                if message := _said_of(kind, item):
                    self._says("in_progress", message)
                self.done.append(kind)

    def _script(self, item: Mapping[str, Any]) -> None:
        later = item.get("first_boot", True)
        verb = "Copying first boot script" if later else "Running script"
        self._says("in_progress", f"{verb} {self._counter}")
        content = item.get("content", "")
        if "url" in item:
            try:
                content = self.net.get_script(item["url"], item.get("additional_headers", []))
            except NoAnswer as refused:
                if not later:
                    raise WorkerDied from refused
                self.error = f"Couldn't copy script {self._counter}"
                return
        content = self.mac.prepare(content)
        if later:
            self.first_boot[f"{int(self._counter):03d}"] = content
            return
        ended = self._watched(content)
        if ended.code:
            self.error = ended.output or f"Script {int(self._counter)} returned a non-0 exit code"

    def _include(self, item: Mapping[str, Any]) -> None:
        name = self._included(item)
        workflow = self._named(name) if name else None
        if workflow is None:
            self.error = self.error or f"Could not find included workflow {name}"
            self._says("error", self.error)
            return
        for component in workflow["components"]:
            self._does(component)

    def _included(self, item: Mapping[str, Any]) -> str | None:
        """The name that a component says or that its script prints; str() of it has to work."""
        if "name" in item:
            return str(item["name"].encode("ascii"), "ascii")
        item["script"].encode("ascii")
        ended = self._watched(self.mac.prepare(item["script"]))
        if ended.code:
            self.error = f"Could not run included workflow script: {ended.output}"
            self._says("error", self.error)
            return None
        said = [line for line in ended.output.splitlines() if line.startswith(MARK)]
        return said[0].removeprefix(MARK).strip().encode("ascii").decode() if said else None

    def _watched(self, script: str) -> Run:
        """Run a script as Imagr does: it reads a line for as long as the script still runs."""
        with self.mac.started(script, self.net.disk) as process:
            assert process.stdout is not None
            lines = []
            while process.poll() is None:
                lines.append(process.stdout.readline().strip())
                self.screen.append(lines[-1])
        return Run(process.returncode, "\n".join(lines).strip())


def _said_of(kind: str, item: Mapping[str, Any]) -> str | None:
    return {
        "image": f"Restoring DMG: {item.get('url')}",
        "startosinstall": f"starting macOS install: {item.get('url')}",
        "package": f"Downloading and installing first boot package(s): {item.get('url')}",
        "partition": "Running partition task.",
        "eraseVolume": "Erasing volume with name Macintosh HD",
        "computer_name": "Setting computer name to mac",
        "localize": "Localizing Mac",
    }.get(kind)
