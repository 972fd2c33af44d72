"""Keys of a program's output in a text, such as `serial_number=C02…`."""

from provisioning.imports.parsing import free_text
from tests.support.inputs.lists import A, B
from tests.support.tables import for_each


@for_each(
    "text", ["new_york=SERIAL", "new_york: SERIAL", "site_name=new_york serial_number=SERIAL"]
)
def test_a_name_with_such_a_line_in_it_stays_one(text: str) -> None:
    for serial in (A, B):
        read = free_text.read(text.replace("SERIAL", serial), ("new_york", "paris"), ("lab",))

        assert [(entry.serial.text, entry.site) for entry in read.entries] == [(serial, "new_york")]
