"""Make `.venv` and install a requirements file into it; do nothing when nothing changed.

    python3 tests/prepare.py requirements.txt

Standard library only, because it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST_PYTHON = (3, 11)


def prepare(requirements: str) -> None:
    """Leave `.venv` with everything from the file named `requirements`, or exit saying what is missing."""
    if not works():
        make_venv()
    needed = fingerprint(ROOT / requirements)
    stamp = VENV / f"installed-{requirements}"
    if stamp.exists() and stamp.read_text() == needed:
        return
    print(f"Installing {requirements} into .venv (once, until the file changes) ...", flush=True)
    pip = [VENV_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, "-r", requirements], cwd=ROOT).returncode:
        sys.exit(
            f"Missing: what {requirements} asks for could not be installed. pip's message above says why; "
            "most often the package index (pypi.org) cannot be reached from here."
        )
    stamp.write_text(needed)
    for included in includes(ROOT / requirements):
        (VENV / f"installed-{included.name}").write_text(fingerprint(included))


def works() -> bool:
    """Whether `.venv` is there, new enough and not left over from a Python since removed."""
    check = f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        return subprocess.run([VENV_PYTHON, "-c", check], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    """Make `.venv` with the Python that runs this file."""
    version = "{}.{}".format(*sys.version_info)
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Missing: Python 3.11 or newer. This is Python {version} ({sys.executable}).")
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            sys.exit(
                f"Missing: Python {version} has no {module} module, so .venv cannot be made. "
                f"On Debian or Ubuntu: sudo apt install python3-venv (or python{version}-venv)."
            )
    print(f"Making .venv with Python {version} ...", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV]).returncode:
        sys.exit("Missing: .venv could not be made. The message above says why.")


def includes(requirements: Path) -> list[Path]:
    """The files that a requirements file takes in by `-r`."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return [requirements.with_name(line[3:].strip()) for line in lines if line.startswith("-r ")]


def fingerprint(requirements: Path) -> str:
    """A hash of a requirements file and those it takes in: another one means install again."""
    files = [requirements, *includes(requirements)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


if __name__ == "__main__":
    prepare(sys.argv[1])
