"""The forms and pairs of forms that are tried, before Macs tell which of them fit."""

from provisioning.munki.layout.finder.candidates import MAX_CUTS, is_worded, pairs_with_sites
from provisioning.munki.layout.forms import MatchForm


def test_few_of_many_beginnings_of_sites_are_tried() -> None:
    sites = [f"{letters}_{place}" for letters in map("x{:02}".format, range(40)) for place in "ab"]

    tried = [*pairs_with_sites([*sites, *(f"{site}_lab" for site in sites)], (), ())]

    assert len(tried) == MAX_CUTS


def test_so_many_sites_of_lengthened_names_as_would_fill_the_policy_file_are_no_list() -> None:
    sites = [f"leeds{number}" for number in range(301)]

    assert not [*pairs_with_sites([*sites, *(f"{site}-lab" for site in sites)], (), ())]
    assert [*pairs_with_sites([*sites[1:], *(f"{site}-lab" for site in sites)], (), ())]


def test_the_place_of_a_site_in_a_pattern_is_no_word_for_sites() -> None:
    assert not is_worded(MatchForm("{site}/*"))
    assert is_worded(MatchForm("{site}/roles/*"))
