"""The licence of every package that requirements.txt brings along, as the table of docs/dependencies.md.

    python -m tests.licences            prints it; fails on a licence that is unknown or nobody explained
    python -m tests.licences --write    puts it into docs/dependencies.md

Licences are what the installed packages say of themselves. Vendored files: static/vendor/README.md.
"""

import argparse
import re
import sys
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/dependencies.md"
TABLE = re.compile(r"(?<=<!-- licences -->\n)(.*?)(?=<!-- end of licences -->)", re.DOTALL)

# They ask for no more than keeping their notice.
PERMISSIVE = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python Software|Zlib|CC0")
ASKS_MORE = re.compile(r"GPL|General Public|Mozilla|MPL")
# What asks for more, or says little: explained in docs/dependencies.md.
EXPLAINED = {"fido2", "psycopg2-binary", "pyphen"}


def needed(names, extras=()):
    """Return the distributions of packages and of all that they need here, by lower-case name."""
    found, left = {}, [(name, extras) for name, extras in names]
    while left:
        name, extras = left.pop()
        dist = distribution(name)
        key = re.sub(r"[-_.]+", "-", dist.metadata["Name"]).lower()
        if (key, extras) in found:
            continue
        found[key, extras] = dist
        for line in dist.requires or ():
            want = Requirement(line)
            if want.marker is None or any(want.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                left.append((want.name, tuple(sorted(want.extras))))
    return dict(sorted((key, dist) for (key, _), dist in found.items()))


def ours():
    """Return what requirements.txt names: ``[(name, extras)]``."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = [Requirement(line.partition("#")[0]) for line in lines if line.partition("#")[0].strip()]
    return [(each.name, tuple(sorted(each.extras))) for each in wanted]


def licence_of(dist):
    """Return a distribution's licence in a few words; nothing when it says none."""
    said = dist.metadata.get("License-Expression") or ""
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in dist.metadata.get_all("Classifier", [])
        if line.startswith("License ::") and line != "License :: OSI Approved"
    ]
    free = (dist.metadata.get("License") or "").strip().partition("\n")[0]
    return said or ", ".join(classifiers) or (free if len(free) < 60 else "")


def home_of(dist):
    """Return the address of a distribution's project."""
    links = {
        line.partition(",")[0].strip().lower(): line.partition(",")[2].strip()
        for line in dist.metadata.get_all("Project-URL", [])
    }
    wanted = ("homepage", "home", "source", "source code", "repository", "github", "documentation")
    return dist.metadata.get("Home-page") or next((links[name] for name in wanted if name in links), "")


def rows():
    """Return ``[(name, version, licence, home)]`` of all that is needed."""
    return [
        (dist.metadata["Name"], dist.version, licence_of(dist), home_of(dist))
        for dist in needed(ours()).values()
    ]


def faults():
    """Return what is unknown, or asks for more than a notice and is not explained, in words."""
    return [
        f"{name}: {licence or 'says no licence'}"
        for name, _, licence, _ in rows()
        if name.lower() not in EXPLAINED and (not PERMISSIVE.search(licence) or ASKS_MORE.search(licence))
    ]


def table():
    """Return the table of docs/dependencies.md."""
    lines = [f"| {name} | {version} | {licence} | {home} |" for name, version, licence, home in rows()]
    return "\n".join(["| package | version | licence | home |", "| --- | --- | --- | --- |", *lines, ""])


def main():
    """Print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put it into docs/dependencies.md")
    if parser.parse_args().write:
        PAGE.write_text(TABLE.sub(lambda _: table(), PAGE.read_text()))
    print(table(), end="")
    for fault in faults():
        print(fault, file=sys.stderr)
    return int(bool(faults()))


if __name__ == "__main__":
    sys.exit(main())
