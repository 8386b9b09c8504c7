"""Every page of the app, in every state that looks different: who opens it, where, and what is done there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db.models import F
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import Page, Response

from tests.base import PASSWORD
from tests.browser.hands import look_again
from tests.browser.scene import SENTENCE, Scene
from tests.second_step import recovery_codes


@dataclass(frozen=True)
class Stop:
    """One page to look at. ``who`` is somebody of the cast, or empty for nobody signed in.

    ``act`` brings the page into the state that ``state`` names; ``status`` is that of the page then seen.
    """

    who: str
    address: str
    state: str = ""
    act: Callable[[Page], None] | None = None
    status: int = 200

    @property
    def route(self) -> str:
        """The name of the route that answers."""
        return resolve(urlsplit(self.address).path).view_name

    @property
    def name(self) -> str:
        """A name for messages, for example ``finding-edit as evelyn, conflict``."""
        return f"{self.route} as {self.who or 'nobody'}" + (f", {self.state}" if self.state else "")

    def visit(self, page: Page, after: Stop | None = None) -> Response:
        """Open the page, unless the stop before left it open, bring it into its state, return the answer."""
        is_open = after is not None and after.address == self.address and after.act is None
        response = None if is_open and self.act else page.goto(self.address)
        if self.act:
            with page.expect_navigation() as navigation:
                self.act(page)
            response = navigation.value
        assert response.status == self.status, f"{self.name}: status {response.status}"
        return response


def press(button: str, *, fill: dict | None = None, check: str = "", change=None):
    """Return what to do on a page: ``change`` rows meanwhile, ``fill`` fields by id, press ``button``."""

    def act(page: Page) -> None:
        if change:
            change()
        for id, text in (fill or {}).items():
            page.locator(f"#{id}").fill(text)
        if check:
            page.locator(f"#{check}").check()
        page.get_by_role("button", name=button, exact=True).click()

    return act


def saved_meanwhile(row, **changes):
    """Return what makes a row newer than the page shows it."""
    return lambda: type(row).objects.filter(pk=row.pk).update(version=F("version") + 1, **changes)


def every_stop(scene: Scene) -> list[Stop]:
    """Every page. Those that change rows come last for their role."""
    nobody = [*_account(scene), *_phone(scene), *_owner_link(scene)]
    return [*nobody, *_evaluator(scene), *_reviewer(scene), *_lead(scene), *_others(scene)]


def _account(scene):
    key = default_token_generator.make_token(scene.cast.sam)
    reset = f"/accounts/password/reset/key/{user_pk_to_url_str(scene.cast.sam)}-{key}/"
    sign_in = "/accounts/login/"

    def forged(page):
        page.locator('input[name="csrfmiddlewaretoken"]').evaluate(
            "field => { field.value = 'x'.repeat(64); }"
        )
        press("Sign in")(page)

    return [
        Stop("", sign_in),
        Stop("", sign_in, "errors", press("Sign in")),
        Stop("", sign_in, "wrong password", press("Sign in", fill={"id_login": "rowan", "id_password": "x"})),
        Stop("", sign_in, "forged", forged, status=403),
        Stop("", "/accounts/signup/"),
        Stop("", "/accounts/inactive/"),
        Stop("", "/accounts/password/reset/"),
        Stop("", "/accounts/password/reset/", "errors", press("Send me a link")),
        Stop("", "/accounts/password/reset/done/"),
        Stop("", "/accounts/password/reset/key/1-wrong/", "used"),
        Stop("", reset),
        Stop("", reset, "errors", press("Save password and sign in", fill={"id_password1": "short"})),
        Stop("", "/accounts/password/reset/key/done/"),
        Stop("", f"/invite/{scene.token}/"),
        Stop("", f"/invite/{scene.token}/", "errors", press("Make my account and join")),
        Stop("", "/invite/unknown/", "over", status=404),
        Stop("rowan", "/accounts/"),
        Stop("rowan", "/accounts/sessions/"),
        *_second_step(scene),
        Stop("rowan", "/accounts/password/change/"),
        Stop("rowan", "/accounts/password/change/", "errors", press("Change password")),
        Stop("rowan", "/accounts/logout/"),
        Stop("nell", "/accounts/password/set/"),
        Stop("nell", "/accounts/password/set/", "errors", press("Save password")),
    ]


def _second_step(scene):
    """Setting up two-step sign-in, having it, stopping it, signing in with it; who is asked for it."""
    start, turn_on, turn_off = (
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/totp/deactivate/",
    )
    password, codes = "/accounts/reauthenticate/", "/accounts/2fa/recovery-codes/"
    confirm, spare = "/accounts/2fa/reauthenticate/", recovery_codes(scene.people["tess"])[0]
    sign_in = press("Sign in", fill={"id_login": "tess", "id_password": PASSWORD})
    return [
        Stop("rowan", start),
        Stop("rowan", password),
        Stop("rowan", password, "errors", press("Go on", fill={"id_password": "x"})),
        Stop(
            "rowan", f"{password}?next={turn_on}", "confirmed", press("Go on", fill={"id_password": PASSWORD})
        ),
        Stop("rowan", turn_on),
        Stop("rowan", turn_on, "errors", press("Switch it on", fill={"id_code": "1"})),
        Stop("tess", start, "set up"),
        Stop("tess", confirm),
        Stop("tess", confirm, "errors", press("Go on", fill={"id_code": "1"})),
        Stop("tess", f"{confirm}?next={codes}", "confirmed", press("Go on", fill={"id_code": spare})),
        Stop("tess", codes),
        Stop("tess", f"{codes}generate/"),
        Stop("tess", turn_off),
        Stop("nell", "/e/closed/", "without a second step", status=403),
        Stop("", "/accounts/login/", "second step", sign_in),
        Stop("", "/accounts/2fa/authenticate/", "errors", press("Sign in", fill={"id_code": "1"})),
    ]


def _phone(scene):
    """A workshop's phone, from the code to the end."""
    vote, workshop = scene.vote, scene.vote.workshop
    here = f"/w/{workshop.shown_code}/"

    def close(row):
        type(row).objects.filter(pk=row.pk).update(closed_at=timezone.now())

    def send_late(page):
        close(vote)
        page.locator("main form").first.evaluate("form => form.submit()")

    def end(page):
        close(workshop)
        look_again(page)

    return [
        Stop("", "/w/", "errors", press("Go to the workshop")),
        Stop("", "/w/7KQ4-M2RT/", "no such code", status=404),
        Stop("", here, "joining"),
        Stop("", here, "weighing", press("Join")),
        Stop("", here, "the vote closed meanwhile", send_late, status=409),
        Stop("", here, "waiting"),
        Stop("", here, "closed", end),
    ]


def _owner_link(scene):
    """What an owner without an account sees through a private link."""
    link, idle, step = scene.team_link, scene.idle_link, scene.step

    def say(percent, change=None):
        def act(page):
            if change:
                change()
            form = page.locator(f"#action-{step.pk}")
            form.get_by_text("Say how far it is").click()
            form.get_by_label("How far it is, in percent").fill(percent)
            form.get_by_role("button", name="Save").click()

        return act

    def note(page):
        page.get_by_text("Add a progress note").first.click()
        page.get_by_role("button", name="Add this note").first.click()

    theirs = saved_meanwhile(step, status="on_hold", status_reason="Theirs. " + SENTENCE)
    return [
        Stop("", link),
        Stop("", idle, "empty"),
        Stop("", f"{link}#action-{scene.done.pk}", "closed"),
        Stop("", f"{link}?action={scene.done.pk}", "closed, to change"),
        Stop("", link, "errors", say("140")),
        Stop("", link, "errors of a note", note),
        Stop("", link, "conflict", say("40", theirs), status=409),
        Stop("", "/o/unknown/", "over", status=404),
    ]


def _bulk(scene, who, at):
    """Several recommendations changed at once, and what the lead owns."""
    table = at("recommendations/")

    def send(**fields):
        """Tick two rows and send this with them, as the pages on the way there do."""

        def act(page):
            for ref in ("R1", "R2"):
                page.locator(f'[data-recommendation="{ref}"] [name="chosen"]').check()
            page.locator("#bulk").evaluate(
                """(form, fields) => {
                    for (const [name, value] of Object.entries(fields)) {
                        const field = document.createElement("input");
                        Object.assign(field, { type: "hidden", name, value });
                        form.append(field);
                    }
                    form.submit();
                }""",
                fields,
            )

        return act

    late = {"what": "due", "due": "14 May 2099", "due_reason": SENTENCE}
    return [
        Stop(who, at("recommendations/mine/")),
        Stop(who, at("recommendations/?group=owner&sort=-due&strand=coproduction"), "by owner"),
        Stop(who, table, "owner of several", send(what="owner")),
        Stop(who, table, "errors of several", send(what="due", due="soon", step="see")),
        Stop(who, table, "what changes of several", send(**late, step="see")),
        Stop(who, table, "several changed", send(**late, step="confirm")),
    ]


def _owners(scene, who):
    at, fresh = _under(scene, scene.practice), _under(scene, scene.fresh)
    owners, calendar = at("recommendations/owners/"), at("recommendations/calendar/")
    one = f"{owners}{scene.idle.pk}/"
    return [
        Stop(who, owners),
        Stop(who, fresh("recommendations/owners/"), "empty"),
        Stop(who, f"{owners}new/"),
        Stop(who, f"{owners}new/", "errors", press("Add this owner")),
        Stop(who, one),
        Stop(who, f"{one}remove/"),
        Stop(who, owners, "private link", press(f"Make a private link for {scene.idle.name}")),
        _conflict(who, one, "Save owner", scene.idle, name="Theirs"),
        Stop(who, calendar, "none"),
        Stop(who, calendar, "address", press("Make the address")),
        Stop(who, calendar, "made"),
    ]


def _coding(scene, who):
    at = _under(scene, scene.practice)
    answer, first, *_ = scene.answer.pk, *scene.passages
    typed, supports = f"interviews/I01/answers/{answer}/quotations/new/", f"quotations/{first.pk}/support/"
    marked = f"interviews/I01/?condition=policies&code={answer}"
    return [
        Stop(who, at(f"{marked}&open={first.pk}"), "a quotation open"),
        Stop(who, at(typed)),
        Stop(who, at(typed), "errors", press("Add this quotation", fill={"id_text": "?"})),
        Stop(who, at(supports)),
        Stop(who, at(supports), "errors", press("Attach")),
    ]


def _comments(scene, who):
    at, fresh = _under(scene, scene.practice), _under(scene, scene.fresh)
    thread = f"comments/{scene.draft.pk}/"
    shown = [
        Stop(who, at("comments/")),
        Stop(who, fresh("comments/"), "empty"),
        Stop(who, at(thread)),
    ]
    if who == "evelyn":
        share = f"comments/share/?finding={scene.draft.pk}"
        return [*shown, Stop(who, at(share)), Stop(who, at(share), "errors", press("Share for comment"))]
    return [*shown, Stop(who, at(thread), "errors", press("Send this comment"))]


def _reflections(scene, who, at, fresh):
    here, one = at("reflections/"), at(f"reflections/{scene.reflection.pk}/")
    point = f"{one}points/{scene.point.pk}/"
    return [
        Stop(who, here),
        Stop(who, f"{here}?removed={scene.reflection_out.pk}", "one removed"),
        Stop(who, fresh("reflections/"), "empty"),
        Stop(who, f"{here}new/"),
        Stop(who, f"{here}new/", "errors", press("Save as a draft")),
        Stop(who, one),
        Stop(who, f"{one}?removed={scene.point_out.pk}", "a point removed"),
        Stop(who, f"{one}?detached={scene.willing_words.pk}&point={scene.point.pk}", "a quotation detached"),
        Stop(who, one, "errors of a point", press("Add this point")),
        Stop(who, f"{one}edit/"),
        Stop(who, f"{point}edit/"),
        Stop(who, f"{point}quotations/"),
        Stop(who, f"{point}quotations/?q=nothing+like+it", "nothing found"),
        _conflict(who, f"{one}edit/", "Save", scene.reflection, theme="Theirs"),
        _conflict(who, f"{point}edit/", "Save", scene.point, text="Theirs. " + SENTENCE),
    ]


def _evaluator(scene):
    at, fresh, legacy = _under(scene, scene.practice), _under(scene, scene.fresh), _under(scene, scene.legacy)
    finding, words = f"findings/{scene.draft.pk}/", f"quotations/{scene.willing_words.pk}/"
    placing = f"interviews/I01/transcript/{scene.transcript.pk}/"
    who = "evelyn"
    return [
        Stop(who, "/"),
        Stop(who, at()),
        Stop(who, fresh(), "empty"),
        Stop(who, at("about/")),
        Stop(who, fresh("about/"), "empty"),
        Stop(who, at("interviews/")),
        Stop(who, legacy("interviews/"), "2023"),
        Stop(who, fresh("interviews/"), "empty"),
        Stop(who, at("interviews/new/")),
        Stop(
            who,
            at("interviews/new/"),
            "errors",
            press("Save and go on", fill={"id_code": "?", "id_date": "?"}),
        ),
        Stop(who, at("interviews/I01/")),
        Stop(who, at("interviews/I01/edit/")),
        Stop(who, at("interviews/I01/transcript/")),
        Stop(who, at("interviews/I01/transcript/"), "errors", press("Send and go on")),
        Stop(who, at(placing)),
        Stop(who, at(placing), "errors", press("Write this down")),
        Stop(who, at("import/")),
        Stop(who, fresh("import/"), "empty"),
        Stop(who, at("import/"), "errors", press("Send and go on")),
        Stop(who, at(f"import/{scene.table.pk}/columns/")),
        Stop(who, at(f"import/{scene.table.pk}/")),
        Stop(who, at(f"import/{scene.wrong_table.pk}/"), "errors"),
        *(Stop(who, at(f"jobs/{job.pk}/"), state) for state, job in scene.jobs.items()),
        Stop(who, at("interviews/I01/?condition=policies&mode=code"), "coding"),
        *_coding(scene, who),
        Stop(who, at("interviews/I01/check/")),
        Stop(who, at("interviews/I01/check/"), "errors", press("Mark as coded")),
        Stop(who, at("interviews/I01/versions/")),
        Stop(who, at("interviews/I02/versions/"), "empty"),
        *_second_coding(scene, who),
        Stop(who, at("participants/")),
        Stop(who, fresh("participants/"), "empty"),
        Stop(who, at("participants/new/")),
        Stop(who, at("participants/new/"), "errors", press("Save participant", fill={"id_code": "?"})),
        Stop(who, at("participants/P01/edit/")),
        Stop(who, at("participants/P01/")),
        Stop(who, at("participants/P02/"), "asks first"),
        Stop(who, at("participants/P04/"), "withdrawn"),
        Stop(who, at("interviews/I90/"), "withdrawn"),
        Stop(who, at("participants/P01/data/")),
        Stop(who, at("participants/P01/identity/")),
        Stop(who, at("participants/P01/identity/"), "shown", press("Show who P01 is")),
        Stop(who, at("participants/P02/identity/"), "nothing recorded"),
        Stop(who, at("participants/P01/withdraw/")),
        Stop(who, at("participants/P01/withdraw/"), "errors", press("Withdraw P01 for good")),
        Stop(who, at("consent/")),
        Stop(who, at("consent/?show=approve"), "to approve"),
        Stop(who, at("consent/?show=refused"), "refused"),
        Stop(who, at("consent/?show=never"), "without consent"),
        Stop(who, fresh("consent/"), "empty"),
        Stop(who, at("consent/words/P02/")),
        Stop(who, at("consent/words/P03/"), "nothing to ask"),
        Stop(who, at("findings/")),
        Stop(who, at("findings/?kind=barrier&strand=workforce&page=2"), "second page"),
        Stop(who, at("findings/?condition=wrong"), "errors"),
        Stop(who, at("findings/?q=nothing+like+it"), "nothing found"),
        Stop(who, fresh("findings/"), "empty"),
        *_comments(scene, who),
        *_reflections(scene, who, at, fresh),
        Stop(who, at("findings/new/")),
        Stop(who, at("findings/new/"), "errors", press("Save finding")),
        Stop(who, at(finding)),
        Stop(who, at(f"findings/{scene.achievement.pk}/"), "achievement"),
        Stop(who, at(f"{finding}edit/")),
        Stop(who, at(f"{finding}quotations/new/")),
        Stop(who, at(f"{finding}quotations/new/"), "errors", press("Save quotation")),
        Stop(who, at(f"{finding}quotations/new/"), "errors of attaching", press("Attach it")),
        Stop(who, at(f"{words}edit/")),
        Stop(who, at(f"quotations/{scene.careful_words.pk}/agreement/")),
        Stop(
            who, at(f"quotations/{scene.careful_words.pk}/agreement/"), "errors", press("Record the answer")
        ),
        Stop(who, fresh("matrix/"), "empty"),
        Stop(who, at("matrix/coproduction/?drafts=1"), "drafts"),
        *_board(scene, at),
        Stop(who, at("matrix/workforce/"), "many"),
        Stop(who, at("matrix/coproduction/?drafts=1&strength=none&q=parents"), "narrowed"),
        Stop(who, at("compare/?strands=coproduction,workforce,long"), "all from interviews"),
        *_rounds(scene, at, fresh),
        Stop(who, fresh("compare/"), "empty"),
        *_lasting(scene, at, fresh),
        *_report(scene, who, at, fresh, legacy),
        *_publishing(scene, who, at, fresh, legacy),
        *_legacy_plan(scene, who, at, fresh),
        Stop(who, at("recommendations/")),
        Stop(who, fresh("recommendations/"), "empty"),
        Stop(who, at("recommendations/board/")),
        Stop(who, fresh("recommendations/board/"), "empty"),
        Stop(who, at("recommendations/timeline/")),
        Stop(who, fresh("recommendations/timeline/"), "empty"),
        *_coverage_and_report(who, at, fresh),
        Stop(who, at("recommendations/new/")),
        Stop(who, at("recommendations/new/"), "errors", press("Save recommendation")),
        Stop(who, at("recommendations/R2/")),
        Stop(who, at("recommendations/R2/edit/")),
        *_workshops(scene, who),
        Stop(who, at("set-up/")),
        Stop(who, fresh("set-up/"), "empty"),
        Stop(who, at("set-up/"), "errors", press("Make an invitation link", fill={"id_email": "?"})),
        Stop(
            who,
            at("set-up/"),
            "invitation link",
            press("Make an invitation link", fill={"id_email": "a@example.org"}, check="id_role_0"),
        ),
        Stop(who, at("set-up/evaluation/")),
        Stop(who, at("set-up/evaluation/"), "errors", press("Save", fill={"id_title": ""})),
        Stop(who, at("set-up/strands/new/")),
        Stop(who, at("set-up/strands/new/"), "errors", press("Add this strand")),
        Stop(who, at("set-up/strands/coproduction/")),
        Stop(who, at("set-up/strands/coproduction/remove/")),
        Stop(who, at("set-up/guide/")),
        Stop(who, fresh("set-up/guide/"), "empty"),
        Stop(who, at("set-up/guide/new/?condition=power&area=gaps")),
        Stop(who, at("set-up/guide/new/"), "errors", press("Add this question")),
        Stop(who, at(f"set-up/guide/{scene.question.pk}/")),
        Stop(who, at(f"set-up/guide/{scene.question.pk}/remove/")),
        Stop(who, at("explainer/")),
        Stop(who, fresh("explainer/"), "empty"),
        Stop(who, at(f"set-up/members/{scene.reviewer.pk}/remove/")),
        Stop(who, at("set-up/record/")),
        Stop(who, fresh("set-up/record/"), "empty"),
        Stop(who, at("set-up/record/?until=1 May 2020"), "no match"),
        Stop(who, at("set-up/record/?since=2 May 2024&until=1 May 2024"), "errors"),
        # Somebody else saved the same thing.
        _conflict(who, at(f"{finding}edit/"), "Save finding", scene.draft, text="Theirs. " + SENTENCE),
        _conflict(
            who, at("participants/P03/edit/"), "Save participant", scene.private, organisation="Theirs"
        ),
        _conflict(who, at("interviews/I01/edit/"), "Save these facts", scene.interview, mode="phone"),
        Stop(
            who,
            at(f"agreement/{scene.compared.pk}/"),
            "conflict in note",
            press(
                "Settle it for suggestion under Power dynamics",
                check=f"id_{scene.unit.pk}_settled_0",
                change=saved_meanwhile(scene.unit, settled="not_coded", note="Theirs. " + SENTENCE),
            ),
            status=409,
        ),
        _meeting(who, at("interviews/I01/?condition=policies"), scene.answer),
    ]


def _workshops(scene, who):
    at, fresh = _under(scene, scene.practice), _under(scene, scene.fresh)
    vote, opened, to_come = scene.vote, f"workshops/{scene.opened.pk}/", f"workshops/{scene.to_come.pk}/"
    voting, over = f"workshops/{vote.workshop_id}/", f"workshops/{scene.over.pk}/"

    def show_totals(page):
        page.get_by_role("button", name="Show the totals").click()

    return [
        Stop(who, at("workshops/")),
        Stop(who, fresh("workshops/"), "empty"),
        Stop(who, at("workshops/new/")),
        Stop(who, at("workshops/new/"), "errors", press("Prepare this workshop")),
        Stop(who, at(to_come)),
        Stop(who, at(f"{to_come}remove/")),
        Stop(who, at(f"{opened}open/"), "open"),
        Stop(who, at(f"{opened}votes/new/"), "errors", press("Open this vote", fill={"id_dots": "0"})),
        Stop(who, at(f"{opened}screen/"), "joining"),
        Stop(who, at(voting), "voting"),
        Stop(who, at(f"{voting}votes/{vote.pk}/close/")),
        Stop(who, at(f"{voting}close/")),
        Stop(who, at(f"{voting}screen/"), "totals hidden"),
        Stop(who, at(f"{voting}screen/?condition=power"), "one condition"),
        Stop(who, at(f"{voting}screen/"), "totals shown", show_totals),
        Stop(who, at(f"{over}results/")),
        _conflict(who, at(f"{to_come}edit/"), "Save", scene.to_come, title="Theirs"),
    ]


def _rounds(scene, at, fresh):
    who, undecided = "evelyn", scene.before[3]
    both = "?strands=coproduction,coproduction@first-round"
    decided = f"earlier-round/{scene.before[1].pk}/"
    return [
        Stop(who, at(f"compare/{both}"), "two rounds"),
        Stop(who, at(f"compare/reading/{both}")),
        Stop(
            who,
            at("compare/reading/?strands=coproduction,workforce"),
            "errors",
            press("Sign it", fill={"id_text": ""}),
        ),
        Stop(
            who,
            at(f"compare/reading/{both}"),
            "conflict",
            press("Sign it", fill={"id_text": "Mine"}, change=saved_meanwhile(scene.reading, text=SENTENCE)),
            status=409,
        ),
        Stop(who, at("earlier-round/")),
        Stop(who, at("earlier-round/?show=decided&condition=policies"), "nothing found"),
        Stop(who, fresh("earlier-round/"), "no earlier round"),
        Stop(who, at(decided)),
        Stop(who, at(f"earlier-round/{undecided.pk}/"), "errors", press("Save")),
        Stop(
            who,
            at(decided),
            "conflict",
            press("Save", check="id_outcome_1", change=saved_meanwhile(scene.outcome)),
            status=409,
        ),
    ]


def _board(scene, at):
    finding, cell = f"findings/{scene.draft.pk}/", "matrix/coproduction/barrier/policies/"
    achievements = "matrix/coproduction/achievement/power/"
    return [
        Stop("evelyn", at(cell)),
        Stop("evelyn", at(cell), "errors", press("Write a new finding")),
        Stop("evelyn", at(achievements), "achievements"),
        Stop("evelyn", at("matrix/long/barrier/power/"), "empty"),
        Stop("evelyn", at("matrix/workforce/barrier/policies/"), "many"),
        Stop("evelyn", at(f"{finding}reword/"), "errors", press("Save", fill={"id_text": ""})),
        Stop("evelyn", at(f"{finding}move/")),
        Stop("evelyn", at(f"{finding}merge/")),
        Stop("evelyn", at(f"{finding}merge/"), "errors", press("Merge the two")),
        Stop("evelyn", at(f"{finding}remove/")),
        Stop("evelyn", at(f"{cell}summary/")),
        Stop("evelyn", at(f"{achievements}summary/"), "errors", press("Sign it")),
        Stop("evelyn", at(cell), "a step taken", _press_first("Move down")),
    ]


def _lasting(scene, at, fresh):
    one = at(f"lasting/{scene.achievement.pk}/")
    return [
        Stop("evelyn", at("lasting/?drafts=1")),
        Stop("evelyn", fresh("lasting/"), "empty"),
        Stop("evelyn", one),
        Stop("evelyn", one, "errors", press("Save", fill={"id_holder": "x" * 161})),
        _conflict("evelyn", one, "Save", scene.achievement, holder="Theirs. " + SENTENCE),
    ]


def _report(scene, who, at, fresh, legacy):
    one, settings = at("report/sections/method/"), at("report/settings/")

    def without_script(page):
        """Send a section as a browser without scripts would, when somebody else has saved it."""
        saved_meanwhile(scene.section, text="Theirs. " + SENTENCE)()
        page.locator("#section").evaluate("form => { form.elements.text.value = 'Mine'; form.submit(); }")

    return [
        Stop(who, at("report/")),
        Stop(who, fresh("report/"), "empty"),
        Stop(who, legacy("report/"), "2023"),
        Stop(who, at("report/?done=left-out&section=method"), "left out"),
        Stop(who, at("report/preview/")),
        Stop(who, at("report/preview/?document=summary"), "summary"),
        Stop(who, settings),
        Stop(who, settings, "errors", press("Save", fill={"id_title": "x" * 201})),
        _conflict(who, settings, "Save", scene.called, title="Theirs"),
        Stop(who, f"{one}restart/"),
        Stop(who, f"{one}versions/"),
        Stop(who, fresh("report/sections/method/versions/"), "empty"),
        Stop(who, at("report/sections/introduction/"), "drafted"),
        Stop(who, fresh("report/sections/reflections/"), "nothing to say"),
        Stop(who, legacy("report/sections/summary/"), "summary"),
        Stop(who, one),
        Stop(who, one, "conflict", without_script, status=409),
        Stop(who, at("report/contributors/")),
        Stop(who, fresh("report/contributors/"), "empty"),
    ]


def _publishing(scene, who, at, fresh, legacy):
    check, asked = at("report/check/"), at(f"report/check/accept/?subject={scene.asked}")
    accepted = at(f"report/check/accept/?subject={scene.accepted.subject}")
    return [
        Stop(who, check),
        Stop(who, fresh("report/check/"), "nothing found"),
        Stop(who, asked),
        Stop(who, asked, "errors", press("Accept it as it is")),
        _conflict(who, accepted, "Accept it as it is", scene.accepted, reason="Theirs. " + SENTENCE),
        Stop(who, at("report/publish/"), "something in the way"),
        Stop(who, legacy("report/publish/")),
        Stop(who, legacy("report/publish/"), "errors", press("Publish version 3")),
        *(Stop(who, at(f"jobs/{job.pk}/"), state) for state, job in scene.report_jobs.items()),
        Stop(who, at("report/files/")),
        Stop(who, fresh("report/files/"), "empty"),
        Stop(who, fresh("report/versions/"), "empty"),
        Stop(who, legacy("report/versions/1/"), "amended"),
    ]


def _versions(who, legacy, fresh):
    return [
        Stop(who, legacy("report/versions/")),
        Stop(who, fresh("report/versions/"), "empty"),
        Stop(who, legacy("report/versions/2/")),
        Stop(who, legacy("report/versions/2/?document=summary"), "summary"),
        Stop(who, legacy("report/versions/1/"), "amended"),
    ]


def _legacy_plan(scene, who, at, fresh):
    one = at(f"legacy-plan/ambitions/{scene.ambition.pk}/")
    gap = at(f"legacy-plan/gaps/accept/?gap={scene.gap}")
    return [
        Stop(who, at("legacy-plan/")),
        Stop(who, at("legacy-plan/?show=gaps&strand=nowhere"), "gaps"),
        Stop(who, at(f"legacy-plan/?done={scene.ambition_out.pk}"), "one taken out"),
        Stop(who, fresh("legacy-plan/"), "empty"),
        Stop(who, at("legacy-plan/ambitions/new/?condition=power")),
        Stop(who, at("legacy-plan/ambitions/new/"), "errors", press("Save ambition")),
        Stop(who, one),
        Stop(who, gap),
        Stop(who, gap, "errors", press("Accept it as it is")),
        _conflict(who, one, "Save ambition", scene.ambition, text="Theirs. " + SENTENCE),
        Stop(
            who,
            at(f"legacy-plan/gaps/accept/?gap={scene.accepted_gap.subject}"),
            "conflict",
            press("Save the reason", change=saved_meanwhile(scene.accepted_gap, reason="Theirs.")),
            status=409,
        ),
    ]


def _press_first(button):
    return lambda page: page.get_by_role("button", name=button).first.click()


def _second_coding(scene, who):
    at, fresh = _under(scene, scene.practice), _under(scene, scene.fresh)
    compared = at(f"agreement/{scene.compared.pk}/")

    def unknown_words(page):
        page.get_by_text("Code words by typing them in").first.click()
        page.get_by_label("The words, as they stand in the answer").first.fill("never said")
        page.get_by_role("button", name="Code these words").first.click()

    return [
        Stop(who, at("interviews/I01/second-coding/")),
        Stop(who, at("interviews/I01/second-coding/"), "errors", press("Open it")),
        Stop(who, at("interviews/I02/second-coding/"), "without text"),
        Stop(who, at("interviews/I91/second-coding/"), "blind"),
        Stop(who, at("interviews/I91/second-coding/"), "errors of coding blind", unknown_words),
        Stop(who, at("interviews/I92/second-coding/"), "open"),
        Stop(who, at(f"second-codings/{scene.blind.pk}/close/")),
        Stop(who, at(f"second-codings/{scene.blind.pk}/cancel/")),
        Stop(who, at("agreement/?coefficients=1"), "kappa and alpha"),
        Stop(who, fresh("agreement/"), "empty"),
        Stop(who, compared),
        Stop(who, compared, "errors", press("Settle it for suggestion under Power dynamics")),
        Stop(who, f"{compared}?show=settled", "settled"),
    ]


def _reviewer(scene):
    at, fresh, legacy = _under(scene, scene.practice), _under(scene, scene.fresh), _under(scene, scene.legacy)
    who = "rowan"
    return [
        Stop(who, legacy()),
        Stop(who, legacy("about/")),
        Stop(who, legacy("findings/")),
        Stop(who, fresh("findings/"), "empty"),
        Stop(who, legacy("reflections/")),
        Stop(who, fresh("reflections/"), "empty"),
        Stop(who, at(f"reflections/{scene.reflection.pk}/")),
        Stop(who, legacy(f"findings/{scene.quoted.pk}/")),
        Stop(who, at(f"findings/{scene.barrier.pk}/"), "practice"),
        *_comments(scene, who),
        Stop(who, fresh("matrix/"), "empty"),
        Stop(who, legacy("matrix/coproduction/")),
        Stop(who, legacy("matrix/coproduction/?kind=barrier&print=1"), "print"),
        Stop(who, legacy(f"matrix/coproduction/?finding={scene.quoted.pk}"), "a finding open"),
        Stop(who, legacy("matrix/coproduction/?depth=figures"), "figures"),
        Stop(who, legacy("matrix/coproduction/?present=1"), "presenting"),
        Stop(who, legacy("matrix/coproduction/?present=1&slide=14"), "presenting a cell"),
        Stop(who, legacy("matrix/father-inclusivity/"), "public sources"),
        Stop(who, legacy("compare/?strands=coproduction,father-inclusivity")),
        Stop(who, legacy("compare/?strands=coproduction,nobody"), "unknown strand"),
        Stop(who, legacy("lasting/"), "2023"),
        Stop(who, fresh("report/"), "nothing published"),
        *_versions(who, legacy, fresh),
        Stop(who, at("legacy-plan/")),
        Stop(who, legacy("legacy-plan/"), "nothing entered"),
        Stop(who, legacy("recommendations/")),
        Stop(who, legacy("recommendations/?status=completed"), "nothing found"),
        Stop(who, fresh("recommendations/"), "empty"),
        Stop(who, legacy("recommendations/board/"), "2023"),
        Stop(who, legacy("recommendations/board/?status=completed"), "nothing found"),
        Stop(who, legacy("recommendations/timeline/"), "no dates"),
        Stop(who, at("recommendations/timeline/?status=no_longer_applicable"), "nothing found"),
        Stop(who, legacy("recommendations/coverage/"), "no links yet"),
        Stop(who, legacy("recommendations/coverage/?strand=nowhere"), "unknown strand"),
        Stop(who, legacy("recommendations/report/"), "2023"),
        Stop(who, legacy("recommendations/mine/"), "empty"),
        Stop(who, legacy("recommendations/R6/")),
        Stop(who, fresh("workshops/"), "empty"),
        Stop(who, at(f"workshops/{scene.over.pk}/results/"), "practice"),
        Stop(who, legacy("findings/new/"), "closed to the role", status=403),
        Stop(who, f"/invite/{scene.token}/", "signed in"),
    ]


def _lead(scene):
    at, legacy = _under(scene, scene.practice), _under(scene, scene.legacy)
    who, one = "leigh", at("recommendations/R2/")
    return [
        Stop(who, legacy()),
        Stop(who, legacy("recommendations/")),
        Stop(who, legacy("recommendations/R6/"), "2023"),
        Stop(who, at("recommendations/")),
        Stop(who, one),
        Stop(
            who,
            one,
            "errors of the response",
            press("Save response", check="response-response_3", fill={"response-response_reason": ""}),
        ),
        Stop(who, one, "errors of tracking", press("Save", fill={"track-due": "soon"})),
        Stop(who, one, "errors of a note", press("Add this note")),
        Stop(who, one, "errors of an evidence file", _sending("minutes.pdf", b"<script>alert(1)</script>")),
        Stop(who, f"{one}?corrects={scene.noted.pk}", "correction"),
        Stop(who, one, "errors of a link", press("Link this barrier")),
        *_actions(scene, who, one),
        *_bulk(scene, who, at),
        *_owners(scene, who),
        *_status_board(scene, who, at),
        *_linking(scene, who, at, legacy),
        _conflict(who, one, "Save", scene.late, taken_on_by="Theirs"),
    ]


def _actions(scene, who, one):
    step = f"{one}actions/{scene.step.pk}/"
    return [
        Stop(who, f"{one}actions/new/"),
        Stop(who, f"{one}actions/new/", "errors", press("Add this action", fill={"id_due": "soon"})),
        Stop(who, step),
        Stop(who, step, "errors", press("Save action", fill={"id_text": ""})),
        Stop(who, f"{step}report/"),
        Stop(who, f"{step}report/", "errors of a note", press("Add this note")),
        Stop(who, f"{one}?removed={scene.gone.pk}", "an action removed"),
        _conflict(who, step, "Save action", scene.step, text="Theirs. " + SENTENCE),
    ]


def _coverage_and_report(who, at, fresh):
    report = at("recommendations/report/")
    return [
        Stop(who, at("recommendations/coverage/")),
        Stop(who, at("recommendations/coverage/?strand=workforce"), "many"),
        Stop(who, fresh("recommendations/coverage/"), "empty"),
        Stop(who, report),
        Stop(who, f"{report}?since=1+May+2024"),
        Stop(who, report, "errors", press("Show changes", fill={"id_since": "soon"})),
        Stop(who, fresh("recommendations/report/"), "empty"),
    ]


def _linking(scene, who, at, legacy):
    here = at("recommendations/coverage/")

    def link(page, recommendation=1):
        page.locator("select[name=answered_by]").first.select_option(index=recommendation)
        page.get_by_role("button", name="Link to this barrier").first.click()

    return [
        Stop(who, legacy("recommendations/coverage/"), "to begin"),
        Stop(who, here, "errors", lambda page: link(page, 0)),
        Stop(who, here, "linked", link),
        Stop(who, f"{here}?done=R1-{scene.barrier.pk}", "taken back"),
    ]


def _status_board(scene, who, at):
    board, asking = at("recommendations/board/"), at("recommendations/R2/move/?status=on_hold")

    def move(page):
        page.get_by_label("Move R1 to").select_option("in_progress")
        page.get_by_role("button", name="Move R1", exact=True).click()

    theirs = {"status": "on_hold", "status_reason": "Theirs. " + SENTENCE}
    given = {"id_status_reason": "Mine. " + SENTENCE}
    conflict = press("Move it", fill=given, change=saved_meanwhile(scene.late, **theirs))
    return [
        Stop(who, board),
        Stop(who, board, "a card moved", move),
        Stop(who, asking, "why"),
        Stop(who, asking, "errors", press("Move it")),
        Stop(who, asking, "conflict", conflict, status=409),
    ]


def _sending(name, content):
    """Return how to add a progress note with an evidence file."""

    def act(page: Page) -> None:
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        page.locator("#update-file").set_input_files(file)
        page.get_by_role("button", name="Add this note", exact=True).click()

    return act


def _others(scene):
    return [Stop("sasha", "/", "member of nothing")]


def _meeting(who, address, answer):
    """Somebody else saved the answer that is being written. Sent as without a script."""

    def act(page: Page) -> None:
        saved_meanwhile(answer, text="Theirs. " + SENTENCE)()
        page.get_by_role("textbox", name="What was said").fill("Mine. " + SENTENCE)
        page.locator("#answers").evaluate("form => form.submit()")

    return Stop(who, address, "conflict in text", act, status=409)


def _conflict(who, address, button, row, **theirs):
    act = press(button, change=saved_meanwhile(row, **theirs))
    return Stop(who, address, f"conflict in {', '.join(theirs)}", act, status=409)


def _under(scene, evaluation):
    return lambda rest="": scene.address(evaluation, rest)
