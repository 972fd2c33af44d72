"""Candidates: the pairs of forms that could tell a repo's sites and builds, by its paths alone."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from posixpath import commonpath

from provisioning.munki.layout.forms import (
    NAME,
    SITE,
    FolderForm,
    Form,
    MatchForm,
    NamesForm,
    PrefixForm,
)
from provisioning.munki.manifests.names import EXTENSION, InvalidName, ManifestName

MAX_FORMS = 100  # that are tried in pairs, those of the most Macs
MAX_NAMES = 300  # in a list; more would fill the policy file
MAX_CUTS = 8  # places where one name is cut into a prefix and the rest
LONGEST = 200  # characters of a path that is tried
SEPARATORS = "-_."
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
# Words of folders and prefixes, in the singular; those of EITHER say that it is one of the two.
WORDS_OF_SITES = frozenset(
    _WORD.findall(
        "site location loc office building bldg campus place where area region branch school store "
        "city country"
    )
)
WORDS_OF_BUILDS = frozenset(_WORD.findall("role type build team what kind class workflow purpose"))
WORDS_OF_EITHER = frozenset(_WORD.findall("group grp department dept division unit faculty"))
# What every Mac includes is called so, though it begins as sites or builds do.
OF_ALL = frozenset(_WORD.findall("default common base core all global everyone"))

_CUT = re.compile(r"[-_. ]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """A form for sites and one for builds; one of them may be None."""

    sites: Form | None
    builds: Form | None
    includes_site: bool = True

    @property
    def forms(self) -> tuple[Form, ...]:
        """Those that there are."""
        return tuple(form for form in (self.sites, self.builds) if form is not None)


def is_path(text: str) -> bool:
    """Return True for a text that the policy file takes as a path."""
    try:
        ManifestName.parse(text)
    except InvalidName:
        return False
    return len(text) <= LONGEST


def all_forms(paths: Iterable[str]) -> Mapping[Form, Sequence[str]]:
    """Return each folder, beginning and end of names among the paths, with those it covers."""
    covered: defaultdict[Form, list[str]] = defaultdict(list)
    for path in paths:
        for form in _forms_of(path):
            covered[form].append(path)
    return covered


def single_forms(paths: Iterable[str]) -> Mapping[Form, Sequence[str]]:
    """Return the same without the patterns in a folder that cover all of the folder."""
    covered = all_forms(paths)
    return {form: found for form, found in covered.items() if not _is_folder(form, covered)}


def _is_folder(form: Form, covered: Mapping[Form, Sequence[str]]) -> bool:
    if not isinstance(form, MatchForm):
        return False
    folder, _, last = form.pattern.rpartition("/")
    whole = covered.get(FolderForm(folder), ()) if NAME in last else ()
    return bool(whole) and len(whole) == len(covered[form])


def _forms_of(path: str) -> Iterator[Form]:
    parts = path.split("/")
    if len(parts) > 1:
        yield from (FolderForm("/".join(parts[:end])) for end in range(1, len(parts)))
        if _is_plain(path):  # each has a folder of its own, with a manifest of one name
            yield MatchForm("/".join([*parts[:-2], NAME, parts[-1]]))
    folder = path.removesuffix(parts[-1])
    found = EXTENSION.search(path)
    extension = found[0] if found else ""
    stem = parts[-1].removesuffix(extension)
    cuts = list(_CUT.finditer(stem))
    for cut in cuts[:MAX_CUTS]:
        beginning = stem[: cut.end()]
        if beginning == stem:
            continue
        if not extension and not folder and is_path(beginning):
            yield PrefixForm(beginning)
        elif _is_plain(folder + beginning):  # a prefix has no folder, space at its end, extension
            yield MatchForm(folder + beginning + NAME + extension)
    end = stem[cuts[-1].start() :] if cuts and cuts[-1].start() else ""
    if _says_kind(end) and _is_plain(path):
        yield MatchForm(folder + NAME + end + extension)


def pairs_with_sites(
    paths: Sequence[str], offered: Sequence[str], catalogs: Collection[str]
) -> Iterator[Pair]:
    """Yield the pairs in which the path of a build names its site.

    `paths` are those that Macs include, `offered` all that there are.
    """
    yield from _lengthened(paths)
    deep = [path.split("/") for path in paths if "/" in path and _is_plain(path)]
    for depth in {len(parts) for parts in deep}:
        level = [parts for parts in deep if len(parts) == depth]
        for start in range(depth - 1):
            above = {tuple(parts[:start]) for parts in level}
            if len(above) > 1:
                break  # below different folders: there is no pattern with one * and one site
            beginning, rest = "".join(f"{part}/" for part in above.pop()), depth - start
            firsts = {parts[start] for parts in level}
            if rest == 2 and firsts <= set(catalogs):  # noqa: PLR2004 - a folder and a name in it
                yield _by_catalog(beginning, firsts, offered)
            else:
                yield from _patterns(beginning, [parts[start:] for parts in level])


def _lengthened(paths: Sequence[str]) -> Iterator[Pair]:
    """The pairs of builds whose names are that of a site, lengthened: `loc_leeds_lab`."""
    there, sites = set(paths), defaultdict[tuple[str, str], set[str]](set)
    for path in filter(_is_plain, paths):
        folder = path.rfind("/") + 1
        cuts = list(_CUT.finditer(path, folder))
        for cut in cuts[:MAX_CUTS]:
            site = path[: cut.start()]
            if site in there:
                for start in (folder, *(each.end() for each in cuts if each.end() < len(site))):
                    sites[site[:start], cut[0]].add(site)
    many = nlargest(MAX_CUTS, sites.items(), key=lambda each: len(each[1]))
    for (beginning, separator), found in many:
        form = MatchForm(beginning + NAME) if beginning else names_form(found)
        if beginning or len(found) <= MAX_NAMES:
            yield Pair(form, MatchForm(f"{beginning}{SITE}{separator}{NAME}"))


def _by_catalog(beginning: str, catalogs: Iterable[str], offered: Sequence[str]) -> Pair:
    """The pair whose builds are catalogs: the one that has most areas tells which there are."""

    def rank(catalog: str) -> tuple[int, bool]:
        areas = sum(path.startswith(f"{beginning}{catalog}/") for path in offered)
        return areas, catalog == "production"

    areas = MatchForm(f"{beginning}{max(sorted(catalogs), key=rank)}/{NAME}")
    return Pair(areas, MatchForm(f"{beginning}{NAME}/{SITE}"), includes_site=False)


def _patterns(beginning: str, level: Sequence[Sequence[str]]) -> Iterator[Pair]:
    """The pairs of paths that begin with a folder, empty for none, and go on with these parts."""
    folders = MatchForm(f"{beginning}{NAME}/")
    ends = Counter(parts[-1] for parts in level)
    match len(level[0]):
        case 2:  # a folder and a name in it
            for separator in SEPARATORS:
                builds = MatchForm(f"{beginning}{SITE}/{SITE}{separator}{NAME}")
                yield Pair(folders, builds, includes_site=False)
            yield from _in_folders(beginning, "", ends)
        case 3:  # and a folder for each build
            for end, _ in ends.most_common(MAX_CUTS):
                builds = MatchForm(f"{beginning}{SITE}/{NAME}/{end}")
                yield Pair(folders, builds, includes_site=False)
            middle = {parts[1] for parts in level}
            if len(middle) == 1:  # each site has a folder of this name
                yield from _in_folders(beginning, f"{middle.pop()}/", ends)


def _in_folders(beginning: str, middle: str, ends: Counter[str]) -> Iterator[Pair]:
    """The pairs of builds in the folders of sites, which may have a manifest of the site, too."""
    builds = MatchForm(f"{beginning}{SITE}/{middle}{NAME}")
    yield Pair(MatchForm(f"{beginning}{NAME}/"), builds, includes_site=False)
    for end, count in ends.most_common(MAX_CUTS):
        if count > 1:
            yield Pair(MatchForm(f"{beginning}{NAME}/{middle}{end}"), builds)


def _is_plain(path: str) -> bool:
    """True where a path can stand in a pattern, in which these characters mean something."""
    return not set(path) & set("*{}") and is_path(path.rstrip() if " " in path else path)


def words(form: Form) -> frozenset[str]:
    """Return the words in the name of a form, in the singular and in small letters."""
    return frozenset(_singular(word) for word in _WORD.findall(_text(form).replace(SITE, "")))


def leaning(form: Form) -> int:
    """Return 1 where the words of a form say that it tells sites, -1 for builds; 0: they do not."""
    found = words(form)
    return bool(found & WORDS_OF_SITES) - bool(found & WORDS_OF_BUILDS)


def is_either(form: Form) -> bool:
    """Return True where the words of a form say that it tells sites or builds, and not which."""
    return bool(words(form) & WORDS_OF_EITHER)


def is_worded(form: Form) -> bool:
    """Return True where the last word of a form says that it tells sites, or builds."""
    return _says_kind(_text(form).replace(SITE, ""))


def _says_kind(text: str) -> bool:
    found = [_singular(word) for word in _WORD.findall(text)]
    return bool(found) and found[-1] in WORDS_OF_SITES | WORDS_OF_BUILDS | WORDS_OF_EITHER


def is_of_all(path: str) -> bool:
    """Return True if a path has the name of a manifest that all Macs include."""
    return any(_singular(word) in OF_ALL for word in _WORD.findall(path.rpartition("/")[2]))


def _text(form: Form) -> str:
    if isinstance(form, FolderForm):
        return form.folder
    if isinstance(form, PrefixForm):
        return form.prefix
    if not isinstance(form, MatchForm):
        return ""
    before, _, behind = form.pattern.partition(NAME)
    is_end = (not before or before.endswith("/")) and _CUT.match(behind)
    return EXTENSION.sub("", behind) if is_end else before


def _singular(word: str) -> str:
    small = word.lower()
    small = small if small.endswith(("ss", "us")) else small.removesuffix("s")
    return "group" if small.endswith("group") else small  # smartgroups, usergroups, subgroups


def names_form(paths: Iterable[str]) -> NamesForm:
    """Return a list of manifests, whose names are their paths.

    A folder in which all of them are, and an extension that all have, are in no name.
    """
    listed = sorted(paths)
    extensions = {found[0] if (found := EXTENSION.search(path)) else "" for path in listed}
    extension = extensions.pop() if len(extensions) == 1 else ""
    folder = commonpath([path.rpartition("/")[0] for path in listed])
    names = [path.removeprefix(f"{folder}/").removesuffix(extension) for path in listed]
    return NamesForm(tuple(zip(names if all(names) else listed, listed, strict=True)))
