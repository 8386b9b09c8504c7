#!/usr/bin/env python
"""Django's command line, for example `python manage.py demo`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import Error

from evaluations.faults import advice_on


def main():
    """Run the command; say in one line what the environment or the database lacks, instead of a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssbc_eval.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"Waterline cannot start: {error}")
    except Error as error:
        if "--traceback" in sys.argv or not advice_on(error):
            raise
        sys.exit(advice_on(error))


if __name__ == "__main__":
    main()
