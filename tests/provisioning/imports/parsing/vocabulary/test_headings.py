"""Headings of columns: what each means, in any language and with words around it."""

import re

import pytest

from provisioning.imports.parsing.vocabulary import headings
from provisioning.imports.parsing.vocabulary.headings import ColumnKind
from provisioning.imports.parsing.vocabulary.words import ABOUT, known, listed, pattern
from tests.support.tables import for_each

MEANINGS = {
    ColumnKind.SERIAL: [
        *("Serial", "SERIAL NUMBER", "serial_no.", "Serial #", "S/N", "sn", "SerialNumber"),
        *("Serial (on the box)", "Laptop Serial", "BIOS Serial", "New S/N", "Serial:"),
        *("Custom field (Serial Number)", "computer.serial_number", "新序列号", "neue Serien-Nr"),
        *("Serial number on the back of it", "SN码", "Výr. č.", "N/S", "Seri No"),
        *("シリアル番号", "序列号", "일련번호", "серийный номер", "numer seryjny", "matricola"),
        *("sériové číslo", "seri numarası", "sarjanumero", "n.º de serie", "n° série"),
        *("Seriennr.", "serienummer", "nº de série", "serienr", "serijski broj", "sorozatszám"),
        *("număr de serie", "αριθμός σειράς", "серійний номер", "Seerianumber", "Số sê-ri"),
        *("מספר סידורי", "الرقم التسلسلي", "What is the serial number on the box?"),
        "Serial of the Mac or iPad",
    ],
    ColumnKind.SITE: [
        *(
            "Site",
            "location",
            "OFFICE",
            "Standort",
            "設置場所",
            "地点",
            "위치",
            "офис",
            "lokalizacja",
        ),
        *("umístění", "konum", "sede", "toimipiste", "ubicación", "lieu", "locatie", "localização"),
        *("kontor", "lokacija", "telephely", "locație", "τοποθεσία", "розташування"),
    ],
    ColumnKind.BUILD: ["Build", "role", "Type", "Profile", "Image", "Rolle", "rôle", "ビルド"],
    ColumnKind.NAME: [
        "Computer Name",
        "hostname",
        "Rechnername",
        "Mac's host name",
        "コンピュータ名",
    ],
    ColumnKind.NOTE: ["Note", "Asset Tag", "Inv. č.", "N° inv.", "Demirbaş No", "资产编号", "User"],
    ColumnKind.OLD: [
        "Old serial",
        "alte Seriennummer",
        "Replaces",
        "旧シリアル番号",
        "Seriennummer alt",
        "Trade-in S/N",
        *("oud_serienummer", "ancien_numéro_de_série", "serie anterior:", "old_s_n"),
        *("Número de serie anterior (obligatorio)", "Vecchio_seriale *"),
    ],
    ColumnKind.FOREIGN: [
        "Display serial",
        "Monitor",
        "Serial of the dock",
        "iPad",
        "Do you also have a monitor? If so, its serial",
    ],
    ColumnKind.OTHER: ["MAC address", "Wi-Fi MAC", "Battery serial", "Order no.", "SSD serial"],
    ColumnKind.DEVICE: ["Model", "OS", "Hersteller", "型号"],
    ColumnKind.WANTED: ["Ready to deploy?", "Einrichten", "À déployer"],
    ColumnKind.READY: ["Ready?", "Bereit"],
    ColumnKind.DONE: ["Done", "Déployé"],
    ColumnKind.STATUS: ["Status", "State", "状態", "Asset status (required)"],
    None: [
        "",
        "Foo",
        "_name",
        "Serial 2",
        "2",
        "What is the serial number of it",
        "H4WK7Q0PXV (new)",
    ],
}


@for_each(("kind", "spelt"), MEANINGS.items())
def test_headings_mean_one_kind_of_column(kind: str | None, spelt: list[str]) -> None:
    assert {heading: headings.meaning(heading) for heading in spelt} == dict.fromkeys(spelt, kind)


@for_each(
    ("heading", "direction"),
    [
        *(("To site", 1), ("New location", 1), ("Standort neu", 1), ("Final site", 1)),
        *(("From site", -1), ("Current location", -1), ("Billing site", -1), ("Old site", -1)),
        *(("Site", 0), ("Delivery site", 0)),
    ],
)
def test_headings_of_places_say_if_macs_go_there(heading: str, direction: int) -> None:
    assert headings.direction(heading) == direction


def test_the_plainest_heading_of_a_language_stands_first() -> None:
    ranks = [headings.rank(heading) for heading in ("Serial", "S/N", "hardware serial", "Foo")]

    assert ranks == sorted(ranks)
    assert headings.rank("Standort") == headings.rank("site") == 0


def test_every_word_stands_once_in_its_language() -> None:
    for key in ABOUT:
        for language, words in listed(key).items():
            assert len({*words}) == len(words), (language, key)


def test_a_word_with_a_hyphen_has_the_endings_of_its_language() -> None:
    assert {"defekt", "defekter", "volées", "vole", "robada", "sold"} <= known("gone")
    assert not any(word.endswith("-") for word in known("gone"))


def test_the_longest_of_several_words_is_found() -> None:
    found = re.compile(pattern("gone"))

    assert all(found.fullmatch(word) for word in known("gone"))
    assert [found.match(text) for text in ("disposed of", "gon", "")][1:] == [None, None]
    assert found.search("was disposed of")[0] == "disposed of"  # type: ignore[index]


@pytest.mark.parametrize("kind", [*ColumnKind])
def test_every_kind_of_column_is_explained(kind: str) -> None:
    assert kind in ABOUT
