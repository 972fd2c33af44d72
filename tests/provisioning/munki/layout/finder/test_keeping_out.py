"""A layout that finds nothing in the repo keeps every Mac out, which is told beforehand."""

import pytest

from provisioning.munki.layout import DEFAULT, FolderForm, Layout, MatchForm, PrefixForm
from provisioning.munki.layout.finder.keeping_out import keeps_out

S, B = "included_manifests/sites", "included_manifests/builds"
WHOLE = ("site_default", f"{S}/", f"{S}/london", f"{B}/", f"{B}/design")
BUILDINGS = Layout(sites=MatchForm("*/"), builds=MatchForm("{site}/*"), includes_site=False)


@pytest.mark.parametrize(
    ("layout", "paths"),
    [
        (DEFAULT, WHOLE),
        (Layout(always=()), WHOLE[1:]),
        (Layout(always=(), sites=None, builds=FolderForm("roles")), ("roles/", "roles/lab")),
        (BUILDINGS, ("site_default", "north/", "north/lab")),
    ],
)
def test_a_layout_that_fits_keeps_nobody_out(layout: Layout, paths: tuple[str, ...]) -> None:
    assert keeps_out(layout, paths) == []


def test_what_every_mac_includes_has_to_be_there() -> None:
    (found,) = keeps_out(Layout(always=("site_default", "base")), WHOLE)

    assert str(found) == (
        "The repo has no manifest base, which every Mac's is to include. "
        "Make one: manifestutil new-manifest base. Or change always in [munki]."
    )


@pytest.mark.parametrize(
    ("layout", "paths", "said"),
    [
        (DEFAULT, WHOLE[:1] + WHOLE[3:], "The repo has no site: nothing is there for sites = {fol"),
        (DEFAULT, WHOLE[:3], "The repo has no build: nothing is there for builds = {folder ="),
        (
            Layout(sites=None, builds=PrefixForm("role_")),
            WHOLE,
            'The repo has no build: nothing is there for builds = {prefix = "role_"}. Make the fir',
        ),
    ],
)
def test_a_kind_that_nothing_is_offered_of_is_told(
    layout: Layout, paths: tuple[str, ...], said: str
) -> None:
    (found,) = keeps_out(layout, paths)

    assert str(found).startswith(said)


def test_a_folder_of_a_site_without_builds_is_neither() -> None:
    kinds = [finding.kind for finding in keeps_out(BUILDINGS, ("site_default", "north/"))]

    assert kinds == ["no site", "no build"]
