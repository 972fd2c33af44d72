"""Tests stand in the folders of the code that they are about."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.installation import ROOT
from tests.support.tables import for_each

TESTS = ROOT / "tests"
CODE = ("infrastructure", "provisioning", "bot", "server", "rollcall", "tools")
OTHERS = {"corpora", "docs", "fakes", "journeys", "soak", "support"}
LONGEST_MODULE, CHILDREN_OF_A_FOLDER = 300, 12  # of the code: lines, and modules and folders
MODULES_OF_A_FOLDER, HELPERS_OF_A_FOLDER = 15, 12
FOLDERS_OF_A_FOLDER = 12

# Ways through all of Rollcall to a feature: fixtures, and what opens the doors without them.
_DOOR = re.compile(r'\b(?:app|bot|script)(?:: [A-Z]|")')
DOORS = {
    "rollcall.application",
    "tests.support.running.commandline",
    "tests.support.running.doors",
    "tests.support.installation.Installation",
}
_IMPORT = re.compile(r"^ *from (\S+) import (\([^)]*\)|.*)$", re.MULTILINE)
_NAME = re.compile(r"\w+")
_FUNCTION = re.compile(r"^def (\w+)\(", re.MULTILINE)


def folders(top: str) -> Iterator[Path]:
    """A folder of tests and all below it."""
    for folder in (TESTS / top, *(TESTS / top).rglob("*")):
        if (folder / "__init__.py").exists():
            yield folder


def modules_of(folder: Path) -> list[Path]:
    """The test modules of a folder, and of none below it."""
    return sorted(folder.glob("test_*.py"))


@cache
def imported(module: Path) -> frozenset[str]:
    """The full names that a module imports: modules, and the names that they define."""
    found = set()
    for source, names in _IMPORT.findall(module.read_text()):
        found |= {source, *(f"{source}.{name}" for name in _NAME.findall(names))}
    return frozenset(found)


@cache
def goes_through_a_door(module: Path) -> bool:
    """True where a module asks for a door, or opens one."""
    return bool(imported(module) & DOORS or _DOOR.search(module.read_text()))


def conftests_of(module: Path) -> Iterator[Path]:
    """The conftest.py of a test module's folders that have a fixture which it names."""
    words = set(_NAME.findall(module.read_text()))
    for folder in module.parents:
        path = folder / "conftest.py"
        if TESTS not in folder.parents or not path.exists():
            continue
        if words.intersection(_FUNCTION.findall(path.read_text())):
            yield path


@cache
def helpers_of(module: Path) -> frozenset[Path]:
    """The modules of tests that a module imports, but for the fixtures that all tests have."""
    names = {name for name in imported(module) if name.startswith("tests.")}
    paths = {ROOT / f"{name.replace('.', '/')}.py" for name in names}
    return frozenset(path for path in paths if "fixtures" not in path.parts and path.exists())


def with_helpers(module: Path) -> set[Path]:
    """A test module, the fixtures of its folders, and other modules of tests that it uses."""
    found: set[Path] = set()
    new = {module, *conftests_of(module)}
    while new:
        found |= new
        new = {helper for path in new for helper in helpers_of(path)} - found
    return found


def is_about(module: Path, folder: str) -> bool:
    """True where a test module reaches the code of a folder: by an import, or through a door."""
    read = with_helpers(module)
    names = {name for path in read for name in imported(path)}
    code = folder.replace("/", ".")
    return any(name == code or name.startswith(f"{code}.") for name in names) or (
        not code.startswith("infrastructure") and any(goes_through_a_door(path) for path in read)
    )


def test_the_folders_of_tests_are_those_of_the_code_and_six_more() -> None:
    assert {path.parent.name for path in TESTS.glob("*/__init__.py")} == {*CODE, *OTHERS}


@for_each("top", CODE)
def test_each_folder_is_a_folder_or_a_module_of_the_code(top: str) -> None:
    names = [str(folder.relative_to(TESTS)) for folder in folders(top)]

    assert [name for name in names if not is_code(name)] == []


@for_each("top", CODE)
def test_a_module_of_the_code_is_one_concept_and_a_folder_can_be_looked_through(top: str) -> None:
    for module in (ROOT / top).rglob("*.py"):
        assert len(module.read_text().splitlines()) <= LONGEST_MODULE, module
    for package in (ROOT / top).rglob("__init__.py"):
        children = {*package.parent.glob("*.py"), *package.parent.glob("*/__init__.py")}
        assert len(children - {package}) <= CHILDREN_OF_A_FOLDER, package


def is_code(name: str) -> bool:
    return (ROOT / name / "__init__.py").exists() or (ROOT / f"{name}.py").exists()


@for_each("top", CODE)
def test_each_test_module_is_about_the_code_of_its_folder(top: str) -> None:
    strays = [
        str(module.relative_to(TESTS))
        for folder in folders(top)
        for module in modules_of(folder)
        if not is_about(module, str(folder.relative_to(TESTS)))
    ]

    assert strays == []


@for_each("top", [*CODE, *sorted(OTHERS)])
def test_no_folder_is_too_full_to_look_through(top: str) -> None:
    for folder in folders(top):
        tests = modules_of(folder)
        assert len(tests) <= MODULES_OF_A_FOLDER, folder
        assert len({*folder.glob("*.py")}.difference(tests)) <= HELPERS_OF_A_FOLDER + 1, folder
        assert len(list(folder.glob("*/__init__.py"))) <= FOLDERS_OF_A_FOLDER, folder
