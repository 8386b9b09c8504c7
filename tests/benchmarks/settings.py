"""Settings of the tests, and what makes figures those of production: connections stay, logs go nowhere."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, LOGGING

DATABASES["default"]["CONN_MAX_AGE"] = 60
# Several processes read the same names: the tests' own key is another one in each process.
IDENTITY_KEYS = ["bWFkZSB1cCBmb3IgYmVuY2htYXJrcywgbm8gc2VjcmU="]
LOGGING["handlers"]["stderr"]["stream"] = Path(os.devnull).open("w")  # noqa: SIM115 (as long as we run)
