"""Names of classes: each tells which class it is."""

import re
from collections import defaultdict

from tests.support.house.test_layout import CODE
from tests.support.installation import ROOT

_PUBLIC_CLASS = re.compile(r"^class ([A-Za-z]\w*)", re.MULTILINE)


def test_no_two_public_classes_have_one_name() -> None:
    modules = defaultdict(list)
    for top in CODE:
        for path in (ROOT / top).rglob("*.py"):
            for name in _PUBLIC_CLASS.findall(path.read_text()):
                modules[name].append(str(path.relative_to(ROOT)))

    assert {name: where for name, where in modules.items() if len(where) > 1} == {}
