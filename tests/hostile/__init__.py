"""Hostile input against every form, filter, import and address: never a 500, never executed, never lost.

`corpus.py` is what is sent, `survey.py` and `fields.py` find where, `asker.py` sends it, and `judge.py` and
`headers.py` say what is wrong with the answer. Routes, people and fields are read from the application
itself, so that a new page is tried as soon as it exists. `make test` tries a sample that meets every route
and every category; all of it is `python -m tests.security --full`.
"""
