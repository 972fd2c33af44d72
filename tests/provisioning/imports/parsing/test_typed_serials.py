"""Serials that a person typed on purpose."""

from provisioning.imports.parsing import free_text


def test_what_was_typed_on_purpose_is_doubted_all_the_same() -> None:
    text = "c02xg0fdjgh5 c02zo1j7md6r london design"

    sure, doubtful = free_text.read_typed(text, text.split(), ["london"], ["design"]).entries

    assert sure.doubt is None
    assert doubtful.doubt == "has a letter O, which Apple never uses; a zero?"


def test_a_serial_of_vmwares_is_one_word_in_any_text() -> None:
    for text in (
        "VM5v/dACsc+k london design",
        "VM5v/dACsc+k",
        "Serial: VM5v/dACsc+k",
        "- VM5v/dACsc+k,\n- VM5v/dACsc+k",
        "serial,site\nVM5v/dACsc+k,london",
    ):
        entries = free_text.read_typed(text, text.split(), ["london"], ["design"]).entries
        assert [entry.serial.text for entry in entries] == ["VM5v/dACsc+k"], text


def test_other_words_with_a_slash_stay_two_words() -> None:
    for text in ("c02xg0fdjgh5/c02zq1j7md6r", "C02XG0FDJGH5/C02ZQ1J7MD6R VMware/ESXi7.0 today"):
        entries = free_text.read(text).entries
        assert [entry.serial.text for entry in entries] == ["C02XG0FDJGH5", "C02ZQ1J7MD6R"], text


def test_what_macs_without_a_serial_say_is_doubted() -> None:
    text = "UNKNOWN1 000000000000 london design"
    entries = free_text.read_typed(text, text.split(), ["london"], ["design"]).entries

    assert [entry.doubt for entry in entries] == [
        None,
        "is what Macs without a serial number say; does it have none of its own?",
    ]
