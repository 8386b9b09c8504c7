"""Invitations: a secret link that lets one person in once, by pressing a button."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import SESSION_KEY, get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.setup import accept_invitation, invite, join_with_new_account
from evaluations.models import AuditEvent, Invitation, Membership, Role
from evaluations.signin import RESERVED_USERNAMES
from tests.assertions import shows
from tests.base import PASSWORD, person, signed_in
from tests.pages import Page

User = get_user_model()
SECRET = "four quiet herons at dusk"
ACCOUNT = {
    "first_name": "Noor",
    "last_name": "Haddad",
    "email": "noor@example.org",
    "username": "noor",
    "password1": SECRET,
    "password2": SECRET,
}


@pytest.fixture
def link(cast):
    """The address of an open invitation to review."""
    _, token = invite(evaluation=cast.evaluation, role="reviewer", email="", by=cast.evelyn)
    return reverse("invitation-accept", args=[token])


@pytest.fixture
def noor(cast):
    """Somebody with an account who is a member of nothing."""
    return person("noor")


def invitation():
    """Return the only invitation as it is now."""
    return Invitation.objects.get()


def is_open(link):
    """Say whether a link still offers to join."""
    answer = Client().get(link)
    assert answer.status_code in (200, 404)
    assert shows(answer, "This invitation is no longer valid") is (answer.status_code == 404)
    return answer.status_code == 200


def role_of(user):
    """Return the roles that a person has, a list."""
    return list(Membership.objects.filter(user=user).values_list("role", flat=True))


# --- The link ---------------------------------------------------------------------------------------------


def make_link(client):
    """Make an invitation on the set-up page and return its link, as the page shows it."""
    address = reverse("setup-invite", args=["practice"])
    answer = client.post(address, {"role": "lead", "email": "guest@example.org"})
    return Page(answer).with_id("link")["value"]


def test_the_link_is_shown_once_and_only_its_hash_is_stored(cast):
    client = signed_in(cast.evelyn)
    link = make_link(client)
    token = urlsplit(link).path.strip("/").removeprefix("invite/")
    assert len(token) >= 40
    assert token not in client.get(reverse("setup-detail", args=["practice"])).content.decode()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            assert token not in str(cursor.fetchall()), table
    assert len(invitation().token_hash) == 64
    assert is_open(urlsplit(link).path)


def test_the_link_begins_with_the_sites_own_address_whatever_host_was_asked(cast, settings):
    settings.SITE_URL = "https://waterline.example.org"
    client = signed_in(cast.evelyn)
    client.defaults["HTTP_HOST"] = "localhost"
    assert make_link(client).startswith("https://waterline.example.org/invite/")


def test_two_invitations_have_two_links(cast):
    client = signed_in(cast.evelyn)
    assert make_link(client) != make_link(client)


def test_the_hash_is_no_way_in(cast, link):
    assert not is_open(reverse("invitation-accept", args=[invitation().token_hash]))


def test_the_page_is_kept_by_no_browser_or_proxy(link):
    assert "no-store" in Client().get(link)["Cache-Control"]


# --- On POST only -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "patch", "delete"])
def test_opening_the_link_does_nothing(link, noor, method):
    """Mail programs and chat rooms open links to preview them."""
    for client in (Client(), signed_in(noor)):
        getattr(client, method)(link)
    assert invitation().accepted_at is None
    assert role_of(noor) == []


def test_another_site_cannot_press_the_button(link, noor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(noor)
    assert client.post(link).status_code == 403
    assert role_of(noor) == []


def test_somebody_with_an_account_joins_with_the_role_of_the_invitation(cast, link, noor):
    client = signed_in(noor)
    assert shows(client.get(link), "Join with this account")
    answer = client.post(link)
    assert answer.url == "/e/practice/"
    assert role_of(noor) == ["reviewer"]
    accepted = invitation()
    assert (accepted.accepted_by, accepted.evaluation) == (noor, cast.evaluation)
    event = AuditEvent.objects.first()
    assert (event.verb, event.subject) == ("accepted invitation", f"invitation {accepted.pk} as reviewer")
    assert (event.user, event.evaluation) == (noor, cast.evaluation)


@pytest.mark.parametrize("name", ["rowan", "leigh", "evelyn"])
def test_a_member_keeps_the_role_they_have(cast, link, name):
    user = getattr(cast, name)
    before = role_of(user)
    assert signed_in(user).post(link).url == "/e/practice/"
    assert role_of(user) == before


def test_an_invitation_opens_one_evaluation_only(link, noor, cast):
    client = signed_in(noor)
    client.post(link)
    other = Membership.objects.get(user=cast.sam).evaluation
    assert client.get(f"/e/{other.slug}/").status_code == 404


def test_somebody_who_has_an_account_signs_in_and_comes_back(link, noor):
    cache.clear()
    client = Client()
    [sign_in] = Page(client.get(link)).links("sign in")
    answer = client.post(sign_in, {"login": "noor", "password": PASSWORD, "next": link})
    assert answer.url == link
    assert role_of(noor) == []


# --- Over -------------------------------------------------------------------------------------------------


def refused_everywhere(link, user):
    """Check that a link lets nobody in, by page or action, and makes no account."""
    token = link.strip("/").removeprefix("invite/")
    accounts, members = User.objects.count(), Membership.objects.count()
    assert not is_open(link)
    for client, form in ((Client(), ACCOUNT), (signed_in(user), {})):
        assert client.post(link, form).status_code == 404
    with pytest.raises(NotAllowedNow):
        accept_invitation(token=token, by=user)
    with pytest.raises(NotAllowedNow):
        join_with_new_account(token=token, fields={"username": "guest"}, password=SECRET)
    assert (User.objects.count(), Membership.objects.count()) == (accounts, members)


def test_it_works_once(link, noor, cast):
    signed_in(noor).post(link)
    refused_everywhere(link, cast.sam)
    assert invitation().accepted_by == noor


def test_it_lasts_two_weeks(link, noor):
    row = invitation()
    assert row.expires_at - row.created_at == pytest.approx(timedelta(days=14), abs=timedelta(minutes=1))
    Invitation.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert is_open(link)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused_everywhere(link, noor)


def test_it_can_be_revoked(cast, link, noor):
    client = signed_in(cast.evelyn)
    client.post(reverse("setup-revoke", args=["practice", invitation().pk]))
    refused_everywhere(link, noor)
    assert AuditEvent.objects.first().verb == "revoked invitation"
    assert shows(client.get(reverse("setup-detail", args=["practice"])), "Revoked ")


def test_one_that_was_accepted_cannot_be_revoked(cast, link, noor):
    signed_in(noor).post(link)
    answer = signed_in(cast.evelyn).post(
        reverse("setup-revoke", args=["practice", invitation().pk]), follow=True
    )
    assert Page(answer).notices == ["This invitation was accepted already. Remove the member instead."]
    assert invitation().revoked_at is None


def test_unknown_used_revoked_and_expired_links_look_the_same(cast, noor):
    links = [reverse("invitation-accept", args=["unknown"])]
    for over in ("accepted_at", "revoked_at", "expires_at"):
        row, token = invite(evaluation=cast.evaluation, role="lead", email="", by=cast.evelyn)
        Invitation.objects.filter(pk=row.pk).update(**{over: timezone.now()})
        links.append(reverse("invitation-accept", args=[token]))
    answers = [Client().get(link) for link in links]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert not shows(answers[0], "Practice evaluation")


# --- A new account ----------------------------------------------------------------------------------------


def test_an_invitation_makes_an_account_and_signs_in(cast, link):
    client = Client()
    answer = client.post(link, ACCOUNT)
    assert answer.url == "/e/practice/"
    user = User.objects.get(username="noor")
    assert (user.get_full_name(), user.email) == ("Noor Haddad", "noor@example.org")
    assert not (user.is_staff or user.is_superuser)
    assert user.check_password(SECRET)
    assert role_of(user) == [Role.REVIEWER]
    assert client.session[SESSION_KEY] == str(user.pk)
    assert client.get("/e/practice/").status_code == 200


def test_nobody_makes_themselves_more_than_the_invitation_says(link):
    more = {"role": "evaluator", "is_superuser": "on", "is_staff": "on", "evaluation": "1"}
    Client().post(link, ACCOUNT | more)
    user = User.objects.get(username="noor")
    assert role_of(user) == [Role.REVIEWER]
    assert not (user.is_staff or user.is_superuser)


def refused(link, **changes):
    """Send the form with changes, check that nothing came of it, and return the page."""
    accounts = User.objects.count()
    client = Client()
    answer = client.post(link, ACCOUNT | changes)
    assert answer.status_code == 200
    assert SESSION_KEY not in client.session
    assert User.objects.count() == accounts
    assert invitation().accepted_at is None
    return Page(answer)


@pytest.mark.parametrize("username", [*RESERVED_USERNAMES, "Evaluator", "LEAD"])
def test_the_names_of_demo_and_practice_are_reserved(link, username):
    page = refused(link, username=username)
    assert "Choose another" in page.message_at("id_username")
    assert page.sends()["username"] == username


@pytest.mark.parametrize("username", ["rowan", "Rowan", "ROWAN"])
def test_a_name_that_is_taken_is_told_at_the_field(link, username):
    page = refused(link, username=username)
    message = "Somebody already signs in with this name. Choose another."
    assert page.message_at("id_username") == message
    assert page.summary == [("id_username", f"Username: {message}")]


@pytest.mark.parametrize("email", ["rowan@example.org", "ROWAN@example.org"])
def test_an_address_that_is_taken_points_to_signing_in(link, email):
    page = refused(link, email=email)
    assert page.message_at("id_email") == (
        "An account has this address already. Sign in instead, then accept."
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "rowan"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"first_name": "n" * 151}, "first_name"),
        ({"password2": "five quiet herons at dusk"}, "password2"),
        ({"password1": "12345678901", "password2": "12345678901"}, "password2"),
        ({"password1": "short1x", "password2": "short1x"}, "password2"),
        ({"password1": "noor.haddad", "password2": "noor.haddad"}, "password2"),
    ],
)
def test_what_was_typed_is_kept_but_for_the_password(link, changes, field):
    page = refused(link, **changes)
    sent = ACCOUNT | changes
    again = page.sends()
    for name in ("first_name", "last_name", "email", "username"):
        assert again[name] == sent[name]
    assert (again["password1"], again["password2"]) == ("", "")
    assert page.message_at(f"id_{field}")
    assert f"id_{field}" in [place for place, _ in page.summary]


def test_a_password_is_never_sent_back(link):
    for changes in ({"username": "rowan"}, {"password2": "five quiet herons at dusk"}, {"email": "nothing"}):
        answer = Client().post(link, ACCOUNT | changes)
        assert answer.status_code == 200
        assert "quiet herons" not in answer.content.decode()


def test_names_are_shown_as_they_were_typed_and_never_run(link):
    answer = Client().post(link, ACCOUNT | {"first_name": "<script>alert(1)</script>", "email": "no"})
    assert "<script>alert" not in answer.content.decode()
    assert shows(answer, "<script>alert(1)</script>")


# --- Superusers are members of nothing --------------------------------------------------------------------


def test_a_superuser_is_told_politely_that_they_join_nothing(link, cast):
    answer = signed_in(cast.sasha).post(link, follow=True)

    assert Page(answer).notices == [
        "This account administers accounts, so it joins no evaluation. Use another account for that."
    ]
    assert role_of(cast.sasha) == []
    assert is_open(link), "the invitation still waits for somebody else"


# --- One account an address -------------------------------------------------------------------------------


def test_an_address_that_was_taken_after_the_form_was_checked_is_refused_too(link, noor):
    token = link.strip("/").removeprefix("invite/")
    fields = {"username": "second", "email": "NOOR@example.org"}

    with pytest.raises(NotAllowedNow, match="An account has this address already"):
        join_with_new_account(token=token, fields=fields, password=SECRET)

    assert not User.objects.filter(username="second").exists()
    assert is_open(link)
