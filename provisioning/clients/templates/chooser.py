"""A chooser of templates: the most specific one that there is for a destination."""

from collections.abc import Callable, Collection
from typing import TypeAlias

from provisioning.munki import Destination, MunkiRepo

IsSite: TypeAlias = Callable[[str], bool]  # tells if a text is the whole name of a site


def no_site(name: str) -> bool:
    """Return False: the lookup for repos in which no site's name has a `/`."""
    del name
    return False


def sites_of(repo: MunkiRepo) -> IsSite:
    """Return a lookup of the repo's sites, as they are at each call.

    It raises RepoUnusable.
    """

    def is_site(name: str) -> bool:
        return repo.now().places.has_site(name)

    return is_site


def candidates(destination: Destination, suffix: str, is_site: IsSite) -> tuple[str, ...]:
    """Return the names of the templates that a destination may have, the most specific first.

    Each ends in `suffix`; the last one is the base, which is for all. A file that has the name of
    a whole site is that site's, not that of a build at another one.
    """
    site, build = destination.site, destination.build
    names = []
    if site and build and not is_site(f"{site}/{build}"):
        names.append(f"sites/{site}/{build}{suffix}")
    if build:
        names.append(f"builds/{build}{suffix}")
    if site:
        names.append(f"sites/{site}{suffix}")
    return (*names, f"base{suffix}")


def choose(destination: Destination, suffix: str, present: Collection[str], is_site: IsSite) -> str:
    """Return the name of the most specific template that is `present`, or else of the base.

    The sites are looked up only where the choice depends on them.
    """

    def has_file(name: str) -> bool:
        return f"sites/{name}{suffix}" in present and is_site(name)

    names = candidates(destination, suffix, has_file)
    return next((name for name in names if name in present), names[-1])
