"""Budgets of time: a test that takes more than its own fails."""

import re
import subprocess
import sys
import time
from pathlib import Path

from tests.support.installation import ROOT
from tests.support.suite import budgets
from tests.support.suite.budgets import Budget, Expense, budget_of, excess

TESTS = ROOT / "tests"


def spin(seconds: float) -> Expense:
    """Have this process compute for so long."""
    expense = Expense()
    with expense.counting():
        end = time.process_time() + seconds
        while time.process_time() < end:
            sum(range(1000))
    return expense


def test_a_test_that_computes_longer_than_its_budget_is_told_of() -> None:
    spent = spin(0.05)

    assert "its budget is 0.0001" in excess(Budget(0.0001), spent)
    assert excess(Budget(60), spent) == ""


def test_what_a_child_computes_is_counted_and_what_is_shared_is_not() -> None:
    child = [sys.executable, "-c", "sum(range(10**6))"]
    counted, shared = Expense(), Expense()
    with counted.counting():
        subprocess.run(child, check=True)
    with shared.counting(), shared.not_counting(), shared.not_counting():
        subprocess.run(child, check=True)

    assert counted.processor > 0.005
    assert shared.processor < counted.processor / 2


def test_a_journey_is_measured_by_the_clock() -> None:
    spent = Expense()
    spent.clock = 10**6

    assert "of the clock" in excess(budget_of(Path("journeys/test_git_repo.py"), "test_it"), spent)
    assert excess(budget_of(Path("bot/test_x.py"), "test_it"), spent) == ""


def test_a_test_with_a_real_part_may_take_longer_than_one_that_has_none() -> None:
    path = Path("bot/test_x.py")

    assert budget_of(path, "test_it", ["tmp_path"]) == budgets.ALONE
    assert budget_of(path, "test_it", ["tmp_path", "database_url"]) == budgets.WITH_PARTS


def test_every_part_is_a_fixture() -> None:
    source = "\n".join(path.read_text() for path in TESTS.rglob("*.py"))
    fixtures = re.findall(r"^@pytest\.fixture.*\n(?:@.*\n)*def (\w+)\(", source, re.MULTILINE)

    assert budgets.PARTS - set(fixtures) == set()


def test_whoever_may_take_longer_is_there() -> None:
    paths = list(TESTS.rglob("test_*.py"))

    assert [name for name in budgets.LONGER if not is_there(name, paths)] == []


def is_there(name: str, paths: list[Path]) -> bool:
    """True where one file alone has that name, and the test in it, where it names one."""
    file, _, test = name.partition("::")
    found = [path for path in paths if path.as_posix().endswith(f"/{file}")]
    return len(found) == 1 and (not test or f"def {test}(" in found[0].read_text())
