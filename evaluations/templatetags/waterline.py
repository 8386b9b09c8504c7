"""Formatting for templates: the menu, marks to repeat, words that follow a number."""

from django import template
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html_join

from evaluations import navigation

register = template.Library()


@register.inclusion_tag("evaluations/_menu.html", takes_context=True)
def menu(context):
    """Draw the menu of the member in the context, with the current route (or ``menu_route``) marked."""
    member = context["member"]
    match = context["request"].resolver_match
    route = context.get("menu_route") or (match and match.url_name)
    return {"slug": member.evaluation.slug, "items": navigation.menu(member, route)}


@register.simple_tag
def recommendation_options(recommendations):
    """Draw recommendations to choose from, once for many lists of them."""
    rows = ((row.pk, row.ref, truncatechars(row.title, 80)) for row in recommendations)
    return format_html_join("", '<option value="{}">{}: {}</option>', rows)


@register.filter
def times(number):
    """Return a range to repeat something ``number`` times."""
    return range(number)


@register.filter
def of_kind(number, kind):
    """Return a count with the word for a kind, for example ``1 barrier`` or ``3 barriers``."""
    return f"{number} {kind if number == 1 else kind.plural}"


@register.filter
def choice_label(field):
    """Return the label of the choice that a bound field holds."""
    return dict(field.field.choices).get(field.value(), "")


@register.filter
def lines(text):
    """Return the lines of a text that hold something."""
    return [line for line in text.split("\n") if line.strip()]


@register.filter
def name(user):
    """Return a person's full name, or the name they sign in with."""
    return (user.get_full_name() or user.get_username()) if user else ""


@register.filter
def names(users):
    """Return several people's names as they are said: ``Ada``, ``Ada and Bo``, ``Ada, Bo and Cy``."""
    *others, last = map(name, users)
    return f"{', '.join(others)} and {last}" if others else last


@register.filter
def partial(part):
    """Return the template that draws a part of a document, for example ``evaluations/_report_quote.html``."""
    return f"evaluations/_report_{type(part).__name__.lower()}.html"
