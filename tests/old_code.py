"""The code of an earlier commit on a database that this code migrated: what people do still works.

    python -m tests.old_code              the release before the migrations that docs/migrations.md is about
    python -m tests.old_code <commit>

Needs a git checkout. Unpacks that commit into an empty folder, migrates a new PostgreSQL (without one, an
SQLite file) with the code that is here, and lets the old code make an evaluation and an account, sign in, and
save a finding and a participant.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from .machine import find_postgresql, throwaway_postgresql

ROOT = Path(__file__).resolve().parent.parent
BEFORE = "1ecd9c0"  # the last commit before 0007
SET_UP = """
from tests import builders
from tests.base import person
from evaluations.models import Role
evaluation = builders.evaluation(slug="practice", title="Made by old code")
builders.strand(evaluation, slug="coproduction", name="Coproduction")
builders.member(evaluation, person("evelyn"), Role.EVALUATOR)
"""


def manage(folder, environment, *command):
    """Run manage.py of the code in a folder, and fail with what it said."""
    command = [sys.executable, "manage.py", *command]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"failed: {' '.join(command[1:3])}\n{done.stderr}")
    return done.stdout


def say(what, holds):
    """Print a line; stop where it does not hold."""
    print(f"{'yes' if holds else 'NO '}  {what}", flush=True)
    if not holds:
        raise SystemExit(1)


def unpack(commit, folder):
    """Put the files of a commit into a folder."""
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)  # noqa: S607
    if archive.returncode:
        sys.exit(f"Missing: commit {commit}. This needs a git checkout with its history.")
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)  # noqa: S607


def prove(commit, folder, stack):
    """Migrate with new code, work with old code."""
    programs = find_postgresql()
    if programs:
        url = stack.enter_context(throwaway_postgresql(programs)).removesuffix("waterline") + "postgres"
    else:
        url = f"sqlite:///{folder / 'waterline.sqlite3'}"
    old = folder / "old"
    old.mkdir()
    unpack(commit, old)
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    manage(ROOT, environment, "migrate", "--verbosity", "0")
    shown = manage(old, environment, "showmigrations", "evaluations")
    say(f"the database is migrated by this code, past the last of {commit}", "[ ]" not in shown)
    manage(old, environment, "shell", "-c", SET_UP)
    say("old code makes an evaluation and an account", True)

    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    import django

    django.setup()
    from evaluations.models import Finding, Participant, Strand
    from tests.base import PASSWORD
    from tests.pages import Page
    from tests.servers import Browser, Server

    with Server(workers=1, folder=old, environment={"DATABASE_URL": url}) as server:
        evelyn = Browser()
        say("signing in", evelyn.sign_in(server, "evelyn", PASSWORD).status_code == 302)
        say("the overview", evelyn.get(server, "/e/practice/").status_code == 200)
        place = "/e/practice/findings/new/"
        sent = Page(evelyn.get(server, f"{place}?kind=barrier&condition=power")).sends(place)
        said = {"text": "Saved by old code", "kind": "barrier", "condition": "power", "status": "draft"}
        said |= {"strand": Strand.objects.get().pk, "lasting": "not_judged"}
        answer = evelyn.post(server, place, sent | said)
        saved = Finding.objects.filter(text="Saved by old code")
        say("saving a finding", answer.status_code == 302 and saved.count() == 1)
        place = "/e/practice/participants/new/"
        sent = Page(evelyn.get(server, place)).sends()
        answer = evelyn.post(server, place, sent | {"code": "P01"})
        say("saving a participant", answer.status_code == 302 and Participant.objects.count() == 1)
        say("the matrix", evelyn.get(server, "/e/practice/matrix/coproduction/").status_code == 200)


def main():
    """Prove it for the commit that is named."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="waterline-old-code-")))
        prove(sys.argv[1] if len(sys.argv) > 1 else BEFORE, folder, stack)


if __name__ == "__main__":
    main()
