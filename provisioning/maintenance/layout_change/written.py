"""Names of sites and builds that an admin wrote, in the policy file and in names of templates.

Rollcall changes neither, so these are lines with the changes for the admin.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from shlex import quote

from provisioning.policy import Policy
from provisioning.policy.problems import dotted

NewName = Callable[[str], str | None]
SITES, BUILDS = "sites", "builds"  # tables of the policy, and folders of templates


def in_policy(policy: Policy, new_site: NewName, new_build: NewName) -> Iterator[str]:
    """Yield a line for each table of a site or a build that has another name."""
    for table, names, new_name in (
        (SITES, policy.sites, new_site),
        (BUILDS, policy.builds, new_build),
    ):
        for name in names:
            if line := _renamed((table, name), new_name(name)):
                yield f"in the policy file: {line}"
    for name, site in policy.sites.items():
        for build in site.names:
            if line := _renamed((SITES, name, "names", build), new_build(build)):
                yield f"in the policy file: {line}"


def in_templates(folder: Path, new_site: NewName, new_build: NewName) -> Iterator[str]:
    """Yield the command that renames each template whose site or build gets another name."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        kind = next((each for each in parts[:2] if each in (SITES, BUILDS)), None)
        if kind is None or not path.is_file() or any(part.startswith(".") for part in parts):
            continue
        place = parts.index(kind) + 1
        new_name = new_site if kind == SITES else new_build
        renamed = _file(parts[place:], new_name, new_build if kind == SITES else None)
        if renamed and renamed != "/".join(parts[place:]):
            new_path = folder.joinpath(*parts[:place], renamed)
            yield f"in the templates: mv {quote(str(path))} {quote(str(new_path))}"


def _renamed(where: tuple[str, ...], new: str | None) -> str | None:
    """A line for a table or a key; None where it keeps its name, or no new name is known."""
    if not new or new.casefold() == where[-1].casefold():
        return None
    return f"{dotted(where)} is {dotted((*where[:-1], new))} now"


def _file(parts: tuple[str, ...], new_name: NewName, new_build: NewName | None) -> str | None:
    """The path of a template by its new names; None where no name is known.

    It is that of a whole site or build, or of a build in the folder of a site.
    """
    stem, dot, suffix = parts[-1].partition(".")
    whole = new_name("/".join((*parts[:-1], stem)))
    if whole:
        return f"{whole}{dot}{suffix}"
    if new_build is None or len(parts) == 1:
        return None
    site, build = new_name("/".join(parts[:-1])), new_build(stem)
    return f"{site}/{build}{dot}{suffix}" if site and build else None
