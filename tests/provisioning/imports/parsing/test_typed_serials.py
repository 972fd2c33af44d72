"""Serials that somebody typed on purpose."""

from provisioning.imports.parsing import text as texts


def test_what_was_typed_on_purpose_is_doubted_all_the_same() -> None:
    text = "c02xg0fdjgh5 c02zo1j7md6r london design"

    sure, doubtful = texts.read_typed(text, text.split(), ["london"], ["design"]).entries

    assert sure.doubt is None
    assert doubtful.doubt == "has a letter O, which Apple never uses; a zero?"
