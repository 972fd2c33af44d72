"""Arbitrary values for the property tests, from the plain to the hostile."""

from typing import Any

from hypothesis import strategies as st

from provisioning.munki import Destination
from provisioning.munki.manifests.documents import SITE_DEFAULT
from tests.support.inputs.manifests import BUILDS, SITES

HOSTILE = (
    *("'", '"', "`", "$", "\\", "#", "!", "*", "?", "~", "|", ";", "-", "=", "%s", " ", ","),
    *("$(touch canary)", "`touch canary`", "';touch canary;'", '";touch canary;"', "&touch canary"),
    *(
        "{{serial_number}}",
        "{{{serial_number}}}",
        "{{target_volume}}",
        "{",
        "}",
        "{{",
        "}}",
        "{%",
        "{##",
        "{=",
        "=}",
    ),
    *("&", "&amp;", "&lt;", "&gt;", "&amp;lt;", "<", ">", "<!channel>", "<@U0ALICE>", "*bold*"),
    *("$HOME", "${HOME}", "$((1+1))", "\\n", "é", "東京", "🍎", "a", "Z", "0"),
)

printable = st.characters(exclude_categories=("C", "Z"))
hostile = st.lists(st.sampled_from(HOSTILE) | printable, min_size=1, max_size=12).map("".join)


def _is_file_name(name: str) -> bool:
    fits = len(name) <= 75 and len(name.encode()) <= 255
    return fits and "/" not in name and name[0] != "." and name == name.strip()


names = hostile.filter(_is_file_name)
"""Names that a site or a build may have: each is the name of a visible file."""
destinations = st.builds(Destination, names, names)

# What XML can hold and gives back as it was.
written = st.characters(
    exclude_categories=("Cs", "Cc"), include_characters="\n\t", exclude_characters="\ufffe\uffff"
)
words = st.text(written, max_size=12)
scalars: st.SearchStrategy[Any] = (
    words
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.binary(max_size=12)
    | st.datetimes().map(lambda at: at.replace(microsecond=0))
)
plists: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)

_ours = st.just(SITE_DEFAULT) | names.map(SITES.__add__) | names.map(BUILDS.__add__)
_almost_ours = st.sampled_from(
    ["site_default2", "Site_Default", "included_manifests/sites", "included_manifests/apps/x", ""]
)
others = (words | _almost_ours).filter(
    lambda entry: entry != SITE_DEFAULT and not entry.startswith((SITES, BUILDS))
)
"""Included manifests that are none of Rollcall's business."""

_foreign = st.dictionaries(
    words.filter(lambda key: key not in ("catalogs", "included_manifests")), plists, max_size=4
)
_known = st.fixed_dictionaries(
    {},
    optional={
        "catalogs": st.lists(words, max_size=3),
        "included_manifests": st.lists(_ours | others | st.just("apps/office"), max_size=8),
    },
)
manifests: st.SearchStrategy[dict[str, Any]] = st.builds(
    lambda foreign, known: {**foreign, **known}, _foreign, _known
)
"""Any manifest that an XML property list can hold."""
