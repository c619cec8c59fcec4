"""Who runs Postgres: the person who started the command or, as root, a user without privileges."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

NAME = "courseapp"
NOBODY_LOGS_IN = "/usr/sbin/nologin"


class Identity(TypedDict, total=False):
    """Arguments of `subprocess` that make a child run as somebody else."""

    user: int
    group: int
    extra_groups: list[int]
    cwd: str


@dataclass(frozen=True)
class ServerUser:
    """A system user by number; its own group and no others."""

    uid: int
    gid: int

    @property
    def identity(self) -> Identity:
        """Return what `subprocess` needs; the working folder is one that everybody can enter."""
        return Identity(user=self.uid, group=self.gid, extra_groups=[], cwd="/")

    def reaches(self, path: Path) -> bool:
        """Say whether the user can enter a folder or start a program: asked of the system itself."""
        asked = subprocess.run(["/usr/bin/env", "test", "-x", path], **self.identity, check=False)
        return asked.returncode == 0


def server_user(data: Path) -> ServerUser | None:
    """Return the user Postgres must run as, or None where it is the one running now."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return ServerUser(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _made()
    return ServerUser(entry.pw_uid, entry.pw_gid)


def _made() -> pwd.struct_passwd:
    if not (useradd := shutil.which("useradd")):
        raise SystemExit(
            f"Postgres refuses to run as root. Make a system user named {NAME}, or start this as an ordinary user."
        )
    subprocess.run(
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", NOBODY_LOGS_IN, NAME],
        check=True,
    )
    return pwd.getpwnam(NAME)
