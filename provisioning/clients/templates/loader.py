"""Templates as they lie in their folders, and what is wrong with one."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from jinja2 import Environment, TemplateSyntaxError
from jinja2.meta import find_referenced_templates

INTERVAL = 5.0  # seconds between looks at the folders

_Path: TypeAlias = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template, where, and how it is fixed. No `line`: with all of it."""

    file: str
    line: int | None
    what: str
    fix: str = "Fix the file"

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.what}. {self.fix}."


@dataclass(frozen=True, slots=True)
class Found:
    """A template and all that it extends and includes, by their names.

    `faults` are those that can be seen before anything is rendered.
    """

    texts: Mapping[str, str]
    faults: tuple[Fault, ...] = ()

    @property
    def digest(self) -> str:
        """Tells one state of all of them from another."""
        said = json.dumps([self.texts, [str(fault) for fault in self.faults]], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _State:
    """The files that there are at one time, and what was read of them."""

    paths: Mapping[str, _Path]
    found: dict[str, Found]


class TemplateLoader:
    """The files below `folders`, of which the first that has a name wins; threads share it.

    Templates' names end in `suffix`. The folders are looked at every few seconds, never written.
    """

    def __init__(
        self,
        folders: list[Path],
        suffix: str,
        environment: Environment,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folders = [str(folder) for folder in folders]
        self._suffix = suffix
        self._environment = environment
        self._clock = clock
        self._looked = float("-inf")
        self._state = _State({}, {})

    def names(self) -> Set[str]:
        """The names of all files, such as `sites/london.sh.j2`; templates and others."""
        return self._looked_at().paths.keys()

    def templates(self) -> list[str]:
        """The names of all templates, sorted."""
        return sorted(name for name in self.names() if name.endswith(self._suffix))

    def found(self, name: str) -> Found:
        """Return the template `name` with all that it needs."""
        state = self._looked_at()
        if (known := state.found.get(name)) is None:
            known = state.found[name] = self._gathered(name, state.paths)
        return known

    def _looked_at(self) -> _State:
        now = self._clock()
        if now - self._looked >= INTERVAL:
            present = dict(self._present())
            if present != self._state.paths:
                self._state = _State(present, {})
            self._looked = now
        return self._state

    def _present(self) -> Iterator[tuple[str, _Path]]:
        """Every file, with what tells one version of it from another."""
        for folder in reversed(self._folders):
            for path, folders, files in os.walk(folder):
                folders[:] = [name for name in folders if not name.startswith(".")]
                for file in files:
                    full = f"{path}/{file}"
                    if state := _state(full):
                        yield os.path.relpath(full, folder).replace(os.sep, "/"), (full, *state)

    def _gathered(self, name: str, paths: Mapping[str, _Path]) -> Found:
        texts: dict[str, str] = {}
        faults: list[Fault] = []
        wanted = [name]
        while wanted:
            each = wanted.pop()
            if each in texts or each not in paths:
                continue
            try:
                texts[each] = Path(paths[each][0]).read_bytes().decode()
            except UnicodeDecodeError:
                texts[each] = ""
                faults.append(Fault(each, None, "it is no text in UTF-8", "Save it as UTF-8"))
            except OSError as error:
                texts[each] = ""
                faults.append(Fault(each, None, f"it cannot be read ({error.strerror})"))
            if "\r" in texts[each]:
                fix = "Save it with Unix's line ends"
                faults.append(Fault(each, None, "sh stumbles over its line ends (CR)", fix))
            wanted += self._referenced(texts[each], paths)
        return Found(texts, tuple(faults))

    def _referenced(self, text: str, paths: Mapping[str, _Path]) -> Iterator[str]:
        try:
            parsed = self._environment.parse(text)
        except TemplateSyntaxError:
            return  # whoever compiles it says so
        for reference in find_referenced_templates(parsed):
            if reference is None:  # computed: it may be any of them
                yield from (name for name in paths if name.endswith(self._suffix))
            else:
                yield reference


def _state(path: str) -> tuple[int, int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
