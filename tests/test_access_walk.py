"""Every route of the URL configuration, for everybody: what each person gets was decided, and they get it.

``ok`` is a page, a redirect to another one of ours, or a 400 as nothing was said; ``sign-in`` is the
redirect to the sign-in page. The same holds for GET and POST, except where a route answers only one of them:
then the other is a 405.
"""

import re
from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from evaluations.actions.board import remove_finding
from evaluations.actions.setup import token_hash
from evaluations.actions.signed import sign_summary
from evaluations.models import (
    AcceptedAs,
    AnswerVersion,
    AuditEvent,
    BlindCode,
    CalendarFeed,
    CodingRound,
    CodingUnit,
    ComparisonReading,
    DocumentKind,
    FindingOutcome,
    Invitation,
    Job,
    JobKind,
    JobState,
    Membership,
    Owner,
    OwnerLink,
    RecommendationBarrier,
    Role,
    TrackerChange,
)
from tests import builders
from tests.base import person, signed_in
from tests.routes import all_routes

PEOPLE = ("evaluator", "reviewer", "lead", "stranger", "superuser", "signed out")

# A stranger is an evaluator of another evaluation; a superuser is a member of nothing.
DECISIONS = """
                                evaluator  reviewer  lead  stranger  superuser  signed-out

evaluation-list           both  ok         ok        ok    ok        ok         sign-in
evaluation-overview       both  ok         ok        ok    404       404        sign-in
evaluation-about          both  ok         ok        ok    404       404        sign-in
evaluation-explainer      both  ok         404       404   404       404        sign-in

interview-list            both  ok         404       404   404       404        sign-in
interview-add             both  ok         404       404   404       404        sign-in
interview-detail          both  ok         404       404   404       404        sign-in
interview-edit            both  ok         404       404   404       404        sign-in
interview-save            post  ok         404       404   404       404        sign-in
interview-check           both  ok         404       404   404       404        sign-in
interview-versions        both  ok         404       404   404       404        sign-in
interview-restore         post  ok         404       404   404       404        sign-in

second-coding-detail      both  ok         404       404   404       404        sign-in
second-coding-code        post  ok         404       404   404       404        sign-in
second-coding-uncode      post  ok         404       404   404       404        sign-in
second-coding-close       both  ok         404       404   404       404        sign-in
second-coding-cancel      both  ok         404       404   404       404        sign-in
agreement-list            both  ok         404       404   404       404        sign-in
agreement-detail          both  ok         404       404   404       404        sign-in
agreement-settle          post  ok         404       404   404       404        sign-in

interview-transcript      both  ok         404       404   404       404        sign-in
interview-transcript-place  both  ok       404       404   404       404        sign-in
import-list               both  ok         404       404   404       404        sign-in
import-template           get   ok         404       404   404       404        sign-in
import-columns            both  ok         404       404   404       404        sign-in
import-detail             both  ok         404       404   404       404        sign-in
import-errors             get   ok         404       404   404       404        sign-in
import-discard            post  ok         404       404   404       404        sign-in
job-detail                both  ok         404       404   404       404        sign-in

participant-list          both  ok         404       404   404       404        sign-in
participant-add           both  ok         404       404   404       404        sign-in
participant-edit          both  ok         404       404   404       404        sign-in
participant-detail        get   ok         404       404   404       404        sign-in
participant-data          both  ok         404       404   404       404        sign-in
participant-identity      both  ok         404       404   404       404        sign-in
participant-identity-edit post  ok         404       404   404       404        sign-in
participant-withdraw      both  ok         404       404   404       404        sign-in

consent-queue             get   ok         404       404   404       404        sign-in
consent-approve           post  ok         404       404   404       404        sign-in
consent-undo              post  ok         404       404   404       404        sign-in
consent-words             get   ok         404       404   404       404        sign-in

finding-list              both  ok         ok        ok    404       404        sign-in
finding-detail            both  ok         ok        ok    404       404        sign-in
finding-add               both  ok         403       403   404       404        sign-in
finding-edit              both  ok         403       403   404       404        sign-in
finding-mark              post  ok         403       403   404       404        sign-in
finding-reword            both  ok         403       403   404       404        sign-in
finding-move              both  ok         403       403   404       404        sign-in
finding-merge             both  ok         403       403   404       404        sign-in
finding-reorder           post  ok         403       403   404       404        sign-in
finding-remove            both  ok         403       403   404       404        sign-in
finding-restore           post  ok         403       403   404       404        sign-in

comment-list              both  ok         ok        ok    404       404        sign-in
comment-detail            both  ok         ok        ok    404       404        sign-in
comment-take-back         post  ok         404       404   404       404        sign-in
comment-put-back          post  ok         404       404   404       404        sign-in
share-add                 both  ok         403       403   404       404        sign-in
share-end                 post  ok         403       403   404       404        sign-in
share-restore             post  ok         403       403   404       404        sign-in

quotation-add             both  ok         403       403   404       404        sign-in
quotation-attach          post  ok         403       403   404       404        sign-in
quotation-detach          post  ok         403       403   404       404        sign-in
quotation-edit            both  ok         403       403   404       404        sign-in
quotation-approve         post  ok         403       403   404       404        sign-in
quotation-stop-using      post  ok         403       403   404       404        sign-in
quotation-agreement       both  ok         403       403   404       404        sign-in
passage-add               both  ok         404       404   404       404        sign-in
passage-support           both  ok         403       403   404       404        sign-in
finding-search            get   ok         404       404   404       404        sign-in
passage-recode            post  ok         403       403   404       404        sign-in
passage-settle            post  ok         403       403   404       404        sign-in
passage-remove            post  ok         403       403   404       404        sign-in
passage-restore           post  ok         403       403   404       404        sign-in
passage-unsupport         post  ok         403       403   404       404        sign-in

reflection-list           both  ok         ok        ok    404       404        sign-in
reflection-detail         both  ok         ok        ok    404       404        sign-in
reflection-add            both  ok         403       403   404       404        sign-in
reflection-edit           both  ok         403       403   404       404        sign-in
reflection-mark           post  ok         403       403   404       404        sign-in
reflection-move           post  ok         403       403   404       404        sign-in
reflection-remove         post  ok         403       403   404       404        sign-in
reflection-restore        post  ok         403       403   404       404        sign-in
reflection-point-add      post  ok         403       403   404       404        sign-in
reflection-point-edit     both  ok         403       403   404       404        sign-in
reflection-point-move     post  ok         403       403   404       404        sign-in
reflection-point-remove   post  ok         403       403   404       404        sign-in
reflection-point-restore  post  ok         403       403   404       404        sign-in
reflection-quotations     both  ok         403       403   404       404        sign-in
reflection-quotation-detach  post  ok      403       403   404       404        sign-in

matrix-home               both  ok         ok        ok    404       404        sign-in
matrix-detail             both  ok         ok        ok    404       404        sign-in
matrix-export             get   ok         ok        ok    404       404        sign-in
board-detail              both  ok         404       404   404       404        sign-in
board-undo                post  ok         403       403   404       404        sign-in
summary-edit              both  ok         403       403   404       404        sign-in
summary-take-back         post  ok         403       403   404       404        sign-in
comparison-detail         both  ok         ok        ok    404       404        sign-in
comparison-reading        both  ok         403       403   404       404        sign-in
comparison-reading-take-back  post  ok     403       403   404       404        sign-in
comparison-reading-put-back  post  ok      403       403   404       404        sign-in
outcome-list              both  ok         403       403   404       404        sign-in
outcome-edit              both  ok         403       403   404       404        sign-in
outcome-take-back         post  ok         403       403   404       404        sign-in
outcome-put-back          post  ok         403       403   404       404        sign-in
comparison-export         get   ok         ok        ok    404       404        sign-in
workshop-export           get   ok         404       ok    404       404        sign-in
lasting-detail            both  ok         ok        ok    404       404        sign-in
lasting-judge             both  ok         403       403   404       404        sign-in
lasting-export            get   ok         ok        ok    404       404        sign-in
finding-export            get   ok         ok        ok    404       404        sign-in

legacy-plan               both  ok         ok        ok    404       404        sign-in
legacy-export             get   ok         ok        ok    404       404        sign-in
ambition-add              both  ok         403       ok    404       404        sign-in
ambition-edit             both  ok         403       ok    404       404        sign-in
ambition-move             post  ok         403       ok    404       404        sign-in
ambition-remove           post  ok         403       ok    404       404        sign-in
ambition-restore          post  ok         403       ok    404       404        sign-in
gap-accept                both  ok         403       ok    404       404        sign-in
gap-take-back             post  ok         403       ok    404       404        sign-in

report-detail             get   ok         ok        ok    404       404        sign-in
report-edit               both  ok         403       403   404       404        sign-in
report-preview            get   ok         403       403   404       404        sign-in
section-edit              both  ok         403       403   404       404        sign-in
section-save              post  ok         403       403   404       404        sign-in
section-preview           both  ok         403       403   404       404        sign-in
section-move              post  ok         403       403   404       404        sign-in
section-include           post  ok         403       403   404       404        sign-in
section-restart           both  ok         403       403   404       404        sign-in
section-versions          get   ok         403       403   404       404        sign-in
section-restore           post  ok         403       403   404       404        sign-in
contributor-list          get   ok         404       404   404       404        sign-in
contributor-export        get   ok         404       404   404       404        sign-in
report-check              get   ok         403       403   404       404        sign-in
report-check-accept       both  ok         403       403   404       404        sign-in
report-check-take-back    post  ok         403       403   404       404        sign-in
report-publish            both  ok         403       403   404       404        sign-in
report-files              both  ok         403       403   404       404        sign-in
report-file               get   ok         404       404   404       404        sign-in
version-list              get   ok         ok        ok    404       404        sign-in
version-detail            get   ok         ok        ok    404       404        sign-in
version-export            get   ok         ok        ok    404       404        sign-in
report-export             get   ok         ok        ok    404       404        sign-in
summary-export            get   ok         ok        ok    404       404        sign-in

recommendation-list       both  ok         ok        ok    404       404        sign-in
recommendation-detail     both  ok         ok        ok    404       404        sign-in
recommendation-add        both  ok         403       403   404       404        sign-in
recommendation-edit       both  ok         403       403   404       404        sign-in
recommendation-board      both  ok         ok        ok    404       404        sign-in
recommendation-move       both  403        403       ok    404       404        sign-in
recommendation-timeline   both  ok         ok        ok    404       404        sign-in
recommendation-respond    post  403        403       ok    404       404        sign-in
recommendation-track      post  403        403       ok    404       404        sign-in
recommendation-update     post  403        403       ok    404       404        sign-in
action-add                both  403        403       ok    404       404        sign-in
action-edit               both  403        403       ok    404       404        sign-in
action-report             both  403        403       ok    404       404        sign-in
action-note               post  403        403       ok    404       404        sign-in
action-move               post  403        403       ok    404       404        sign-in
action-remove             post  403        403       ok    404       404        sign-in
action-restore            post  403        403       ok    404       404        sign-in
recommendation-link       post  ok         403       ok    404       404        sign-in
recommendation-unlink     post  ok         403       ok    404       404        sign-in
recommendation-mine       both  ok         ok        ok    404       404        sign-in
bulk-change               post  403        403       ok    404       404        sign-in
bulk-undo                 post  403        403       ok    404       404        sign-in
evidence-file             get   ok         ok        ok    404       404        sign-in
recommendation-export     get   ok         ok        ok    404       404        sign-in
board-report              both  ok         ok        ok    404       404        sign-in
board-report-export       get   ok         ok        ok    404       404        sign-in
coverage-detail           both  ok         ok        ok    404       404        sign-in
coverage-link             post  ok         403       ok    404       404        sign-in
coverage-unlink           post  ok         403       ok    404       404        sign-in

owner-list                both  403        403       ok    404       404        sign-in
owner-add                 both  403        403       ok    404       404        sign-in
owner-edit                both  403        403       ok    404       404        sign-in
owner-remove              both  403        403       ok    404       404        sign-in
owner-link-make           post  403        403       ok    404       404        sign-in
owner-links-revoke        post  403        403       ok    404       404        sign-in
calendar-detail           both  ok         ok        ok    404       404        sign-in

workshop-list             both  ok         ok        ok    404       404        sign-in
workshop-add              both  ok         403       403   404       404        sign-in
workshop-detail           both  ok         403       ok    404       404        sign-in
workshop-edit             both  ok         403       403   404       404        sign-in
workshop-remove           both  ok         403       403   404       404        sign-in
workshop-restore          post  ok         403       403   404       404        sign-in
workshop-open             both  ok         403       403   404       404        sign-in
workshop-close            both  ok         403       ok    404       404        sign-in
workshop-quotations       post  ok         403       ok    404       404        sign-in
workshop-qr               get   ok         404       ok    404       404        sign-in
workshop-screen           both  ok         403       ok    404       404        sign-in
workshop-results          both  ok         404       ok    404       404        sign-in
vote-open                 both  ok         403       ok    404       404        sign-in
vote-close                both  ok         403       ok    404       404        sign-in
vote-totals               post  ok         403       ok    404       404        sign-in

setup-detail              both  ok         403       403   404       404        sign-in
setup-edit                both  ok         403       403   404       404        sign-in
strand-add                both  ok         403       403   404       404        sign-in
strand-edit               both  ok         403       403   404       404        sign-in
strand-move               post  ok         403       403   404       404        sign-in
strand-remove             both  ok         403       403   404       404        sign-in
strand-restore            post  ok         403       403   404       404        sign-in
guide-detail              both  ok         403       403   404       404        sign-in
guide-start               post  ok         403       403   404       404        sign-in
guide-add                 both  ok         403       403   404       404        sign-in
guide-edit                both  ok         403       403   404       404        sign-in
guide-move                post  ok         403       403   404       404        sign-in
guide-remove              both  ok         403       403   404       404        sign-in
guide-restore             post  ok         403       403   404       404        sign-in
member-role               post  ok         403       403   404       404        sign-in
member-remove             both  ok         403       403   404       404        sign-in
setup-two-step            post  ok         403       403   404       404        sign-in
setup-invite              post  ok         403       403   404       404        sign-in
setup-revoke              post  ok         403       403   404       404        sign-in
audit-list                get   ok         404       404   404       404        sign-in
audit-export              get   ok         404       404   404       404        sign-in

phone-enter               both  ok         ok        ok    ok        ok         ok
phone-detail              get   ok         ok        ok    ok        ok         ok
phone-join                both  ok         ok        ok    ok        ok         ok
phone-weigh               both  ok         ok        ok    ok        ok         ok
phone-finish              both  ok         ok        ok    ok        ok         ok
phone-state               get   ok         ok        ok    ok        ok         ok
invitation-accept         both  ok         ok        ok    ok        ok         ok
owner-link                get   ok         ok        ok    ok        ok         ok
owner-link-report         post  ok         ok        ok    ok        ok         ok
owner-link-note           post  ok         ok        ok    ok        ok         ok
calendar-feed             get   ok         ok        ok    ok        ok         ok
healthz                   get   ok         ok        ok    ok        ok         ok
readyz                    get   ok         ok        ok    ok        ok         ok
"""

# By address, because several of allauth's own names share one with a page that is closed.
ACCOUNT_DECISIONS = """
                                                                             signed-in  signed-out

accounts/                                                              both  ok         sign-in
accounts/login/                                                        both  ok         ok
accounts/logout/                                                       both  ok         ok
accounts/inactive/                                                     get   ok         ok
accounts/signup/                                                       both  ok         ok
accounts/password/change/                                              both  ok         sign-in
accounts/password/set/                                                 both  ok         sign-in
accounts/password/reset/                                               both  ok         ok
accounts/password/reset/done/                                          get   ok         ok
accounts/password/reset/key/done/                                      get   ok         ok
accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$    both  ok         ok
accounts/email/                                                        both  404        sign-in
accounts/confirm-email/                                                both  404        sign-in
accounts/confirm-email/<str:key>/                                      both  404        sign-in
accounts/^confirm-email/(?P<key>[-:\\w]+)/$                             both  404        sign-in
accounts/login/code/confirm/                                           both  404        sign-in
accounts/reauthenticate/                                               both  ok         sign-in
accounts/sessions/                                                     both  ok         sign-in
accounts/2fa/                                                          get   ok         sign-in
accounts/2fa/authenticate/                                             both  ok         ok
accounts/2fa/reauthenticate/                                           both  ok         sign-in
accounts/2fa/totp/activate/                                            both  ok         sign-in
accounts/2fa/totp/deactivate/                                          both  404        sign-in
accounts/2fa/recovery-codes/                                           get   404        sign-in
accounts/2fa/recovery-codes/generate/                                  both  ok         sign-in
accounts/2fa/recovery-codes/download/                                  both  404        sign-in
"""

METHODS = {"both": ("get", "post"), "get": ("get",), "post": ("post",)}


def table(text):
    """Return ``{row: (methods, decisions in the order of the columns)}``."""
    lines = [line.split() for line in text.strip().splitlines()[1:]]
    rows = {name: (METHODS[methods], tuple(cells)) for name, methods, *cells in filter(None, lines)}
    assert len(rows) == len(list(filter(None, lines))), "a row stands in the table twice"
    return rows


def decisions():
    """Return ``{key of a route: (methods, {person: decision})}``, admin apart."""
    found = {
        name: (methods, dict(zip(PEOPLE, cells, strict=True)))
        for name, (methods, cells) in table(DECISIONS).items()
    }
    for pattern, (methods, (inside, outside)) in table(ACCOUNT_DECISIONS).items():
        found[pattern] = (methods, dict.fromkeys(PEOPLE, inside) | {"signed out": outside})
    return found


def key(route):
    """Return what a route stands under in the tables."""
    return route.pattern if route.pattern.startswith("accounts/") else route.name


def routes():
    """Return every route but the admin's, which one rule decides."""
    return [route for route in all_routes() if not route.name.startswith("admin:")]


ROUTES = {key(route): route for route in routes()}
TOKEN = "a-token-that-was-sent"


class World:
    """An evaluation with an object for every argument of every address.

    ``values`` are the arguments by what stands before them in an address; ``body`` is a form that somebody
    who may would change something with, wherever it is sent.
    """

    def __init__(self, evaluation, strand, *, number, token):
        finding = builders.finding(strand)
        participant = builders.participant(evaluation, code=f"P{number}")
        interview = builders.interview(evaluation, code=f"I{number}", participants=[participant])
        answer = builders.answer(interview)
        version = AnswerVersion.objects.create(evaluation=evaluation, answer=answer, number=1, text="Before")
        quotation = builders.quotation(evaluation, evidence_for=finding, speaker=participant, answer=answer)
        approved = builders.quotation(evaluation, speaker=participant, approved_on="2024-06-01")
        recommendation = builders.recommendation(strand, ref=f"R{number}")
        RecommendationBarrier.objects.create(
            evaluation=evaluation, recommendation=recommendation, finding=finding
        )
        invitation = Invitation.objects.create(
            evaluation=evaluation,
            role=Role.REVIEWER,
            token_hash=token_hash(token),
            expires_at=timezone.now() + timedelta(days=14),
        )
        owner = Owner.objects.create(evaluation=evaluation, name="The programme team")
        builders.source(evaluation)
        AuditEvent.objects.create(evaluation=evaluation, verb="looked")
        job = builders.import_job(evaluation)
        self.evaluation = evaluation
        self.member = builders.member(evaluation, person(f"moss{number}"), Role.REVIEWER)
        self.values = {
            "e": evaluation.slug,
            "interviews": interview.code,
            "versions": version.pk,
            "participants": participant.code,
            "words": participant.code,
            "contributors": participant.code,
            "findings": finding.pk,
            "barriers": finding.pk,
            "coverage": finding.pk,
            "quotations": quotation.pk,
            "removed-quotations": builders.quotation(evaluation, answer=answer, removed_at=timezone.now()).pk,
            "answers": answer.pk,
            "matrix": strand.slug,
            "lasting": builders.finding(strand, kind="achievement").pk,
            "export": "xlsx",
            "strands": strand.slug,
            "recommendations": recommendation.ref,
            "evidence": builders.evidence(builders.progress_update(recommendation)).pk,
            "members": self.member.pk,
            "invitations": invitation.pk,
            "import": job.pk,
            "jobs": job.pk,
            "templates": "findings.csv",
            "transcript": builders.transcript_job(interview).pk,
            "invite": token,
            "confirm-email": "abc",
            "key": "abc",
        }
        self.values |= second_coding(interview, answer, code=f"I{number}01")
        self.values |= board(strand, by=self.member.user)
        self.values |= shared(strand, besides=self.member)
        self.values |= set_up(evaluation)
        self.values |= earlier_round(evaluation, strand)
        self.values |= workshops(strand)
        self.values |= legacy_plan(strand)
        self.values |= written(evaluation)
        self.values |= published(evaluation, number=number)
        self.values |= bulk(strand)
        self.values |= reflected(evaluation, quotation)
        self.values |= secret_addresses(self.member, recommendation, owner, token=token)
        self.body = {
            "settled": "not_coded",
            "shows": "yes",
            "version": 1,
            "text": "Changed by somebody who may not",
            "title": "Changed by somebody who may not",
            "theme": "Changed by somebody who may not",
            "subject": "model",
            "name": "Changed by somebody who may not",
            "programme": "Changed",
            "kind": "barrier",
            "strand": strand.pk,
            "condition": "power",
            "lasting": "not_judged",
            "provenance": "interviews",
            "source": "added",
            "ref": "R9000",
            "code": "I9000",
            "status": "draft",
            "role": "lead",
            "email": "moss@example.org",
            "date": "1 May 2024",
            "note": "Changed by somebody who may not",
            "agreed_on": "1 May 2024",
            "one": f"{quotation.pk}.1",
            "quotation": f"{approved.pk}.1",
            "response": "accepted",
            "finding": builders.finding(strand).pk,
            "answered_by": recommendation.pk,
            "here-quotation": builders.quotation(evaluation).pk,
            "direction": "down",
            "area": "gaps",
            "prompt": "Changed by somebody who may not",
            "history": earlier_sentence(finding),
            "chosen": f"{recommendation.pk}.1",
            "what": "priority",
            "priority": "high",
            "step": "confirm",
            "gap": f"tangible_only:ambition:{self.values['ambitions']}",
            "reason": "Changed by somebody who may not",
        }


def secret_addresses(member, recommendation, owner, *, token):
    """Add a member's calendar, and an owner's private link with an action behind it; return their values."""
    key = {"evaluation": recommendation.evaluation, "token_hash": token_hash(token)}
    expires = {"expires_at": timezone.now() + timedelta(days=60)}
    CalendarFeed.objects.create(membership=member, **key, **expires)
    OwnerLink.objects.create(owner=owner, **key, **expires)
    action = builders.action(recommendation, owner=owner)
    removed = builders.action(recommendation, removed_at=timezone.now())
    return {
        "owners": owner.pk,
        "calendar": token,
        "o": token,
        "actions": action.pk,
        "removed-actions": removed.pk,
    }


def bulk(strand):
    """Add a change to several recommendations that can be undone; return its value."""
    row = builders.recommendation(strand, ref="R5000", priority="low")
    states = {"before": {row.pk: {"priority": ""}}, "after": {row.pk: {"priority": "low"}}}
    change = TrackerChange.objects.create(evaluation=strand.evaluation, label="R5000: low priority", **states)
    return {"bulk": change.pk}


def reflected(evaluation, quotation):
    """Add a reflection with points, one taken out, and one that was removed; return their values."""
    reflection, removed = builders.reflection(evaluation, subject="heard"), {"removed_at": timezone.now()}
    builders.reflection(evaluation, subject="heard")
    point = builders.point(reflection)
    builders.point(reflection)
    point.quotations.add(quotation, through_defaults={"evaluation": evaluation})
    return {
        "reflections": reflection.pk,
        "points": point.pk,
        "removed-points": builders.point(reflection, **removed).pk,
        "removed-reflections": builders.reflection(evaluation, **removed).pk,
    }


def workshops(strand):
    """Add a workshop with an open vote, and one that was removed; return their values."""
    vote = builders.round(builders.workshop(strand))
    return {
        "w": vote.workshop.shown_code,
        "workshops": vote.workshop.pk,
        "votes": vote.pk,
        "removed-workshops": builders.workshop(strand, opened_at=None, removed_at=timezone.now()).pk,
    }


def written(evaluation):
    """Add a section of the report that was written, with what it said before; return their values."""
    line = builders.section(evaluation).history.get()
    line.pk, line.text, line.version = None, "As it once was", 0
    line.save()
    return {"sections": "introduction", "history": line.pk}


def published(evaluation, *, number):
    """Add a published version, a file of the draft, and a passage that was accepted; return their values."""
    documents = {kind.value: builders.document(kind.label) for kind in DocumentKind}
    builders.published_version(evaluation, number=number, documents=documents)
    # Asked for by the evaluator, who codes blind: then they see no draft that others asked for.
    by = Membership.objects.filter(role=Role.EVALUATOR, evaluation=evaluation).first().user
    job = Job.objects.create(evaluation=evaluation, kind=JobKind.EXPORT, state=JobState.DONE, by=by)
    accepted = builders.acceptance(evaluation, f"name:{number}:front:abc", accepted_as=AcceptedAs.PASSAGE)
    return {
        "published": number,
        "document": "report",
        "report-format": "docx",
        "files": builders.report_file(evaluation, job=job).pk,
        "accepted": accepted.pk,
    }


def legacy_plan(strand):
    """Add two ambitions, one that was taken out, and a gap that is accepted; return their values."""
    first, _ = (builders.ambition(strand, "policies") for _ in range(2))
    return {
        "ambitions": first.pk,
        "removed-ambitions": builders.ambition(strand, removed_at=timezone.now()).pk,
        "gaps": builders.acceptance(strand.evaluation, "ends_unheld:finding:1").pk,
    }


def set_up(evaluation):
    """Add a question of the guide, one that was taken out, and a strand that was; return their values."""
    removed = {"removed_at": timezone.now()}
    return {
        "guide": builders.question(evaluation).pk,
        "removed-questions": builders.question(evaluation, **removed).pk,
        "removed-strands": builders.strand(evaluation, **removed).slug,
    }


def earlier_round(evaluation, strand):
    """Add the round before, an outcome, one taken back, and two readings likewise; return their values."""
    earlier, key = builders.evaluation(slug=f"before-{evaluation.slug}"), {"evaluation": evaluation}
    evaluation.follows = earlier
    evaluation.save()
    evaluator = Membership.objects.filter(role=Role.EVALUATOR, **key).first().user
    builders.member(earlier, evaluator, Role.EVALUATOR)
    of_then = builders.strand(earlier, slug=strand.slug)
    decided, undecided = builders.finding(of_then), builders.finding(of_then)
    removed = {"removed_at": timezone.now()}
    for finding, fields in ((decided, {}), (undecided, removed)):
        FindingOutcome.objects.create(earlier=finding, outcome="resolved", **fields, **key)
    readings = [
        ComparisonReading.objects.create(
            compared=compared, text="In short", signed_at=timezone.now(), **fields, **key
        )
        for compared, fields in (("a,b", {}), ("a,c", removed))
    ]
    return {
        "earlier-round": decided.pk,
        "taken-back-outcomes": undecided.pk,
        "readings": readings[0].pk,
        "taken-back-readings": readings[1].pk,
    }


def board(strand, *, by):
    """Add a summary of a cell and a step that can be undone; return their values."""
    cell = {"strand": strand, "kind": "barrier", "condition": "policies"}
    sign_summary(evaluation=strand.evaluation, cell=cell, version=0, text="In short", basis="", by=by)
    step = remove_finding(finding=builders.finding(strand), version=1, by=by)
    return {"kind": cell["kind"], "condition": cell["condition"], "changes": step.pk}


def shared(strand, *, besides):
    """Share a draft with everybody but one member, with whom that ended; return the values around it."""
    draft = builders.finding(strand, status="draft")
    members = Membership.objects.filter(evaluation=strand.evaluation).exclude(pk=besides.pk)
    shares = [builders.share(draft, row.user) for row in members]
    ended = builders.share(draft, besides.user, ended_at=timezone.now())
    evaluator = members.get(role=Role.EVALUATOR).user
    return {
        "comments": draft.pk,
        "shares": shares[0].pk,
        "ended-shares": ended.pk,
        "said": builders.comment(draft, evaluator).pk,
        "taken-back": builders.comment(draft, evaluator, removed_at=timezone.now()).pk,
    }


def earlier_sentence(finding):
    """Return the number of a line of a finding's history with another sentence."""
    line = finding.history.first()
    line.pk, line.text = None, "As it was once put"
    line.save()
    return line.pk


def second_coding(interview, answer, *, code):
    """Add a second coding that is open, of another interview, and one that is closed; return their values."""
    key = {"evaluation": interview.evaluation}
    evaluator = Membership.objects.filter(role=Role.EVALUATOR, **key).first().user
    closed = CodingRound.objects.create(
        interview=interview, second=evaluator, closed_at=timezone.now(), closed_by=evaluator, **key
    )
    unit = CodingUnit.objects.create(
        round=closed, answer=answer, condition="power", kind="barrier", first=True, second=False, **key
    )
    blind = builders.interview(interview.evaluation, code=code)
    text = builders.answer(blind, text="Changed by somebody who may not, as they said.")
    row = CodingRound.objects.create(interview=blind, second=evaluator, **key)
    passage = {"kind": "barrier", "condition": "power", "start": 0, "end": 7, "text_version": 1}
    code = BlindCode.objects.create(round=row, answer=text, **passage, **key)
    return {
        "second-codings": row.pk,
        "texts": text.pk,
        "codes": code.pk,
        "agreement": closed.pk,
        "units": unit.pk,
    }


@pytest.fixture
def world(cast):
    """The cast's evaluation, and that of the stranger, each with everything in it."""
    cache.clear()
    row = World(cast.evaluation, cast.evaluation.strand, number=41, token=TOKEN)
    other = Membership.objects.get(user=cast.sam).evaluation
    row.other = World(other, builders.strand(other, slug="elsewhere"), number=42, token="another-token")
    row.people = {
        "evaluator": cast.evelyn,
        "reviewer": cast.rowan,
        "lead": cast.leigh,
        "stranger": cast.sam,
        "superuser": cast.sasha,
        "signed out": None,
    }
    return row


class Asker:
    """One person's browser, the same at every request; so is what it finds, unless ``kept``."""

    def __init__(self, user):
        self.client = signed_in(user)
        self.client.raise_request_exception = False
        self.cookies = self.client.cookies.output(header="")

    def ask(self, method, address, body=None, *, kept=False):
        """Return the answer to one request."""
        self.client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            answer = getattr(self.client, method)(address, body or {})
            transaction.set_rollback(not kept)
        return answer

    def outcome(self, method, address, body=None, *, kept=False):
        """Return what a request comes to, in the tables' words."""
        answer = self.ask(method, address, body, kept=kept)
        if answer.status_code in (301, 302):
            return "sign-in" if answer.url.startswith("/accounts/login/?next=") else "ok"
        return "ok" if answer.status_code in (200, 400) else str(answer.status_code)


def expected(decision, methods, method):
    """Return what a decision says of one method; one that a route lacks is refused before all else."""
    return decision if method in methods or decision == "sign-in" else "405"


def test_every_route_was_decided_about_and_every_decision_has_its_route():
    assert set(decisions()) == set(ROUTES)
    names = [route.name for route in routes() if not route.pattern.startswith("accounts/")]
    assert len(names) == len(set(names)), "two addresses with one name: the table could not tell them apart"


def rows():
    """Return every row of every table but sessions."""
    models = [model for model in apps.get_models(include_auto_created=True) if model is not Session]
    return {model._meta.label: sorted(model._base_manager.values_list(), key=str) for model in models}


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_gets_what_was_decided_and_what_is_refused_changes_nothing(world, name):
    asker, before = Asker(world.people[name]), rows()
    found, decided, refused = {}, {}, 0
    for row, (methods, people) in decisions().items():
        address = ROUTES[row].address(world.values)
        sent = {} if people[name] == "ok" else {"body": world.body, "kept": True}
        refused += bool(sent)
        found[f"get {row}"] = asker.outcome("get", address)
        found[f"post {row}"] = asker.outcome("post", address, **sent)
        decided |= {f"{method} {row}": expected(people[name], methods, method) for method in ("get", "post")}
    assert found == decided
    assert refused
    assert rows() == before


@pytest.mark.parametrize("name", PEOPLE)
def test_the_admin_does_not_exist_for_anybody_but_superusers(world, name):
    asker, before, answers = Asker(world.people[name]), rows(), {}
    sent = {} if name == "superuser" else {"body": {**world.body, "post": "yes"}, "kept": True}
    for address in admin_addresses(world):
        answers[f"get {address}"] = asker.outcome("get", address)
        answers[f"post {address}"] = asker.outcome("post", address, **sent)
    if name == "superuser":
        assert not [
            answer for answer in answers.items() if answer[1] not in ("ok", "400", "403", "404", "405")
        ]
        assert answers["get /admin/evaluations/membership/"] == answers["get /admin/"] == "ok"
    else:
        assert set(answers.values()) == {"sign-in" if name == "signed out" else "404"}
    assert rows() == before


def admin_addresses(world):
    """Return every address of the admin, with a row of each of its models."""
    values = {
        model._meta.model_name: model._default_manager.values_list("pk", flat=True).first()
        for model in admin.site._registry
    }
    assert None not in values.values(), "a model of the admin without a row"
    values |= {"r": 1, "object_id": 1, "admin": "evaluations"}
    return {route.address(values) for route in all_routes() if route.name.startswith("admin:")}


def test_the_same_post_by_somebody_who_may_changes_something(world):
    """Otherwise it would prove nothing that what is refused changes nothing."""
    before, idle = rows(), set()
    for row, (methods, people) in decisions().items():
        if methods == ("post",):
            name = next(name for name in PEOPLE if people[name] == "ok")
            client = signed_in(world.people[name])
            with transaction.atomic():
                client.post(ROUTES[row].address(world.values), world.body)
                if rows() == before:
                    idle.add(row)
                transaction.set_rollback(True)
    assert idle == set()


# --- Nothing crosses evaluations --------------------------------------------------------------------------


# Arguments that name nothing of an evaluation.
NO_OBJECTS = {"kind", "condition", "templates", "export", "sections", "document", "report-format"}


def crossings(world):
    """Yield (route, method, person, address): one's own evaluation, with something of another one in it."""
    for row, (methods, people) in decisions().items():
        route = ROUTES[row]
        if route.places[:1] == ["e"]:
            name = next(name for name in PEOPLE if people[name] == "ok")
            for place in set(route.places[1:]) - NO_OBJECTS:
                address = route.address(world.values | {place: world.other.values[place]})
                for method in methods:
                    yield row, method, name, address


def test_what_belongs_to_another_evaluation_is_not_found_in_ones_own(world):
    askers = {name: Asker(world.people[name]) for name in PEOPLE}
    tried = list(crossings(world))
    assert {row for row, *_ in tried} > {"finding-detail", "quotation-detach", "setup-revoke", "strand-edit"}
    found = {
        f"{method} {row} {address}": askers[name].outcome(method, address)
        for row, method, name, address in tried
    }
    assert found == dict.fromkeys(found, "404")


def test_an_evaluator_elsewhere_who_only_reads_here_may_not_write_here(world, cast):
    """A role holds in its own evaluation and nowhere else."""
    builders.member(cast.evaluation, cast.sam, Role.REVIEWER)
    asker = Asker(cast.sam)
    found = {
        row: asker.outcome("post", ROUTES[row].address(world.values))
        for row in ("finding-edit", "interview-add")
    }
    assert found == {"finding-edit": "403", "interview-add": "404"}
    assert asker.outcome("post", ROUTES["finding-edit"].address(world.other.values)) == "ok"


# --- What does not exist looks the same -------------------------------------------------------------------

NOTHING = {
    "e": "no-such-evaluation",
    "interviews": "I9999",
    "import": 999_999,
    "jobs": 999_999,
    "templates": "nothing.csv",
    "transcript": 999_999,
    "participants": "P9999",
    "words": "P9999",
    "contributors": "P9999",
    "sections": "no-such-section",
    "history": 999_999,
    "findings": 999_999,
    "barriers": 999_999,
    "quotations": 999_999,
    "comments": 999_999,
    "shares": 999_999,
    "ended-shares": 999_999,
    "said": 999_999,
    "taken-back": 999_999,
    "matrix": "no-such-strand",
    "strands": "no-such-strand",
    "removed-strands": "no-such-strand",
    "guide": 999_999,
    "removed-questions": 999_999,
    "changes": 999_999,
    "recommendations": "R9999",
    "owners": 999_999,
    "actions": 999_999,
    "ambitions": 999_999,
    "removed-ambitions": 999_999,
    "gaps": 999_999,
    "published": 999_999,
    "files": 999_999,
    "accepted": 999_999,
    "workshops": 999_999,
    "removed-workshops": 999_999,
    "votes": 999_999,
    "members": 999_999,
    "invitations": 999_999,
    "second-codings": 999_999,
    "texts": 999_999,
    "codes": 999_999,
    "readings": 999_999,
    "taken-back-readings": 999_999,
    "earlier-round": 999_999,
    "taken-back-outcomes": 999_999,
    "agreement": 999_999,
    "units": 999_999,
}


def face(answer, address):
    """Return all that an answer shows, without the address asked for and what differs at every request."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    headers = {name: value for name, value in answer.items() if name != "Content-Length"}
    if "Location" in headers:
        headers["Location"] = unquote(answer.url).replace(f"next={address}", "next=...")
    return answer.status_code, headers, text


def in_evaluations():
    """Return the routes under an evaluation's address."""
    return [route for route in routes() if route.places[:1] == ["e"]]


def test_signed_out_what_exists_and_what_does_not_answer_alike(world):
    asker = Asker(None)
    private = [route for route in routes() if not route.is_public]
    addresses = {route.address(world.values) for route in private} | admin_addresses(world)
    unknown = {route.address(world.values | NOTHING) for route in private} | {"/nowhere/", "/admin/nowhere/"}
    for method in ("get", "post"):
        faces = {repr(face(asker.ask(method, address), address)) for address in addresses | unknown}
        assert len(faces) == 1
        assert "'/accounts/login/?next=...'" in faces.pop()


@pytest.mark.parametrize("name", ["stranger", "superuser"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_to_no_member_an_evaluation_looks_like_one_that_does_not_exist(world, name, method):
    asker = Asker(world.people[name])
    for route in in_evaluations():
        real, unknown = route.address(world.values), route.address(world.values | NOTHING)
        assert face(asker.ask(method, real), real) == face(asker.ask(method, unknown), unknown), route.name


@pytest.mark.parametrize("name", ["evaluator", "lead"])
def test_a_member_without_the_second_step_that_is_asked_for_opens_nothing(world, cast, name):
    cast.evaluation.two_step_required = True
    cast.evaluation.save()
    asker, found = Asker(world.people[name]), {}
    for route in in_evaluations():
        for method in ("get", "post"):
            answer = asker.ask(method, route.address(world.values), world.body)
            if answer.status_code != 403 or b"Two-step sign-in needed" not in answer.content:
                found[f"{method} {route.name}"] = answer.status_code
    assert set(found.values()) <= {405}


@pytest.mark.parametrize("name", ["reviewer", "lead"])
def test_to_a_reader_an_interview_looks_like_one_that_does_not_exist(world, name):
    asker = Asker(world.people[name])
    for row in ("interview-detail", "interview-edit", "interview-check", "interview-versions"):
        real = ROUTES[row].address(world.values)
        unknown = ROUTES[row].address(world.values | {"interviews": "I9999"})
        assert face(asker.ask("get", real), real) == face(asker.ask("get", unknown), unknown)
