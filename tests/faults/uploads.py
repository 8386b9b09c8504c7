"""Clients that send half a form, more than they said, or a byte at a time; and what a server makes of it."""

import socket
import time
from contextlib import suppress
from threading import Thread
from urllib.parse import urlencode

from tests.servers import BOUNDARY, Browser

PATIENCE = 10


class Client:
    """A signed-in browser at a ``server`` that sends the bytes it is told to, whatever HTTP says."""

    def __init__(self, server, username, password):
        self.server, self.browser = server, Browser()
        self.browser.sign_in(server, username, password)
        self.token = self.browser.cookie("csrftoken")

    def head(self, address, length, kind="application/x-www-form-urlencoded"):
        """Return the first lines of a POST that says it has ``length`` bytes."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.browser.cookies)
        return (
            f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nCookie: {cookies}\r\n"
            f"X-CSRFToken: {self.token}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
            "Connection: close\r\n\r\n"
        ).encode()

    def send(self, *pieces, pause=0.0, close=False):
        """Send pieces, and return the status of the answer; None without one. ``close`` reads none."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.server.port), PATIENCE) as line:
            for piece in pieces:
                line.sendall(piece)
                time.sleep(pause)
            if close:
                return None
            line.shutdown(socket.SHUT_WR)
            answer = line.recv(12)
            return int(answer.split()[1]) if answer else None
        return None

    def dribble(self, address, length):
        """Begin a form and send a byte a second until the returned line is closed."""
        line = socket.create_connection(("127.0.0.1", self.server.port), PATIENCE)
        line.sendall(self.head(address, length))

        def go_on():
            with suppress(OSError):
                while True:
                    line.sendall(b"x")
                    time.sleep(1)

        Thread(target=go_on, daemon=True).start()
        return line


def urlencoded(fields):
    """Return a form's bytes."""
    return urlencode(fields).encode()


def multipart(fields):
    """Return a form's bytes as a page with a file sends them, and its content type."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode(), f"multipart/form-data; boundary={BOUNDARY}"


def broken_off(client, address, fields):
    """Send a form in every way that leaves it incomplete; return ``{what was done: status}``."""
    whole, (parts, kind) = urlencoded(fields), multipart(fields)
    half, half_of_parts = whole[:-9], parts[: -len(BOUNDARY) - 15]  # in the middle of the last field
    head, head_of_parts = client.head(address, len(whole)), client.head(address, len(parts), kind)
    return {
        "stopped in the middle, then waited for an answer": client.send(head, half),
        "stopped in the middle and closed": client.send(head, half, close=True),
        "stopped in the middle of a form with parts": client.send(head_of_parts, half_of_parts),
        "the same, and closed": client.send(head_of_parts, half_of_parts, close=True),
        "nothing after the head": client.send(head, close=True),
        "half a head": client.send(head[:60], close=True),
    }
