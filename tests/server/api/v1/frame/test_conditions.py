"""Answers that a program has already, and versions that it has seen."""

import pytest

from tests.server.api.v1.conftest import Program
from tests.server.api.v1.frame.documented import MAC

MAC_ELSEWHERE = {"site": "paris", "build": "design"}


@pytest.mark.parametrize("path", ["/registrations/1", "/registrations", "/token"])
def test_who_has_an_answer_already_gets_it_again_only_once_it_changed(
    program: Program, path: str
) -> None:
    program.post("/registrations", MAC)
    first = program.get(path)
    known = {"If-None-Match": first.headers["ETag"]}

    same = program.send("GET", path, headers=known)
    program.post("/registrations/1/name", {"name": "desk-17"}, If_Match="*")
    changed = program.send("GET", path, headers=known)
    others = program.send("GET", path, headers={"If-None-Match": '"1-1", W/"x", odd'})

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert "Content-Type" not in same.headers
    assert same.headers["Cache-Control"] == "private, no-cache"
    assert changed.status_code == (304 if path == "/token" else 200)
    assert (others.status_code, others.data) == (200, program.get(path).data)


def test_a_tag_of_an_answer_says_also_which_version_is_changed(program: Program) -> None:
    made = program.post("/registrations", MAC).headers["ETag"]
    read = program.get("/registrations/1").headers["ETag"]

    assert read.startswith(made.rstrip('"'))
    wrong = program.post("/registrations/1/move", MAC_ELSEWHERE, If_Match='"1-0/' + read[5:])
    assert wrong.status_code == 412
    assert program.post("/registrations/1/move", MAC_ELSEWHERE, If_Match=read).status_code == 200


def test_a_tag_that_a_proxy_made_weak_by_compressing_is_the_version_that_was_seen(
    program: Program,
) -> None:
    old = program.post("/registrations", MAC).headers["ETag"]
    weak = f"W/{old}"

    moved = program.post("/registrations/1/move", MAC_ELSEWHERE, If_Match=weak)
    again = program.post("/registrations/1/move", MAC_ELSEWHERE, If_Match=weak)

    assert (moved.status_code, again.status_code) == (200, 412)
