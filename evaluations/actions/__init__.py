"""The only writes: verbs, keyword-only, atomic, with ``by=``; they return the object or raise a named
error."""
