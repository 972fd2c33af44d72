"""The site and the build that includes lead to, where one path may be read as either."""

from provisioning.munki.layout.forms import MatchForm, PrefixForm
from provisioning.munki.layout.layout import Layout, ManifestKind
from tests.support.tables import for_each

PREFIXES = Layout(sites=PrefixForm("s-"), builds=PrefixForm("s-b-"))
SITES = Layout(sites=PrefixForm("s-"), builds=None)
BUILDS = Layout(sites=None, builds=PrefixForm("b-"))
FOLDERS = Layout(sites=MatchForm("*/"), builds=MatchForm("{site}/*"), includes_site=False)
BOTH = Layout(sites=MatchForm("*/_all"), builds=MatchForm("{site}/*"))


@for_each(
    ("layout", "includes", "place"),
    [
        (PREFIXES, ["site_default", "s-london", "s-b-lab"], ("london", "lab")),
        (PREFIXES, ["s-b-lab"], None),
        (PREFIXES, ["s-london"], None),
        (PREFIXES, ["s-london", "s-paris", "s-b-lab"], None),
        (SITES, ["s-london"], ("london", "")),
        (SITES, ["s-london", "s-paris"], None),
        (BUILDS, ["b-lab", "s-london"], ("", "lab")),
        (BUILDS, [], None),
        (FOLDERS, ["london/lab"], ("london", "lab")),
        (FOLDERS, ["london/lab", "paris/lab"], None),
        (BOTH, ["london/_all", "london/lab"], ("london", "lab")),
        (BOTH, ["paris/_all", "london/lab"], None),
        (BOTH, ["london/lab"], None),
    ],
)
def test_includes_lead_to_the_one_place_that_they_name(
    layout: Layout, includes: list[str], place: tuple[str, str] | None
) -> None:
    assert layout.leads_to(includes) == place


@for_each(
    ("layout", "path", "kind"),
    [
        (PREFIXES, "site_default", ManifestKind.ALWAYS),
        (PREFIXES, "s-london", ManifestKind.SITE),
        (PREFIXES, "s-b-lab", ManifestKind.BUILD),
        (PREFIXES, "x", None),
        (FOLDERS, "london/", None),
        (BOTH, "london/_all", ManifestKind.SITE),
    ],
)
def test_a_path_is_of_the_kind_whose_form_says_most_of_it(
    layout: Layout, path: str, kind: ManifestKind | None
) -> None:
    assert layout.kind_of(path) is kind
