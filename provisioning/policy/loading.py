"""The loading of a policy file: it is read and validated, and all its faults are reported."""

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from infrastructure.filesystem import plain
from provisioning.policy import problems
from provisioning.policy.errors import UnusablePolicy
from provisioning.policy.policy import Policy
from provisioning.policy.toml_lines import line_of, lines_of

LARGEST = 64 * 1024  # bytes; a site takes about 200
DEEPEST = 8  # parts of a key, such as the three of `sites.london.name`
# The library takes a minute for a key of some ten thousand parts. Found in one pass.
_DEEP = re.compile(
    rf"""(?<![\w"'-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{DEEPEST}}}"""
)


def load(path: Path, root: str | None = None) -> Policy:
    """Return the policy in the file at `path`. Raises UnusablePolicy, with all its faults.

    `root` is that of the open repo, which cannot change until a restart; None where none is open.
    """
    try:
        content = plain.read(path, LARGEST + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        fix = "ROLLCALL_POLICY has to name a file that Rollcall may read"
        raise UnusablePolicy([f"{path} cannot be read ({reason}); {fix}"]) from error
    return parse(content, path.name, root)


def parse(content: bytes, name: str, root: str | None = None) -> Policy:
    """Return the policy in `content`, called `name` in errors; as `load`."""
    if len(content) > LARGEST:
        raise UnusablePolicy([f"{name} is larger than {LARGEST // 1024} KiB; make it shorter"])
    try:
        text = content.decode("utf-8-sig")  # editors on Windows begin a file with a mark
        if deep := _DEEP.search(text):
            line = text.count("\n", 0, deep.start()) + 1
            raise _unusable(name, [(line, f"a key has at most {DEEPEST} parts; make it shorter")])
        raw = tomllib.loads(f"{text}\n")  # or an error in the last line has no position
        return _validated(raw, text, name, root)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unusable(name, [(line, "this is not UTF-8; save it with that encoding")]) from error
    except tomllib.TOMLDecodeError as error:
        raise _unusable(name, [problems.of_syntax(error, text)]) from error
    except (RecursionError, ValueError) as error:  # thousands of brackets, tables or digits
        sentence = "this is no policy; see docs/reference/policy.md for what can be in it"
        raise _unusable(name, [(None, sentence)]) from error


def _validated(raw: dict[str, Any], text: str, name: str, root: str | None) -> Policy:
    found = problems.of_repetitions(raw) + problems.of_layout(raw, root)
    try:
        policy = Policy.model_validate(raw)
    except ValidationError as error:
        found += problems.of_values(error)
    if found:
        lines = lines_of(text)
        raise _unusable(name, [(line_of(where, lines), said) for where, said in found])
    return policy


def _unusable(name: str, faults: list[tuple[int | None, str]]) -> UnusablePolicy:
    return UnusablePolicy(
        [
            f"{name}: {said}" if line is None else f"{name}, line {line}: {said}"
            for line, said in sorted(faults, key=lambda problem: problem[0] or 0)
        ]
    )
