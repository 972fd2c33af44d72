"""A loader of templates: it reads them from their folders, and reports unreadable ones."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from jinja2 import TemplateSyntaxError

from infrastructure.filesystem import plain
from infrastructure.findings import Finding
from provisioning.clients.templates.findings import finding
from provisioning.clients.templates.renderer import SHIPPED, meant, references

INTERVAL = 5.0  # seconds between two readings of the folders

_Path: TypeAlias = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class LoadedTemplate:
    """A template: its text and the texts that it extends and includes, by their names.

    `findings` are those that can be seen before anything is rendered.
    """

    texts: Mapping[str, str]
    findings: tuple[Finding, ...] = ()

    @property
    def digest(self) -> str:
        """A hash of the texts and the findings, in hexadecimal digits."""
        state = json.dumps([self.texts, [*map(str, self.findings)]], sort_keys=True)
        return hashlib.sha256(state.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _State:
    """The files of one moment, and their contents as far as they were read."""

    paths: Mapping[str, _Path]
    loaded: dict[str, LoadedTemplate]


class TemplateLoader:
    """The files below `folders`; of two with one name the first wins. Threads share it.

    Those of the last folder, which Rollcall ships, are also available as `shipped/NAME`. Templates'
    names end in `suffix`. The folders are read every few seconds, never written.
    """

    def __init__(
        self, folders: list[Path], suffix: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folders = [str(folder) for folder in folders]
        self.suffix = suffix
        self._clock = clock
        self._refreshed_at = float("-inf")
        self._state = _State({}, {})

    def names(self) -> Set[str]:
        """The names of all files, such as `sites/london.sh.j2`; templates and others."""
        return self._refreshed().paths.keys()

    def templates(self) -> list[str]:
        """The names of all templates, sorted, without those in SHIPPED."""
        names = self.names()
        return sorted(
            name for name in names if name.endswith(self.suffix) and not name.startswith(SHIPPED)
        )

    def load(self, name: str) -> LoadedTemplate:
        """Return the template `name` with everything that it extends and includes."""
        state = self._refreshed()
        if (loaded := state.loaded.get(name)) is None:
            loaded = state.loaded[name] = self._read(name, state.paths)
        return loaded

    def _refreshed(self) -> _State:
        now = self._clock()
        if now - self._refreshed_at >= INTERVAL:
            present = dict(self._present())
            if present != self._state.paths:
                self._state = _State(present, {})
            self._refreshed_at = now
        return self._state

    def _present(self) -> Iterator[tuple[str, _Path]]:
        """Every file, with an identifier of its version."""
        for folder in reversed(self._folders):
            yield from _files(folder)
        yield from ((SHIPPED + name, path) for name, path in _files(self._folders[-1]))

    def _read(self, name: str, paths: Mapping[str, _Path]) -> LoadedTemplate:
        texts: dict[str, str] = {}
        findings: list[Finding] = []
        names = [name]
        while names:
            each = names.pop()
            if each in texts or each not in paths:
                continue
            try:
                texts[each] = plain.read(paths[each][0]).decode()
            except UnicodeDecodeError:
                texts[each] = ""
                findings.append(finding("it is no text in UTF-8.", "Save it as UTF-8.", file=each))
            except OSError as error:
                texts[each] = ""
                findings.append(finding(f"it cannot be read ({error.strerror}).", file=each))
            if "\r" in texts[each]:
                fix = "Save it with Unix's line ends."
                findings.append(finding("sh stumbles over its line ends (CR).", fix, file=each))
            names += self._referenced(each, texts[each], paths)
        return LoadedTemplate(texts, tuple(findings))

    def _referenced(self, name: str, text: str, paths: Mapping[str, _Path]) -> Iterator[str]:
        try:
            found = references(text)
        except (TemplateSyntaxError, RecursionError):
            return  # the finding comes from compiling it
        for reference in found:
            if reference is None:  # computed: it may be any of them
                yield from (each for each in paths if each.endswith(self.suffix))
            else:
                yield meant(reference, name)


def _files(folder: str) -> Iterator[tuple[str, _Path]]:
    """Every visible file below a folder, by its path from there."""
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in files:
            full = f"{path}/{file}"
            if state := plain.version_of(full):
                yield os.path.relpath(full, folder).replace(os.sep, "/"), (full, *state)
