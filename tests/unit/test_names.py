"""Names of sites and builds, as they are compared."""

from unicodedata import normalize

from infrastructure.text import folded
from provisioning.imports.parsing import text


def test_case_spaces_and_decomposed_letters_make_no_other_name() -> None:
    assert folded(normalize("NFD", " Zürich  Nord ")) == folded("zürich nord")
    assert folded("zurich nord") != folded("zürich nord")


def test_a_pasted_site_is_known_however_the_repo_stores_its_name() -> None:
    [mac] = text.read("C02XG0FDJGH5 Zürich", [normalize("NFD", "Zürich")], []).entries

    assert mac.site == "Zürich"
