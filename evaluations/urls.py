"""Every address, grouped by prefix, each named noun-verb."""

from django.urls import path, register_converter

from evaluations.views import (
    comparison,
    findings,
    home,
    interviews,
    invitations,
    matrix,
    overview,
    participants,
    quotations,
    recommendations,
    setup,
)


class CodeConverter:
    """A code or reference such as P01 or R1: never a word that an address uses."""

    regex = "[A-Z]+[0-9]+"

    def to_python(self, value):
        """Return the code as it is."""
        return value

    def to_url(self, value):
        """Return the code as it is."""
        return value


register_converter(CodeConverter, "code")

E = "e/<slug:slug>/"

urlpatterns = [
    path("", home.evaluation_list, name="evaluation-list"),
    # e/<evaluation>/
    path(E, overview.evaluation_overview, name="evaluation-overview"),
    path(f"{E}about/", overview.evaluation_about, name="evaluation-about"),
    # interviews/
    path(f"{E}interviews/", interviews.interview_list, name="interview-list"),
    path(f"{E}interviews/new/", interviews.interview_add, name="interview-add"),
    path(f"{E}interviews/<code:code>/", interviews.interview_detail, name="interview-detail"),
    path(f"{E}interviews/<code:code>/edit/", interviews.interview_edit, name="interview-edit"),
    path(f"{E}interviews/<code:code>/answers/", interviews.interview_answers, name="interview-answers"),
    # participants/
    path(f"{E}participants/", participants.participant_list, name="participant-list"),
    path(f"{E}participants/new/", participants.participant_add, name="participant-add"),
    path(f"{E}participants/<code:code>/edit/", participants.participant_edit, name="participant-edit"),
    # findings/
    path(f"{E}findings/", findings.finding_list, name="finding-list"),
    path(f"{E}findings/new/", findings.finding_add, name="finding-add"),
    path(f"{E}findings/<int:pk>/", findings.finding_detail, name="finding-detail"),
    path(f"{E}findings/<int:pk>/edit/", findings.finding_edit, name="finding-edit"),
    path(f"{E}findings/<int:pk>/mark/", findings.finding_mark, name="finding-mark"),
    path(f"{E}findings/<int:pk>/quotations/new/", quotations.quotation_add, name="quotation-add"),
    path(f"{E}findings/<int:pk>/quotations/attach/", quotations.quotation_attach, name="quotation-attach"),
    path(
        f"{E}findings/<int:pk>/quotations/<int:quotation>/detach/",
        quotations.quotation_detach,
        name="quotation-detach",
    ),
    # quotations/
    path(f"{E}quotations/<int:pk>/edit/", quotations.quotation_edit, name="quotation-edit"),
    path(f"{E}quotations/<int:pk>/approve/", quotations.quotation_approve, name="quotation-approve"),
    path(f"{E}quotations/<int:pk>/stop-using/", quotations.quotation_stop_using, name="quotation-stop-using"),
    path(f"{E}quotations/<int:pk>/agreement/", quotations.quotation_agreement, name="quotation-agreement"),
    # matrix/
    path(f"{E}matrix/", matrix.matrix_home, name="matrix-home"),
    path(f"{E}matrix/<slug:strand>/", matrix.matrix_detail, name="matrix-detail"),
    # compare/
    path(f"{E}compare/", comparison.comparison_detail, name="comparison-detail"),
    # recommendations/
    path(f"{E}recommendations/", recommendations.recommendation_list, name="recommendation-list"),
    path(f"{E}recommendations/new/", recommendations.recommendation_add, name="recommendation-add"),
    path(
        f"{E}recommendations/<code:ref>/", recommendations.recommendation_detail, name="recommendation-detail"
    ),
    path(
        f"{E}recommendations/<code:ref>/edit/",
        recommendations.recommendation_edit,
        name="recommendation-edit",
    ),
    path(
        f"{E}recommendations/<code:ref>/respond/",
        recommendations.recommendation_respond,
        name="recommendation-respond",
    ),
    path(
        f"{E}recommendations/<code:ref>/track/",
        recommendations.recommendation_track,
        name="recommendation-track",
    ),
    path(
        f"{E}recommendations/<code:ref>/updates/new/",
        recommendations.recommendation_update,
        name="recommendation-update",
    ),
    path(
        f"{E}recommendations/<code:ref>/barriers/link/",
        recommendations.recommendation_link,
        name="recommendation-link",
    ),
    path(
        f"{E}recommendations/<code:ref>/barriers/<int:pk>/unlink/",
        recommendations.recommendation_unlink,
        name="recommendation-unlink",
    ),
    # set-up/
    path(f"{E}set-up/", setup.setup_detail, name="setup-detail"),
    path(f"{E}set-up/evaluation/", setup.setup_edit, name="setup-edit"),
    path(f"{E}set-up/strands/new/", setup.strand_add, name="strand-add"),
    path(f"{E}set-up/strands/<slug:strand>/", setup.strand_edit, name="strand-edit"),
    path(f"{E}set-up/members/<int:pk>/role/", setup.member_role, name="member-role"),
    path(f"{E}set-up/members/<int:pk>/remove/", setup.member_remove, name="member-remove"),
    path(f"{E}set-up/invitations/new/", setup.invitation_add, name="setup-invite"),
    path(f"{E}set-up/invitations/<int:pk>/revoke/", setup.invitation_revoke, name="setup-revoke"),
    path(f"{E}set-up/record/", setup.audit_list, name="audit-list"),
    # secret addresses
    path("invite/<str:token>/", invitations.invitation_accept, name="invitation-accept"),
]
