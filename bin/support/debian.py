"""System packages: installed where root runs Debian, named in one line to type everywhere else."""

import ctypes.util
import os
import shutil
import subprocess

from support.speech import say


def may_install() -> bool:
    """Say whether this process can install system packages without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str) -> bool:
    """Install one package; its output is shown only where that fails."""
    say(f"  installing the system package {package} …")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", package]):
        done = subprocess.run(
            ["apt-get", "-qq", *arguments],
            env=quiet,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        # A list that cannot be refreshed is no obstacle where the old one still knows the package.
        if done.returncode != 0 and arguments[0] == "install":
            say(done.stdout + done.stderr)
            return False
    return True


def install_pango() -> None:
    """Install what PDFs need, where root runs Debian; elsewhere the course page says what to type."""
    if ctypes.util.find_library("pangoft2-1.0") or not may_install():
        return
    # The product runs without it, so a failure is no more than said.
    install("libpangoft2-1.0-0")


def line_to_type(package: str) -> str:
    """Return the command that installs the package on this kind of system."""
    if shutil.which("brew"):
        return f"brew install {package}"
    if shutil.which("dnf"):
        return f"sudo dnf install {package}"
    return f"sudo apt-get install {package}"
