"""`manage.py start_evaluation`: how a new site gets its first evaluation and evaluator."""

import pytest
from django.core.management import CommandError, call_command

from evaluations.models import AuditEvent, Evaluation, Membership, Role

from .base import person, signed_in

pytestmark = pytest.mark.django_db
FACTS = {"title": "Legacy 2027", "programme": "A programme"}


def test_it_makes_the_account_the_first_evaluator_who_can_open_it():
    user = person("erin")
    call_command("start_evaluation", "legacy-2027", evaluator="erin", verbosity=0, **FACTS)
    assert Membership.objects.get(user=user).role == Role.EVALUATOR
    assert AuditEvent.objects.get().verb == "started evaluation"
    assert signed_in(user).get("/e/legacy-2027/set-up/").status_code == 200


def test_it_says_when_there_is_no_such_account():
    with pytest.raises(CommandError, match=r"No account is called nobody.*/admin/"):
        call_command("start_evaluation", "legacy-2027", evaluator="nobody", **FACTS)


@pytest.mark.parametrize(
    ("slug", "why"), [("Not an address", "An address holds letters"), ("taken", "This address is taken")]
)
def test_it_refuses_an_address_that_is_not_fit_or_is_taken(slug, why):
    person("erin")
    Evaluation.objects.create(slug="taken", **FACTS)
    with pytest.raises(CommandError, match=why):
        call_command("start_evaluation", slug, evaluator="erin", **FACTS)
    assert Evaluation.objects.count() == 1


def test_it_refuses_a_superuser_who_is_a_member_of_nothing():
    person("sasha", is_superuser=True)
    with pytest.raises(CommandError, match="joins no evaluation"):
        call_command("start_evaluation", "legacy-2027", evaluator="sasha", **FACTS)
    assert not Evaluation.objects.exists()
