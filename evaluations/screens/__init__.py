"""What a page and the file made of it both show, assembled once so that the two cannot disagree.

A screen takes a member, what the address asks for, and for whom it is made; it scopes rows through
``access``, narrows them by a filter form, and hands back results of ``queries`` and ``analysis``. No HTML.
"""
