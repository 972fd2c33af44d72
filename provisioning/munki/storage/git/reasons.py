"""What git says when it fails, as one line for an admin, with what fixes it."""

import re

LONGEST = 300  # characters of git's own, or the server's
_MENDS = {
    "Host key verification failed": (
        "put the host's key into known_hosts, see docs/how-to/munki-repo.md"
    ),
    "Permission denied (publickey": "give Rollcall a key that the host knows",
    "terminal prompts disabled": "put a user and a token into MUNKI_REPO, or into ~/.netrc",
    "Authentication failed": "look at the user and the token in MUNKI_REPO or ~/.netrc",
    "error: 403": "let Rollcall's user write to the repository",
    "dubious ownership": "the folder has to belong to Rollcall's user",
    "Could not resolve host": "look at the host's name in MUNKI_REPO, and at the DNS",
    "does not appear to be a git repository": "look at the path in MUNKI_REPO",
    "not found": "look at the path in MUNKI_REPO, and whether Rollcall's user may see it",
    "couldn't find remote ref": "push that branch, or name another after a # in MUNKI_REPO",
    "hook declined": "let Rollcall's user push to the branch",
    "protected branch": "let Rollcall's user push to the branch",
    "No space left on device": "the disk is full",
    "Permission denied": "Rollcall's user may not do that",
}
_REJECTED = re.compile(r"\[(?:remote )?rejected\] \((.+)\)")
_USERINFO = re.compile(r"//[^/\s@]+@")


def explained(command: str, said: str, out: str = "") -> str:
    """Return why `git command` failed, and the fix where one is known. No credential is in it."""
    reason = _reason(said, out)
    fix = next((fix for sign, fix in _MENDS.items() if sign in f"{out}\n{said}"), None)
    return f"git {command} failed ({reason})" + (f"; {fix}" if fix else "")


def _reason(said: str, out: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    remote = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    rejected = _REJECTED.findall(out)
    known = [line for line in lines if any(sign in line for sign in _MENDS)]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    chosen = rejected[:1] + [line for line in remote if line][:2] if rejected else []
    chosen = chosen or known[:1] or fatal[:1] or lines[-1:] or ["it said nothing"]
    return plain(": ".join(chosen))


def plain(text: str) -> str:
    """Return a text on one line, without what a terminal would obey, and without users in URLs."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _USERINFO.sub("//", line)[:LONGEST]
