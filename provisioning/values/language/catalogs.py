"""Catalogs of translated texts, read from the `.po` files beside, and CLDR's rules from Babel."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

FOLDER = Path(__file__).with_name("locale")


class Catalog:
    """The texts of one language, and how it writes lists, numbers and moments."""

    def __init__(self, code: str, translations: GNUTranslations) -> None:
        self.code = code
        self._translations, self._locale = translations, Locale.parse(code)

    def text(self, sentence: str) -> str:
        """The translation of an English text; the text itself where there is none."""
        return self._translations.gettext(sentence)

    def plural(self, one: str, many: str, number: int) -> str:
        """The translation for a number of things."""
        return self._translations.ngettext(one, many, number)

    def number(self, number: int) -> str:
        """A number as this language writes it."""
        return format_decimal(number, locale=self._locale)

    def listed(self, parts: Sequence[str], *, style: Literal["standard", "or"] = "standard") -> str:
        """A list in a sentence."""
        return format_list(parts, style=style, locale=self._locale)

    def moment(self, at: datetime) -> str:
        """A date and a time, in UTC."""
        return f"{format_datetime(at.astimezone(UTC), 'short', locale=self._locale)} UTC"


@cache
def catalog(code: str) -> Catalog:
    """Return the catalog of a language; once read, a process keeps it.

    The files are read as translators write them: no step of a build must be remembered.
    """
    compiled = BytesIO()
    with (FOLDER / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return Catalog(code, GNUTranslations(compiled))
