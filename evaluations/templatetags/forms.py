"""The hidden fields of every form: the CSRF token, and in an evaluation when the page was opened."""

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context):
    """Draw Django's own tag and, on a page of an evaluation, its marks (``evaluations.opened``).

    It has the name of Django's, in its place, so that no form can be written without the mark.
    """
    mark = getattr(context.get("member") or context.get("request"), "opened", "")
    token = CsrfTokenNode().render(context)
    if mark:
        token = format_html('{}<input type="hidden" name="opened" value="{}">', token, mark)
    if sender := getattr(context.get("member"), "sender", ""):
        token = format_html('{}<input type="hidden" name="sender" value="{}">', token, sender)
    return token
