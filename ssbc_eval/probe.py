"""Ask the server in this container how it is, by a host name that it answers to.

    python -m ssbc_eval.probe healthz

Exits with 0 when it answers ok. Standard library only, so that asking costs little.
"""

import os
import sys
from urllib.parse import urlsplit
from urllib.request import Request, urlopen


def main():
    """Ask for the page named on the command line, ``healthz`` or ``readyz``."""
    named = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    host = named or urlsplit(os.environ["SITE_URL"]).hostname
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/{sys.argv[1]}"
    try:
        with urlopen(Request(address, headers={"Host": host}), timeout=4) as answer:
            return int(answer.read() != b"ok")
    except OSError:  # nobody answers, or not with ok
        return 1


if __name__ == "__main__":
    sys.exit(main())
