"""What the Dockerfile and compose.yaml say, carried out without an engine.

    python -m tests.container_like

In an empty folder: a fresh environment with requirements.txt alone, what the Dockerfile copies and runs, then
the commands of compose.yaml as somebody who may write none of it, on PostgreSQL (without one, on an SQLite
file). Then it looks at the site as a proxy would. What only an engine can do is named and left out. Run by
root it changes to the user nobody; by others it takes the rights to write away.
"""

import base64
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

from .dockerfile import ROOT, compose, instructions, last
from .machine import find_postgresql, free_port, throwaway_postgresql

NEEDS_ENGINE = ("apt-get", "rm", "fc-cache", "useradd")
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
SOMEBODY = {"user": "nobody", "group": "nogroup", "extra_groups": []} if AS_ROOT else {}
PROXIED = {"Host": "waterline.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}


class Image:
    """The folder that stands for an image: ``/app`` and ``/opt/venv`` are inside it."""

    def __init__(self, folder):
        self.folder, self.environment, self.at = folder, {}, folder
        self.places = {"/opt/venv": folder / "venv", "/app": folder / "app", "/tmp": folder / "tmp"}  # noqa: S108

    def here(self, words):
        """Return words with the image's paths as they are here."""
        return re.sub(r"/opt/venv\b|/app\b|/tmp\b", lambda found: str(self.places[found[0]]), words)

    def build(self):
        """Carry out the instructions in their order."""
        (self.folder / "tmp").mkdir(mode=0o1777)
        (self.folder / "tmp").chmod(0o1777)
        for row in instructions():
            getattr(self, row.name.lower(), lambda row: None)(row)

    def copy(self, row):
        """Copy from the checkout; what comes from another stage is there already."""
        *sources, target = row.words.split()
        if sources[0].startswith("--from"):
            return
        for source in sources:
            place = Path(self.here(target)) if target.startswith("/") else self.at / target
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, place)

    def workdir(self, row):
        """Change to a folder."""
        self.at = Path(self.here(row.words))
        self.at.mkdir()

    def env(self, row):
        """Set variables for all that follows."""
        for name, value in re.findall(r'(\w+)=("[^"]*"|\S+)', row.words):
            self.environment[name] = self.here(value.strip('"')).replace("$PATH", os.environ["PATH"])

    def run(self, row):
        """Run the commands, those apart that need an engine."""
        for words in row.commands:
            own = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
            command = [self.here(word) for word in words if not re.match(r"[A-Z_]+=", word)]
            if command[0] in NEEDS_ENGINE:
                print(f"left out, needs an engine: {' '.join(words[:4])} ...", flush=True)
                continue
            if command[:3] == ["python", "-m", "venv"]:
                command[0] = interpreter()
            print(f"run: {' '.join(words[:6])} ...", flush=True)
            own = {name: self.here(value) for name, value in own.items()}
            call(command, self.at, clean() | self.environment | own)


def interpreter():
    """Return a Python that others may run, too: root's own may stand in a closed folder."""
    return "/usr/bin/python3" if AS_ROOT and Path("/usr/bin/python3").exists() else sys.executable


def clean():
    """Return what a container has of this environment: where programs and packages are found."""
    return {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("PIP_")}


def call(command, folder, environment, **options):
    """Run a command to its end; fail with what it said."""
    path = {"executable": shutil.which(command[0], path=environment["PATH"])}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, **path, **options
    )
    if done.returncode:
        sys.exit(f"failed: {' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def start(command, image, environment, log):
    """Start a command as somebody who may write nothing."""
    program = shutil.which(command[0], path=environment["PATH"])
    return subprocess.Popen(
        command, executable=program, cwd=image.at, env=environment, stdout=log, stderr=log, **SOMEBODY
    )


def ask(port, address):
    """Return the status, headers and bytes of one answer, asked as the proxy does."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", address, headers=PROXIED)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


def environment_of(image, service, url):
    """Return what a service of compose.yaml gets, with a made-up .env."""
    dotenv = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "IDENTITY_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "SITE_URL": "https://waterline.example.org",
    }
    named = compose()["services"][service]["environment"]
    return clean() | image.environment | dotenv | named | {"DATABASE_URL": url, "PORT": str(free_port())}


def say(what, holds):
    """Print a line; stop where it does not hold."""
    print(f"{'yes' if holds else 'NO '}  {what}", flush=True)
    if not holds:
        raise SystemExit(1)


def files(folder):
    """Return every file with its size and time."""
    return {(path, path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*")}


def prove(folder, stack):
    """Build, start, look, stop."""
    image, services = Image(folder), compose()["services"]
    image.build()
    subprocess.run(["chmod", "-R", "a-w,a+rX", folder / "app", folder / "venv"], check=True)  # noqa: S607
    built = files(folder / "app")
    programs = find_postgresql()
    if programs:
        url = stack.enter_context(throwaway_postgresql(programs)).removesuffix("waterline") + "postgres"
    else:
        url = f"sqlite:///{folder / 'tmp' / 'waterline.sqlite3'}"
    environment = environment_of(image, "web", url)
    port = int(environment["PORT"])

    def run(*command):
        return call(command, image.at, environment, **SOMEBODY)

    run(*services["migrate"]["command"])
    say("migrate", True)
    checked = run("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    say("check --deploy has nothing to say", "no issues" in checked)
    try_to_write = "import pathlib\ntry: pathlib.Path('x').touch()\nexcept OSError: print('no')"
    say("the program may not write beside itself", run("python", "-c", try_to_write) == "no\n")
    pdf = "from weasyprint import HTML; print(HTML(string='<p>Aé</p>').write_pdf()[:4])"
    say("Pango makes a PDF", run("python", "-c", pdf) == "b'%PDF'\n")

    log = stack.enter_context((folder / "tmp/log").open("w+"))
    web = start(last("CMD"), image, environment, log)
    stack.callback(web.kill)
    worker = start(services["worker"]["command"], image, environment, log)
    stack.callback(worker.kill)
    health = last("HEALTHCHECK")
    end = time.monotonic() + 60
    program = shutil.which(health[0], path=environment["PATH"])
    while subprocess.run([program, *health[1:]], cwd=image.at, env=environment).returncode:
        if time.monotonic() > end or web.poll() is not None:
            say("the health check succeeds", False)
        time.sleep(0.5)
    say("the health check succeeds, by a host name that the site answers to", True)
    say("readiness", ask(port, "/readyz")[2] == b"ok")
    status, headers, page = ask(port, "/accounts/login/")
    say("the sign-in page, https as the proxy says", status == 200 and "Strict-Transport-Security" in headers)
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode())
    say(
        f"its {len(names)} static files have hashed names",
        all(re.search(r"\.[0-9a-f]{12}\.", n) for n in names),
    )
    answers = [ask(port, name) for name in names]
    say("and are served for ever", all(s == 200 and "immutable" in h["Cache-Control"] for s, h, _ in answers))
    for process in (web, worker):
        process.send_signal(signal.SIGTERM)
    say("told to stop, server and worker end well", [web.wait(30), worker.wait(30)] == [0, 0])
    log.seek(0)
    lines = log.read().splitlines()
    say(f"all {len(lines)} lines of the log are JSON", all(json.loads(line) for line in lines))
    say("nothing was written where the program is", files(folder / "app") == built)


def main():
    """Prove it."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="waterline-container-", dir="/tmp" if AS_ROOT else None))  # noqa: S108
        stack.callback(lambda: subprocess.run(["rm", "-rf", folder]))  # noqa: S607
        stack.callback(lambda: subprocess.run(["chmod", "-R", "u+w", folder]))  # noqa: S607
        folder.chmod(0o755)
        prove(folder, stack)
    print("No engine built an image here: base images, apt-get and compose itself are not tried by this.")


if __name__ == "__main__":
    main()
