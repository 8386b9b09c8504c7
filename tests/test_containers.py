"""The Dockerfile and compose.yaml fit the application. No engine is needed; none has built them here."""

import re
import shlex
import subprocess
import sys

import pytest
from django.core.management import get_commands

from .dockerfile import ROOT, compose, instructions, last

SERVICES = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
PINNED = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.]+)*")
BY_GUNICORN = {"PORT", "WEB_CONCURRENCY"}  # by itself, and by gunicorn.conf.py


def variables():
    """Return the variables that settings.py reads."""
    source = (ROOT / "ssbc_eval/settings.py").read_text()
    return set(
        re.findall(
            r'\b(?:text|flag|number|items|identity_keys|site_url|host_names|database|replica)\("([A-Z_]+)"',
            source,
        )
    )


def test_images_are_pinned():
    bases = {row.words.split()[0] for row in instructions() if row.name == "FROM"}
    named = {service["image"] for name, service in SERVICES.items() if name not in OURS}
    assert len(bases) == 1, "what was installed fits what runs it"
    assert all(PINNED.fullmatch(image) for image in bases | named)


def test_every_variable_is_one_that_is_read():
    named = {name for service in OURS.values() for name in service["environment"]}
    run = next(row for row in instructions() if "collectstatic" in row.words)
    named |= {
        word.partition("=")[0] for command in run.commands for word in command if re.match("[A-Z_]+=", word)
    }
    named |= set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    assert named <= variables() | BY_GUNICORN | {"POSTGRES_PASSWORD"}
    listed = re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert set(listed) == variables() | BY_GUNICORN, ".env.example lists every variable and no other"
    assert len(listed) == len(set(listed)), "and each once"


def test_every_command_exists():
    docs = (ROOT / "docs/docker.md").read_text()
    commands = [service["command"] for service in OURS.values() if "command" in service]
    commands += [
        shlex.split(line.partition("docker compose ")[2]) for line in docs.splitlines() if "manage.py" in line
    ]
    names = [words[words.index("manage.py") + 1] for words in commands if "manage.py" in words]
    daily = {"send_reminders", "backup", "purge_identities", "clearsessions"}
    assert {"work", "migrate", *daily} <= set(names) <= set(get_commands())
    assert last("CMD") == ["gunicorn", "ssbc_eval.wsgi"]


def test_the_program_is_nobody_and_writes_nowhere():
    users = [row.words for row in instructions() if row.name == "USER"]
    useradd = next(row.words for row in instructions() if "useradd" in row.words)
    assert users == [useradd.split()[-1]]
    order = [row.name for row in instructions()]
    assert order.index("USER") > max(number for number, name in enumerate(order) if name in ("RUN", "COPY"))
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["tmpfs"] == ["/tmp"]  # noqa: S108


def test_no_service_keeps_privileges_that_it_does_not_need_and_the_proxy_reaches_no_database():
    for service in SERVICES.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert compose()["networks"]["data"]["internal"] is True
    networks = {name: set(service["networks"]) for name, service in SERVICES.items()}
    assert not networks["proxy"] & networks["db"]
    assert networks["proxy"] & networks["web"]
    assert all(networks[name] & networks["db"] for name in OURS)


def test_backups_go_into_a_folder_of_the_host_and_age_out():
    (line,) = [
        line for line in (ROOT / "docs/docker.md").read_text().splitlines() if "manage.py backup" in line
    ]
    service, *_, folder, option, days = line.partition("exec -T ")[2].split()
    assert f"./backups:{folder}" in SERVICES[service]["volumes"]
    assert (option, days.isdecimal()) == ("--keep-days", True)
    users = [row.words for row in instructions() if "useradd" in row.words]
    (number,) = re.findall(r"--uid (\d+)", users[0])
    assert f"--owner={number} " in (ROOT / "docs/docker.md").read_text()


def test_ports_agree():
    environment = next(row.words for row in instructions() if "PORT=" in row.words)
    port = re.search(r"\bPORT=(\d+)", environment)[1]
    assert last("EXPOSE") == port
    assert SERVICES["web"]["ports"] == [f"127.0.0.1:{port}:{port}"], "only the proxy is open to others"
    assert f"reverse_proxy web:{port}" in (ROOT / "Caddyfile").read_text()
    assert last("HEALTHCHECK")[:3] == ["python", "-m", "ssbc_eval.probe"]


def test_what_runs_waits_for_the_migrations_and_these_for_the_database():
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"
    assert {mount.partition(":")[0] for mount in SERVICES["db"]["volumes"]} <= set(compose()["volumes"])


def test_what_the_engine_gets_is_what_the_dockerfile_copies():
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copies = [
        row.words.split()[:-1] for row in instructions() if row.name == "COPY" and "--from" not in row.words
    ]
    assert allowed == {source for sources in copies for source in sources}
    assert all((ROOT / source).exists() for source in allowed)


@pytest.mark.parametrize("named", ["", "inside.example.org, waterline.example.org"])
def test_the_probe_asks_by_a_host_name_that_the_site_answers_to(named, tmp_path):
    server = (
        "import http.server, sys\n"
        "class Says(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(200); self.end_headers()\n"
        "        self.wfile.write(b'ok' if self.headers['Host'] == sys.argv[1] else b'')\n"
        "server = http.server.HTTPServer(('127.0.0.1', 0), Says)\n"
        "print(server.server_port, flush=True)\n"
        "server.handle_request()\n"
    )
    host = named.partition(",")[0] or "waterline.example.org"
    with subprocess.Popen([sys.executable, "-c", server, host], stdout=subprocess.PIPE, text=True) as process:
        port = process.stdout.readline().strip()
        environment = {"SITE_URL": "https://waterline.example.org", "ALLOWED_HOSTS": named, "PORT": port}
        probe = [sys.executable, "-m", "ssbc_eval.probe", "healthz"]
        assert subprocess.run(probe, cwd=ROOT, env=environment).returncode == 0
        process.wait(10)
    assert subprocess.run(probe, cwd=ROOT, env=environment).returncode == 1, "nobody answers"
