"""Stopping and starting the PostgreSQL that ``tests.machine.throwaway_postgresql`` runs, as a host would."""

import os
import shlex
import subprocess
from pathlib import Path

import psycopg2
from psycopg2 import sql

from tests.machine import find_postgresql


def create_database(url):
    """Make the database that an address names."""
    server, _, name = url.rpartition("/")
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    connection.close()


class Host:
    """The PostgreSQL behind an address; it must run when this is made."""

    def __init__(self, url):
        self.url = url
        connection = psycopg2.connect(url)
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            self.data = Path(cursor.fetchone()[0])
        connection.close()
        started_with = shlex.split((self.data / "postmaster.opts").read_text())
        self.options = shlex.join(started_with[started_with.index("-D") + 2 :])

    def stop(self, mode):
        """Stop it: ``fast`` ends every connection, ``immediate`` is a crash."""
        self._control("-m", mode, "stop")

    def start(self):
        """Start it, and wait until it answers."""
        self._control("-l", self.data.parent / "server.log", "-o", self.options, "start")

    def answers(self):
        """Say whether it can be reached."""
        try:
            psycopg2.connect(self.url).close()
        except psycopg2.OperationalError:
            return False
        return True

    def connections(self):
        """Yield one connection after the other, until there are too many."""
        while True:
            try:
                yield psycopg2.connect(self.url)
            except psycopg2.OperationalError:
                return

    def _control(self, *arguments):
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_postgres, find_postgresql() / "pg_ctl", "-w", "-D", self.data, *arguments]
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
