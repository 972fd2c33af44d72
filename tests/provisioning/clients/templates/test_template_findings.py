"""Findings about templates of an admin's own, each with its file and line."""

import os

from provisioning.clients.check import findings
from provisioning.munki import MunkiRepo
from tests.provisioning.clients.templates.serving import Templates
from tests.support.tables import for_each


@for_each(
    ("text", "where", "what"),
    [
        ("#!/bin/sh\necho {= sites|sh =}\n", ", line 2", "'sites' is undefined"),
        ("#!/bin/sh\n{% if site %}\n", ", line 2", "Unexpected end of template"),
        ("#!/bin/sh\n\n{% include 'gone.sh' %}\n", ", line 3", "there is no template 'gone.sh'"),
        ("#!/bin/sh\necho hello\necho 'oops\n", "", "sh cannot read it"),
        ("#!/bin/sh\necho a &amp; b\n", ", line 2", "Imagr would change &amp;"),
        ("#!/bin/sh\n\necho {{ site }}\n", ", line 3", "none of Imagr's placeholders"),
        ("echo hello\n", ", line 1", "does not say what runs it"),
        ("", "", "does not say what runs it"),
        ("#!/bin/sh\r\necho\r\n", "", "line ends (CR)"),
        (b"#!/bin/sh\necho \xff\n", "", "no text in UTF-8"),
        ("#!/bin/sh\necho {= 1 // 0 =}\n", ", line 2", "division"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(
    templates: Templates, repo: MunkiRepo, text: str | bytes, where: str, what: str
) -> None:
    templates.write("base", text)

    [finding, *_] = findings(repo, templates.folder)

    assert str(finding).startswith(f"base.sh.j2{where}: ")
    assert what in str(finding)


def test_what_is_wrong_whatever_the_names_are_is_said_once(
    templates: Templates, repo: MunkiRepo
) -> None:
    templates.write("base", "#!/bin/sh\necho 'oops\n")
    once = len(findings(repo, templates.folder))
    templates.write("base", "#!/bin/sh\n# for {= site|sh =}, {= build|sh =}\necho 'oops\n")

    shapes = ("no names", "names as they are", "a name in quotation marks")
    assert len(findings(repo, templates.folder)) == once * len(shapes)


def test_a_file_that_the_disk_does_not_give_is_said_to_be_one(
    templates: Templates, repo: MunkiRepo
) -> None:
    templates.write("base", "")
    base = templates.folder / "base.sh.j2"
    base.unlink()
    base.symlink_to("/proc/self/mem")  # can be opened, and not be read

    [finding, *_] = findings(repo, templates.folder)

    assert "cannot be read (Input/output error)" in str(finding)
    base.unlink()
    os.mkfifo(base)

    [finding, *_] = findings(repo, templates.folder)

    assert "cannot be read (it is a pipe or a device, not a file)" in str(finding)


def test_imagrs_own_placeholders_are_no_fault(templates: Templates, repo: MunkiRepo) -> None:
    templates.write("base", "#!/bin/sh\necho '{{serial_number}}' '{{target_volume}}' ${#site}\n")

    assert findings(repo, templates.folder) == []


def test_a_script_may_be_for_another_shell(templates: Templates, repo: MunkiRepo) -> None:
    templates.write("builds/design", "#!/bin/bash\nwhile read -r x; do :; done < <(true)\n")
    templates.write("builds/kiosk", "#!/usr/bin/python3\nprint((1,))\n")

    assert findings(repo, templates.folder) == []


def test_what_rollcall_ships_is_sound(repo: MunkiRepo) -> None:
    assert findings(repo) == []
