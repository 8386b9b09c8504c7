"""The admin: superusers change users and memberships, read a little else, and no confidential words."""

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from evaluations import models
from evaluations.models import AuditEvent, Membership, ParticipantIdentity, Role
from tests import builders
from tests.base import PASSWORD, person, signed_in
from tests.routes import all_routes

User = get_user_model()
CHANGED_HERE = {User, Membership}
READ_HERE = {
    models.AuditEvent,
    models.Evaluation,
    models.Finding,
    models.Interview,
    models.Invitation,
    models.Owner,
    models.Participant,
    models.Recommendation,
    models.Source,
    models.Strand,
}
WORDS = {
    "finding text": "the wren sang in the reeds",
    "finding note": "a heron stood in the shallows",
    "finding holder": "the otters' guild",
    "draft text": "a pike lay under the bridge",
    "quotation": "we saw the kingfisher twice",
    "earlier quotation": "we saw the kingfisher once",
    "answer": "nobody asked the dragonflies",
    "earlier answer": "nobody asked the mayflies",
    "name": "Zephyrine Quillfeather",
    "contact": "zq@quillfeather.example",
    "set aside": "a swan, they wrote later",
    "how consent was given": "in a punt",
}


@pytest.fixture
def sasha(cast):
    """A superuser's browser."""
    return signed_in(cast.sasha)


@pytest.fixture
def full(cast):
    """The cast's evaluation with a row of everything, and the words that nobody may read in the admin."""
    evaluation, strand = cast.evaluation, cast.evaluation.strand
    key = {"evaluation": evaluation}
    speaker = builders.participant(evaluation, consent_how=WORDS["how consent was given"])
    ParticipantIdentity.objects.create(
        participant=speaker, name=WORDS["name"], contact=WORDS["contact"], **key
    )
    finding = builders.finding(
        strand,
        kind="achievement",
        text=WORDS["finding text"],
        note=WORDS["finding note"],
        holder=WORDS["finding holder"],
    )
    builders.finding(strand, text=WORDS["draft text"], status="draft")
    answer = builders.answer(builders.interview(evaluation, participants=[speaker]), text=WORDS["answer"])
    answer.versions.create(number=1, text=WORDS["earlier answer"], **key)
    quotation = builders.quotation(
        evaluation, text=WORDS["quotation"], evidence_for=finding, speaker=speaker, answer=answer
    )
    quotation.versions.create(number=1, text=WORDS["earlier quotation"], **key)
    recommendation = builders.recommendation(strand)
    recommendation.barriers.add(builders.finding(strand), through_defaults=key)
    recommendation.quotations.add(quotation, through_defaults=key)
    models.ConflictingEdit.objects.create(
        record_type="finding",
        record_id=finding.pk,
        based_on=1,
        fields={"text": WORDS["set aside"]},
        **key,
    )
    models.Owner.objects.create(name="The team", **key)
    models.Invitation.objects.create(role="lead", token_hash="5" * 64, expires_at="2090-01-01T00:00Z", **key)
    builders.source(evaluation)
    AuditEvent.objects.create(verb="looked", **key)
    return evaluation


def address(model, view, row=None):
    """Return an address of the admin: ``changelist``, ``add``, ``change``, ``delete`` or ``history``."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}"
    return reverse(name, args=[] if view in ("changelist", "add") else [row.pk])


# --- Who and what -----------------------------------------------------------------------------------------


def test_the_admin_has_these_models_and_no_other():
    assert set(admin.site._registry) == CHANGED_HERE | READ_HERE


def test_being_staff_with_every_permission_is_not_enough(cast):
    user = person("stella", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    client = signed_in(user)
    for path in ("/admin/", address(User, "changelist"), address(Membership, "add")):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


def test_a_superuser_whose_account_was_closed_is_signed_out(cast):
    client = signed_in(cast.sasha)
    assert client.get("/admin/").status_code == 200
    cast.sasha.is_active = False
    cast.sasha.save()
    assert client.get("/admin/").url == "/accounts/login/?next=/admin/"


def test_the_admin_has_no_sign_in_form_of_its_own(client, cast, sasha):
    assert client.get("/admin/login/").url == "/accounts/login/?next=/admin/login/"
    answer = client.post("/admin/login/", {"username": "sasha", "password": PASSWORD})
    assert answer.url.startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session
    assert sasha.get("/admin/login/").url == "/admin/"


# --- Users and memberships can be changed -----------------------------------------------------------------


def test_a_superuser_adds_a_user_and_closes_the_account(sasha):
    form = {"username": "noor", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    sasha.post(address(User, "add"), form)
    noor = User.objects.get(username="noor")
    assert noor.check_password(PASSWORD)
    assert not noor.is_staff
    changes = {"username": "noor", "email": "noor@example.org", "date_joined_0": "2024-05-14"}
    answer = sasha.post(address(User, "change", noor), changes | {"date_joined_1": "09:30"})
    assert answer.status_code == 302
    noor.refresh_from_db()
    assert (noor.email, noor.is_active) == ("noor@example.org", False)


def test_memberships_are_added_changed_and_removed_and_each_is_recorded(sasha, cast):
    form = {"user": cast.sam.pk, "evaluation": cast.evaluation.pk, "role": "reviewer"}
    sasha.post(address(Membership, "add"), form)
    row = Membership.objects.get(user=cast.sam, evaluation=cast.evaluation)
    assert row.role == Role.REVIEWER
    sasha.post(address(Membership, "change", row), form | {"role": "lead"})
    row.refresh_from_db()
    assert row.role == Role.LEAD
    sasha.post(address(Membership, "delete", row), {"post": "yes"})
    assert not Membership.objects.filter(pk=row.pk).exists()
    events = AuditEvent.objects.order_by("pk").values_list("verb", "subject", "user", "evaluation")
    who = f"user {cast.sam.pk}"
    assert [event[:2] for event in events] == [
        ("added member", f"{who} is reviewer"),
        ("changed role", f"{who} is lead"),
        ("removed member", f"{who} was lead"),
    ]
    assert {event[2:] for event in events} == {(cast.sasha.pk, cast.evaluation.pk)}


def test_a_membership_cannot_be_moved_to_another_person_or_evaluation(sasha, cast):
    """The record of the evaluation that it left would not tell."""
    row = Membership.objects.get(user=cast.rowan)
    other = Membership.objects.get(user=cast.sam).evaluation
    form = {"user": cast.sasha.pk, "evaluation": other.pk, "role": "lead"}
    assert sasha.post(address(Membership, "change", row), form).status_code == 302
    row.refresh_from_db()
    assert (row.user, row.evaluation, row.role) == (cast.rowan, cast.evaluation, Role.LEAD)


def test_memberships_cannot_be_removed_by_the_dozen_without_a_record(sasha, cast):
    rows = list(Membership.objects.values_list("pk", flat=True))
    form = {"action": "delete_selected", "_selected_action": rows, "post": "yes"}
    sasha.post(address(Membership, "changelist"), form)
    assert Membership.objects.count() == len(rows)


def test_the_last_evaluator_stays(sasha, cast):
    row = Membership.objects.get(user=cast.evelyn)
    answer = sasha.post(address(Membership, "change", row), {"role": "lead"}, follow=True)
    assert "An evaluation needs at least one evaluator." in answer.content.decode()
    sasha.post(address(Membership, "delete", row), {"post": "yes"})
    row.refresh_from_db()
    assert row.role == Role.EVALUATOR
    assert not AuditEvent.objects.exists()


def test_accounts_are_closed_never_deleted(sasha, cast):
    """A deleted account would take its memberships with it unrecorded, and its name from what it wrote."""
    assert sasha.get(address(User, "delete", cast.rowan)).status_code == 403
    assert sasha.post(address(User, "delete", cast.rowan), {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [cast.rowan.pk], "post": "yes"}
    sasha.post(address(User, "changelist"), form)
    assert User.objects.filter(pk=cast.rowan.pk).exists()


# --- Everything else is read only -------------------------------------------------------------------------


@pytest.mark.parametrize("model", sorted(READ_HERE, key=lambda model: model.__name__))
def test_other_models_can_only_be_read(sasha, full, model):
    before, row = list(model.objects.order_by("pk").values()), model.objects.first()
    assert sasha.get(address(model, "changelist")).status_code == 200
    assert sasha.get(address(model, "change", row)).status_code == 200
    form = {field.name: "1" for field in model._meta.fields} | {"post": "yes"}
    for view in ("add", "change", "delete"):
        assert sasha.post(address(model, view, row), form).status_code == 403
    for view in ("add", "delete"):
        assert sasha.get(address(model, view, row)).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    sasha.post(address(model, "changelist"), selected)
    assert list(model.objects.order_by("pk").values()) == before


# --- No confidential words --------------------------------------------------------------------------------


def everything(client):
    """Yield every page of the admin with its address."""
    values = {model._meta.model_name: model._default_manager.first().pk for model in admin.site._registry}
    values |= {"r": 1, "object_id": 1, "admin": "evaluations"}
    pages = {route.address(values) for route in all_routes() if route.name.startswith("admin:")}
    for model in admin.site._registry:
        pages |= {address(model, view, row) for row in model.objects.all() for view in ("change", "history")}
    client.raise_request_exception = False
    for page in sorted(pages):
        yield page, client.get(page).content.decode()


def test_no_page_of_the_admin_shows_confidential_words(sasha, full):
    found = [
        (page, what)
        for page, text in everything(sasha)
        for what, words in WORDS.items()
        if words in text or words.replace("'", "&#x27;") in text
    ]
    assert found == []


@pytest.mark.parametrize(
    ("model", "field", "what"),
    [
        (models.Finding, "text", "finding text"),
        (models.Finding, "note", "finding note"),
        (models.Finding, "holder", "finding holder"),
        (models.Finding, "quotations__text", "quotation"),
        (models.Participant, "consent_how", "how consent was given"),
        (models.Participant, "identity__name", "name"),
        (models.Participant, "quotations__text", "quotation"),
        (models.Interview, "answers__text", "answer"),
        (models.Recommendation, "quotations__text", "quotation"),
        (models.Recommendation, "barriers__text", "finding text"),
        (models.Evaluation, "strand__findings__text", "finding text"),
    ],
)
@pytest.mark.parametrize("lookup", ["", "__startswith", "__icontains", "__regex"])
def test_no_filter_in_an_address_can_be_used_to_guess_words(sasha, full, model, field, what, lookup):
    """A list that is shorter when a guess is wrong gives the words away, one letter after another."""
    for guess in (WORDS[what], "no such words"):
        answer = sasha.get(address(model, "changelist"), {f"{field}{lookup}": guess})
        assert answer.status_code == 400


def test_the_filters_on_a_page_still_work(sasha, full):
    drafts = sasha.get(address(models.Finding, "changelist"), {"status__exact": "draft"})
    assert drafts.context["cl"].result_count == 1


def test_a_superuser_cannot_be_made_a_member(sasha, cast):
    form = {"user": cast.sasha.pk, "evaluation": cast.evaluation.pk, "role": "lead"}

    answer = sasha.post(address(Membership, "add"), form)

    assert "it joins no evaluation" in answer.content.decode()
    assert not Membership.objects.filter(user=cast.sasha).exists()
