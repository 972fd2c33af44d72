"""The `[munki]` table of a policy file: read into a layout, with every fault of it at once.

Faults concern several keys together more often than the type of one, so they are found here and
not by the schema of the other tables.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from infrastructure.text import nearest, normalize
from provisioning.munki.layout import (
    DEFAULT,
    FolderForm,
    Form,
    Layout,
    ManifestKind,
    MatchForm,
    NamesForm,
    PrefixForm,
    new_manifests,
)
from provisioning.munki.layout.forms import NAME, SITE
from provisioning.munki.manifests.documents import DEFAULT_CATALOGS
from provisioning.munki.manifests.names import InvalidName, ManifestName

Where: TypeAlias = tuple[str | int, ...]

_PARTS = "with / between its parts, none of which begins with a dot"
_PATH = f'a path below manifests, such as "groups/lab", {_PARTS}'
_FORMS = "folder, prefix, names and match"
_KIND = f"a folder, a table with one of {_FORMS}, or false"
# The keys of the table, and how each is written.
KEYS = {
    "root": f'a folder below MUNKI_REPO, such as "munki_repo", {_PARTS}',
    "always": 'a list of paths, such as ["site_default"]',
    "macs": f'a folder below manifests, such as "clients", {_PARTS}',
    "sites": _KIND,
    "builds": _KIND,
    "order": 'each of "always", "site" and "build" once, as a list',
    "manifest": "a table, such as {managed_installs = []}",
    "catalogs": 'a list of the names of Munki catalogs, such as ["production"]',
}
FORMS = {
    "folder": f'a folder below manifests, such as "groups", {_PARTS}',
    "prefix": 'how the names begin, such as "site_"',
    "names": "a list of paths, or a table of names, each with its path",
    "match": f'a path with one {NAME}, which is the name, such as "lab_*"',
}
INCLUDE = "true or false"
NO_PATH = "?"  # in place of a faulty one


@dataclass(frozen=True, slots=True)
class MunkiTable:
    """The layout of a repo, its folder `root`, read once, and the catalogs of new manifests."""

    root: str = ""
    layout: Layout = DEFAULT
    catalogs: tuple[str, ...] = DEFAULT_CATALOGS


@dataclass(frozen=True, slots=True)
class TableFault:
    """A fault of the table: the value at a key with the fix, or an unknown key."""

    where: Where
    fix: str
    is_unknown_key: bool = False


def read(written: Any) -> tuple[MunkiTable, Sequence[TableFault]]:
    """Return the table that is written under `munki`, and its faults.

    Where there are faults, the table is the part of it that has none.
    """
    reader = _Reader()
    return reader.table(written), tuple(reader.faults)


@dataclass
class _Reader:
    """A reader of one table, which collects faults and goes on."""

    faults: list[TableFault] = field(default_factory=list)

    def table(self, written: Any) -> MunkiTable:
        if not isinstance(written, dict):
            self._add((), "write a table, such as [munki] and keys below it")
            return MunkiTable()
        self._unknown_keys((), written, KEYS)
        if written.get("sites") is False and written.get("builds") is False:
            self._add(("builds",), "munki.sites is false too; one of them says where a Mac goes")
        layout = Layout(
            always=self._paths(("always",), written.get("always", list(DEFAULT.always))),
            macs=self._folder("macs", written.get("macs", "")),
            sites=self._form("sites", written, DEFAULT.sites),
            builds=self._form("builds", written, DEFAULT.builds),
            includes_site=self._includes_site(written.get("sites")),
            order=self._order(written.get("order", list(DEFAULT.order))),
            new_manifest=self._new_manifest(written.get("manifest", DEFAULT.new_manifest)),
        )
        if not self.faults:
            self._contradictions(layout, written)
        catalogs = self._catalogs(written.get("catalogs", list(DEFAULT_CATALOGS)))
        return MunkiTable(self._folder("root", written.get("root", "")), layout, catalogs)

    def _add(self, where: Where, fix: str) -> None:
        self.faults.append(TableFault(where, fix))

    def _unknown_keys(self, where: Where, table: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in table:
            if key not in known:
                near = nearest(key, known)
                fix = f"did you mean {near}?" if near else f"there are {', '.join(sorted(known))}"
                self.faults.append(TableFault((*where, key), fix, is_unknown_key=True))

    def _path(self, where: Where, written: Any, kind: str = _PATH) -> str:
        try:
            return ManifestName.parse(written if isinstance(written, str) else "").text
        except InvalidName:
            self._add(where, f"write {kind}")
            return NO_PATH

    def _paths(self, where: Where, written: Any) -> tuple[str, ...]:
        if not isinstance(written, list):
            self._add(where, f"write {KEYS['always']}")
            return ()
        paths = [self._path((*where, place), path) for place, path in enumerate(written)]
        return tuple(dict.fromkeys(paths))

    def _folder(self, key: str, written: Any) -> str:
        return "" if written == "" else self._path((key,), _without_slash(written), KEYS[key])

    def _catalogs(self, written: Any) -> tuple[str, ...]:
        if new_manifests.are_catalogs(written):
            return tuple(dict.fromkeys(written))
        self._add(("catalogs",), f"write {KEYS['catalogs']}")
        return DEFAULT_CATALOGS

    def _order(self, written: Any) -> tuple[ManifestKind, ...]:
        kinds = [kind.value for kind in ManifestKind]
        if not isinstance(written, list) or sorted(map(str, written)) != sorted(kinds):
            self._add(("order",), f"write {KEYS['order']}")
            return DEFAULT.order
        return tuple(ManifestKind(kind) for kind in written)

    def _includes_site(self, written: Any) -> bool:
        include = written.get("include", True) if isinstance(written, dict) else True
        if not isinstance(include, bool):
            self._add(("sites", "include"), f"write {INCLUDE}")
        return include is not False

    def _form(self, kind: str, table: Mapping[str, Any], default: Form | None) -> Form | None:
        if kind not in table:
            return default
        written = table[kind]
        if written is False:
            return None
        if isinstance(written, str):
            return self._folder_form((kind,), written)
        if not isinstance(written, dict):
            self._add((kind,), f"write {KEYS[kind]}")
            return default
        return self._form_of_table(kind, written, default)

    def _form_of_table(
        self, kind: str, written: Mapping[str, Any], default: Form | None
    ) -> Form | None:
        self._unknown_keys((kind,), written, (*FORMS, "include") if kind == "sites" else FORMS)
        forms = [form for form in FORMS if form in written]
        if not forms:
            self._add((kind,), f"it says no form: write one of {_FORMS}")
            return default
        if len(forms) > 1:
            self._add((kind,), f"it has {' and '.join(forms)}: keep one of them")
            return default
        readers: dict[str, Callable[[str, Any], Form]] = {
            "folder": lambda kind, written: self._folder_form((kind, "folder"), written),
            "prefix": self._prefix_form,
            "names": self._names_form,
            "match": self._match_form,
        }
        return readers[forms[0]](kind, written[forms[0]])

    def _folder_form(self, where: Where, written: Any) -> Form:
        return FolderForm(self._path(where, _without_slash(written), FORMS["folder"]))

    def _prefix_form(self, kind: str, written: Any) -> Form:
        where, example = (kind, "prefix"), f'"{kind.removesuffix("s")}_"'
        if not isinstance(written, str) or not written:
            self._add(where, f"write how the names begin, such as {example}")
        elif "/" in written:
            fix = f'a prefix is for manifests at the root: write match = "{written}{NAME}"'
            self._add(where, fix)
        else:
            self._path(where, f"{written}x")  # a blank may be at the end of it
            return PrefixForm(written)
        return PrefixForm(NO_PATH)

    def _names_form(self, kind: str, written: Any) -> Form:
        where = (kind, "names")
        pairs: list[tuple[str | int, Any]] = []
        if isinstance(written, dict | list):
            pairs = list(written.items() if isinstance(written, dict) else enumerate(written))
        if not pairs:
            self._add(where, f"write {FORMS['names']}")
        names: list[tuple[str, str]] = []
        known: dict[str, str] = {}
        for key, member in pairs:
            path = self._path((*where, key), member)
            name = path if isinstance(key, int) else key  # in a list, the path is the name
            if not name:
                self._add((*where, key), "it has no name; write one before the =")
            elif path != NO_PATH and (first := known.get(normalize(name))):
                fix = f'"{first}" and "{name}" are one name; keep one'
                self._add((*where, key), fix)
            known.setdefault(normalize(name), name)
            names.append((name, path))
        return NamesForm(tuple(names))

    def _match_form(self, kind: str, written: Any) -> Form:
        if fix := _fault_of_pattern(kind, written):
            self._add((kind, "match"), fix)
            return MatchForm(NAME)
        return MatchForm(written)

    def _new_manifest(self, written: Any) -> Mapping[str, Any]:
        if not isinstance(written, Mapping):
            self._add(("manifest",), f"write {KEYS['manifest']}")
            return DEFAULT.new_manifest
        for key, value in written.items():
            if fix := new_manifests.fault_of(key, value):
                self._add(("manifest", key), fix)
        return written

    def _contradictions(self, layout: Layout, written: Mapping[str, Any]) -> None:
        """Faults of keys that contradict each other."""
        sites, builds = layout.sites, layout.builds
        if sites and sites.finds_folders and layout.includes_site:
            self._add(("sites", "match"), "a folder is no manifest: add include = false")
        if sites and sites == builds and not isinstance(sites, NamesForm):
            key, other = ("builds", "sites") if "builds" in written else ("sites", "builds")
            self._add((key,), f"munki.{other} is the same; nothing would tell them apart")
        if sites is None and builds and builds.needs_site:
            self._add(("builds", "match"), f"munki.sites is false, so nothing stands for {SITE}")
        self._paths_twice(layout, written)
        for kind, form in (("sites", sites), ("builds", builds)):
            if form and any(map(layout.is_macs, _examples(form))):
                self._add(("macs",), f"munki.{kind} lies there; Macs need a folder of their own")

    def _paths_twice(self, layout: Layout, written: Mapping[str, Any]) -> None:
        """Faults of a path that is written twice, in whatever case."""
        known = {normalize(path): "munki.always" for path in layout.always}
        for kind, form in (("sites", layout.sites), ("builds", layout.builds)):
            if not isinstance(form, NamesForm):
                continue
            is_list = isinstance(written[kind]["names"], list)
            for place, (name, path) in enumerate(form.names):
                if first := known.get(normalize(path)):
                    fix = f'"{path}" is in {first} already; keep it in one of them'
                    self._add((kind, "names", place if is_list else name), fix)
                known.setdefault(normalize(path), f"munki.{kind}")


def _examples(form: Form) -> Iterator[str]:
    """Yield paths of a form, with a slash behind each: those of a list, or of any name."""
    if isinstance(form, NamesForm):
        yield from (path for _, path in form.names)
    else:
        yield f"{form.path('x', 'x') or ''}/"


def _fault_of_pattern(kind: str, written: Any) -> str | None:
    """The advice about a pattern; None where it is sound."""
    if not isinstance(written, str):
        return f"write {FORMS['match']}"
    if written.count(NAME) != 1:
        return f"write one {NAME}, which is the name"
    rest = written.replace(SITE, "site")
    faults = {
        f"{SITE} is for builds; take it out": kind == "sites" and SITE in written,
        f"the only word in braces is {SITE}": "{" in rest or "}" in rest,
        "a build is no folder: go on behind the /": kind == "builds" and written.endswith("/"),
        f"put something between {SITE} and {NAME}, which tells them apart": (
            SITE + NAME in written or NAME + SITE in written
        ),
    }
    if fix := next((fix for fix, is_there in faults.items() if is_there), None):
        return fix
    try:
        ManifestName.parse(rest.replace(NAME, "name").removesuffix("/"))
    except InvalidName:
        return f"write {_PATH}"
    return None


def _without_slash(written: Any) -> Any:
    """A folder without slashes at its end; a slash alone is left, for it is no folder."""
    return written.rstrip("/") or written if isinstance(written, str) else written
