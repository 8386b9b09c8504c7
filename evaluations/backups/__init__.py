"""Backups: the whole database in one file that any engineer can open (docs/backups.md describes it)."""
