"""Every address, grouped by prefix, each named noun-verb."""

from django.urls import path

from evaluations import converters
from evaluations.views import (
    actions,
    agreement,
    board,
    board_report,
    bulk,
    calendars,
    coding,
    comments,
    comparison,
    consent,
    coverage,
    entry,
    findings,
    guide,
    home,
    imports,
    interviews,
    invitations,
    jobs,
    lasting,
    legacy,
    matrix,
    mine,
    outcomes,
    overview,
    owner_links,
    owners,
    participants,
    phones,
    progress,
    quotations,
    recommendations,
    second_coding,
    setup,
    reflection_points,
    reflections,
    report_files,
    signed,
    steps,
    timeline,
    tracker,
    tracker_board,
    tracker_export,
    transcripts,
    workshops,
)

converters.register()

E = "e/<slug:slug>/"
CELL = f"{E}matrix/<slug:strand>/<kind:kind>/<condition:condition>/"

urlpatterns = [
    path("", home.evaluation_list, name="evaluation-list"),
    # e/<evaluation>/
    path(E, overview.evaluation_overview, name="evaluation-overview"),
    path(f"{E}about/", overview.evaluation_about, name="evaluation-about"),
    path(f"{E}explainer/", guide.evaluation_explainer, name="evaluation-explainer"),
    # interviews/
    path(f"{E}interviews/", interviews.interview_list, name="interview-list"),
    path(f"{E}interviews/new/", interviews.interview_add, name="interview-add"),
    path(f"{E}interviews/<code:code>/", entry.interview_detail, name="interview-detail"),
    path(f"{E}interviews/<code:code>/edit/", interviews.interview_edit, name="interview-edit"),
    path(f"{E}interviews/<code:code>/save/", entry.interview_save, name="interview-save"),
    path(f"{E}interviews/<code:code>/check/", entry.interview_check, name="interview-check"),
    path(f"{E}interviews/<code:code>/versions/", entry.interview_versions, name="interview-versions"),
    path(
        f"{E}interviews/<code:code>/versions/<int:pk>/restore/",
        entry.interview_restore,
        name="interview-restore",
    ),
    # interviews/<code>/second-coding/, second-codings/, agreement/
    path(
        f"{E}interviews/<code:code>/second-coding/",
        second_coding.second_coding_detail,
        name="second-coding-detail",
    ),
    path(
        f"{E}second-codings/<int:pk>/texts/<int:answer>/code/",
        second_coding.second_coding_code,
        name="second-coding-code",
    ),
    path(
        f"{E}second-codings/<int:pk>/codes/<int:code>/remove/",
        second_coding.second_coding_uncode,
        name="second-coding-uncode",
    ),
    path(f"{E}second-codings/<int:pk>/close/", second_coding.second_coding_close, name="second-coding-close"),
    path(
        f"{E}second-codings/<int:pk>/cancel/", second_coding.second_coding_cancel, name="second-coding-cancel"
    ),
    path(f"{E}agreement/", agreement.agreement_list, name="agreement-list"),
    path(f"{E}agreement/<int:pk>/", agreement.agreement_detail, name="agreement-detail"),
    path(
        f"{E}agreement/<int:pk>/units/<int:unit>/settle/", agreement.agreement_settle, name="agreement-settle"
    ),
    path(
        f"{E}interviews/<code:code>/answers/<int:answer>/quotations/new/",
        coding.passage_add,
        name="passage-add",
    ),
    path(
        f"{E}interviews/<code:code>/transcript/",
        transcripts.interview_transcript,
        name="interview-transcript",
    ),
    path(
        f"{E}interviews/<code:code>/transcript/<int:pk>/",
        transcripts.interview_transcript_place,
        name="interview-transcript-place",
    ),
    # import/, jobs/
    path(f"{E}import/", imports.import_list, name="import-list"),
    path(f"{E}import/templates/<str:name>", imports.import_template, name="import-template"),
    path(f"{E}import/<int:pk>/", imports.import_detail, name="import-detail"),
    path(f"{E}import/<int:pk>/columns/", imports.import_columns, name="import-columns"),
    path(f"{E}import/<int:pk>/errors.csv", imports.import_errors, name="import-errors"),
    path(f"{E}import/<int:pk>/discard/", imports.import_discard, name="import-discard"),
    path(f"{E}jobs/<int:pk>/", jobs.job_detail, name="job-detail"),
    # participants/
    path(f"{E}participants/", participants.participant_list, name="participant-list"),
    path(f"{E}participants/new/", participants.participant_add, name="participant-add"),
    path(f"{E}participants/<code:code>/", participants.participant_detail, name="participant-detail"),
    path(f"{E}participants/<code:code>/edit/", participants.participant_edit, name="participant-edit"),
    path(
        f"{E}participants/<code:code>/identity/",
        participants.participant_identity,
        name="participant-identity",
    ),
    path(
        f"{E}participants/<code:code>/identity/edit/",
        participants.participant_identity_edit,
        name="participant-identity-edit",
    ),
    path(
        f"{E}participants/<code:code>/withdraw/",
        participants.participant_withdraw,
        name="participant-withdraw",
    ),
    # consent/
    path(f"{E}consent/", consent.consent_queue, name="consent-queue"),
    path(f"{E}consent/approve/", consent.consent_approve, name="consent-approve"),
    path(f"{E}consent/undo/", consent.consent_undo, name="consent-undo"),
    path(f"{E}consent/words/<code:code>/", consent.consent_words, name="consent-words"),
    # findings/
    path(f"{E}findings/", findings.finding_list, name="finding-list"),
    path(f"{E}findings/new/", findings.finding_add, name="finding-add"),
    path(f"{E}findings/<int:pk>/", findings.finding_detail, name="finding-detail"),
    path(f"{E}findings/<int:pk>/edit/", findings.finding_edit, name="finding-edit"),
    path(f"{E}findings/<int:pk>/mark/", steps.finding_mark, name="finding-mark"),
    path(f"{E}findings/<int:pk>/reword/", steps.finding_reword, name="finding-reword"),
    path(f"{E}findings/<int:pk>/move/", steps.finding_move, name="finding-move"),
    path(f"{E}findings/<int:pk>/merge/", steps.finding_merge, name="finding-merge"),
    path(f"{E}findings/<int:pk>/reorder/", steps.finding_reorder, name="finding-reorder"),
    path(f"{E}findings/<int:pk>/remove/", steps.finding_remove, name="finding-remove"),
    path(f"{E}findings/<int:pk>/restore/", steps.finding_restore, name="finding-restore"),
    path(f"{E}findings/<int:pk>/quotations/new/", quotations.quotation_add, name="quotation-add"),
    path(f"{E}findings/<int:pk>/quotations/attach/", quotations.quotation_attach, name="quotation-attach"),
    path(
        f"{E}findings/<int:pk>/quotations/<int:quotation>/detach/",
        quotations.quotation_detach,
        name="quotation-detach",
    ),
    # comments/
    path(f"{E}comments/", comments.comment_list, name="comment-list"),
    path(f"{E}comments/share/", comments.share_add, name="share-add"),
    path(f"{E}comments/<int:finding>/", comments.comment_detail, name="comment-detail"),
    path(
        f"{E}comments/<int:finding>/said/<int:pk>/take-back/",
        comments.comment_take_back,
        name="comment-take-back",
    ),
    path(
        f"{E}comments/<int:finding>/taken-back/<int:pk>/put-back/",
        comments.comment_put_back,
        name="comment-put-back",
    ),
    path(f"{E}comments/<int:finding>/shares/<int:pk>/end/", comments.share_end, name="share-end"),
    path(
        f"{E}comments/<int:finding>/ended-shares/<int:pk>/restore/",
        comments.share_restore,
        name="share-restore",
    ),
    # quotations/
    path(f"{E}quotations/<int:pk>/edit/", quotations.quotation_edit, name="quotation-edit"),
    path(f"{E}quotations/<int:pk>/approve/", quotations.quotation_approve, name="quotation-approve"),
    path(f"{E}quotations/<int:pk>/stop-using/", quotations.quotation_stop_using, name="quotation-stop-using"),
    path(f"{E}quotations/<int:pk>/agreement/", quotations.quotation_agreement, name="quotation-agreement"),
    path(f"{E}quotations/<int:pk>/support/", coding.passage_support, name="passage-support"),
    path(f"{E}quotations/<int:pk>/support/search/", coding.finding_search, name="finding-search"),
    path(f"{E}quotations/<int:pk>/code/", coding.passage_recode, name="passage-recode"),
    path(f"{E}quotations/<int:pk>/settle/", coding.passage_settle, name="passage-settle"),
    path(f"{E}quotations/<int:pk>/remove/", coding.passage_remove, name="passage-remove"),
    path(f"{E}removed-quotations/<int:pk>/restore/", coding.passage_restore, name="passage-restore"),
    # matrix/
    path(f"{E}matrix/", matrix.matrix_home, name="matrix-home"),
    path(f"{E}matrix/<slug:strand>/", matrix.matrix_detail, name="matrix-detail"),
    # reflections/
    path(f"{E}reflections/", reflections.reflection_list, name="reflection-list"),
    path(f"{E}reflections/new/", reflections.reflection_add, name="reflection-add"),
    path(f"{E}reflections/<int:pk>/", reflections.reflection_detail, name="reflection-detail"),
    path(f"{E}reflections/<int:pk>/edit/", reflections.reflection_edit, name="reflection-edit"),
    path(f"{E}reflections/<int:pk>/mark/", reflections.reflection_mark, name="reflection-mark"),
    path(f"{E}reflections/<int:pk>/move/", reflections.reflection_move, name="reflection-move"),
    path(f"{E}reflections/<int:pk>/remove/", reflections.reflection_remove, name="reflection-remove"),
    path(
        f"{E}removed-reflections/<int:pk>/restore/", reflections.reflection_restore, name="reflection-restore"
    ),
    path(
        f"{E}reflections/<int:pk>/points/new/",
        reflection_points.reflection_point_add,
        name="reflection-point-add",
    ),
    path(
        f"{E}reflections/<int:pk>/points/<int:point>/edit/",
        reflection_points.reflection_point_edit,
        name="reflection-point-edit",
    ),
    path(
        f"{E}reflections/<int:pk>/points/<int:point>/move/",
        reflection_points.reflection_point_move,
        name="reflection-point-move",
    ),
    path(
        f"{E}reflections/<int:pk>/points/<int:point>/remove/",
        reflection_points.reflection_point_remove,
        name="reflection-point-remove",
    ),
    path(
        f"{E}reflections/<int:pk>/removed-points/<int:point>/restore/",
        reflection_points.reflection_point_restore,
        name="reflection-point-restore",
    ),
    path(
        f"{E}reflections/<int:pk>/points/<int:point>/quotations/",
        reflection_points.reflection_quotations,
        name="reflection-quotations",
    ),
    path(
        f"{E}reflections/<int:pk>/points/<int:point>/quotations/<int:quotation>/detach/",
        reflection_points.reflection_quotation_detach,
        name="reflection-quotation-detach",
    ),
    path(f"{E}matrix/<slug:strand>/export/<slug:format>/", matrix.matrix_export, name="matrix-export"),
    path(CELL, board.board_detail, name="board-detail"),
    path(f"{CELL}summary/", signed.summary_edit, name="summary-edit"),
    path(f"{CELL}summary/take-back/", signed.summary_take_back, name="summary-take-back"),
    # changes/
    path(f"{E}changes/<int:pk>/undo/", board.board_undo, name="board-undo"),
    # compare/
    path(f"{E}compare/", comparison.comparison_detail, name="comparison-detail"),
    path(f"{E}compare/export/<slug:format>/", comparison.comparison_export, name="comparison-export"),
    path(f"{E}compare/reading/", signed.comparison_reading, name="comparison-reading"),
    path(
        f"{E}compare/readings/<int:pk>/take-back/",
        signed.comparison_reading_take_back,
        name="comparison-reading-take-back",
    ),
    path(
        f"{E}compare/taken-back-readings/<int:pk>/put-back/",
        signed.comparison_reading_put_back,
        name="comparison-reading-put-back",
    ),
    # earlier-round/
    path(f"{E}earlier-round/", outcomes.outcome_list, name="outcome-list"),
    path(f"{E}earlier-round/<int:pk>/", outcomes.outcome_edit, name="outcome-edit"),
    path(f"{E}earlier-round/<int:pk>/take-back/", outcomes.outcome_take_back, name="outcome-take-back"),
    path(f"{E}taken-back-outcomes/<int:pk>/put-back/", outcomes.outcome_put_back, name="outcome-put-back"),
    # lasting/
    path(f"{E}lasting/", lasting.lasting_detail, name="lasting-detail"),
    path(f"{E}lasting/export/<slug:format>/", lasting.lasting_export, name="lasting-export"),
    path(f"{E}lasting/<int:pk>/", steps.lasting_judge, name="lasting-judge"),
    # legacy-plan/
    path(f"{E}legacy-plan/", legacy.legacy_plan, name="legacy-plan"),
    path(f"{E}legacy-plan/export/<slug:format>/", legacy.legacy_export, name="legacy-export"),
    path(f"{E}legacy-plan/ambitions/new/", legacy.ambition_add, name="ambition-add"),
    path(f"{E}legacy-plan/ambitions/<int:pk>/", legacy.ambition_edit, name="ambition-edit"),
    path(f"{E}legacy-plan/ambitions/<int:pk>/move/", legacy.ambition_move, name="ambition-move"),
    path(f"{E}legacy-plan/ambitions/<int:pk>/remove/", legacy.ambition_remove, name="ambition-remove"),
    path(
        f"{E}legacy-plan/removed-ambitions/<int:pk>/restore/",
        legacy.ambition_restore,
        name="ambition-restore",
    ),
    path(f"{E}legacy-plan/gaps/accept/", legacy.gap_accept, name="gap-accept"),
    path(f"{E}legacy-plan/gaps/<int:pk>/take-back/", legacy.gap_take_back, name="gap-take-back"),
    # recommendations/
    path(f"{E}recommendations/", tracker.recommendation_list, name="recommendation-list"),
    path(
        f"{E}recommendations/export/<slug:format>/",
        tracker_export.recommendation_export,
        name="recommendation-export",
    ),
    path(f"{E}recommendations/report/", board_report.board_report, name="board-report"),
    path(
        f"{E}recommendations/report/export/<slug:format>/",
        board_report.board_report_export,
        name="board-report-export",
    ),
    path(f"{E}recommendations/coverage/", coverage.coverage_detail, name="coverage-detail"),
    path(f"{E}recommendations/coverage/<int:pk>/link/", coverage.coverage_link, name="coverage-link"),
    path(f"{E}recommendations/coverage/<int:pk>/unlink/", coverage.coverage_unlink, name="coverage-unlink"),
    path(f"{E}recommendations/new/", recommendations.recommendation_add, name="recommendation-add"),
    path(f"{E}recommendations/mine/", mine.recommendation_mine, name="recommendation-mine"),
    path(f"{E}recommendations/bulk/", bulk.bulk_change, name="bulk-change"),
    path(f"{E}recommendations/bulk/<int:pk>/undo/", bulk.bulk_undo, name="bulk-undo"),
    path(f"{E}recommendations/board/", tracker_board.recommendation_board, name="recommendation-board"),
    path(
        f"{E}recommendations/<code:ref>/move/", tracker_board.recommendation_move, name="recommendation-move"
    ),
    path(f"{E}recommendations/timeline/", timeline.recommendation_timeline, name="recommendation-timeline"),
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
    path(f"{E}recommendations/<code:ref>/actions/new/", actions.action_add, name="action-add"),
    path(f"{E}recommendations/<code:ref>/actions/<int:pk>/", actions.action_edit, name="action-edit"),
    path(
        f"{E}recommendations/<code:ref>/actions/<int:pk>/report/", actions.action_report, name="action-report"
    ),
    path(f"{E}recommendations/<code:ref>/actions/<int:pk>/note/", actions.action_note, name="action-note"),
    path(f"{E}recommendations/<code:ref>/actions/<int:pk>/move/", actions.action_move, name="action-move"),
    path(
        f"{E}recommendations/<code:ref>/actions/<int:pk>/remove/", actions.action_remove, name="action-remove"
    ),
    path(
        f"{E}recommendations/<code:ref>/removed-actions/<int:pk>/restore/",
        actions.action_restore,
        name="action-restore",
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
    path(
        f"{E}recommendations/<code:ref>/quotations/<int:pk>/detach/",
        coding.passage_unsupport,
        name="passage-unsupport",
    ),
    path(f"{E}evidence/<int:pk>/", progress.evidence_file, name="evidence-file"),
    # recommendations/owners/, recommendations/calendar/
    path(f"{E}recommendations/owners/", owners.owner_list, name="owner-list"),
    path(f"{E}recommendations/owners/new/", owners.owner_add, name="owner-add"),
    path(f"{E}recommendations/owners/<int:pk>/", owners.owner_edit, name="owner-edit"),
    path(f"{E}recommendations/owners/<int:pk>/remove/", owners.owner_remove, name="owner-remove"),
    path(f"{E}recommendations/owners/<int:pk>/links/new/", owners.owner_link_make, name="owner-link-make"),
    path(
        f"{E}recommendations/owners/<int:pk>/links/revoke/",
        owners.owner_links_revoke,
        name="owner-links-revoke",
    ),
    path(f"{E}recommendations/calendar/", calendars.calendar_detail, name="calendar-detail"),
    # workshops/
    path(f"{E}workshops/", workshops.workshop_list, name="workshop-list"),
    path(f"{E}workshops/new/", workshops.workshop_add, name="workshop-add"),
    path(f"{E}workshops/<int:pk>/", workshops.workshop_detail, name="workshop-detail"),
    path(f"{E}workshops/<int:pk>/edit/", workshops.workshop_edit, name="workshop-edit"),
    path(f"{E}workshops/<int:pk>/remove/", workshops.workshop_remove, name="workshop-remove"),
    path(f"{E}removed-workshops/<int:pk>/restore/", workshops.workshop_restore, name="workshop-restore"),
    path(f"{E}workshops/<int:pk>/open/", workshops.workshop_open, name="workshop-open"),
    path(f"{E}workshops/<int:pk>/close/", workshops.workshop_close, name="workshop-close"),
    path(f"{E}workshops/<int:pk>/quotations/", workshops.workshop_quotations, name="workshop-quotations"),
    path(f"{E}workshops/<int:pk>/code.svg", workshops.workshop_qr, name="workshop-qr"),
    path(f"{E}workshops/<int:pk>/screen/", workshops.workshop_screen, name="workshop-screen"),
    path(f"{E}workshops/<int:pk>/results/", workshops.workshop_results, name="workshop-results"),
    path(f"{E}workshops/<int:pk>/export/<slug:format>/", workshops.workshop_export, name="workshop-export"),
    path(f"{E}workshops/<int:pk>/votes/new/", workshops.vote_open, name="vote-open"),
    path(f"{E}workshops/<int:pk>/votes/<int:vote>/close/", workshops.vote_close, name="vote-close"),
    path(f"{E}workshops/<int:pk>/votes/<int:vote>/totals/", workshops.vote_totals, name="vote-totals"),
    # set-up/
    path(f"{E}set-up/", setup.setup_detail, name="setup-detail"),
    path(f"{E}set-up/evaluation/", setup.setup_edit, name="setup-edit"),
    path(f"{E}set-up/strands/new/", setup.strand_add, name="strand-add"),
    path(f"{E}set-up/strands/<slug:strand>/", setup.strand_edit, name="strand-edit"),
    path(f"{E}set-up/strands/<slug:strand>/move/", setup.strand_move, name="strand-move"),
    path(f"{E}set-up/strands/<slug:strand>/remove/", setup.strand_remove, name="strand-remove"),
    path(f"{E}set-up/removed-strands/<slug:strand>/restore/", setup.strand_restore, name="strand-restore"),
    path(f"{E}set-up/guide/", guide.guide_detail, name="guide-detail"),
    path(f"{E}set-up/guide/start/", guide.guide_start, name="guide-start"),
    path(f"{E}set-up/guide/new/", guide.guide_add, name="guide-add"),
    path(f"{E}set-up/guide/<int:pk>/", guide.guide_edit, name="guide-edit"),
    path(f"{E}set-up/guide/<int:pk>/move/", guide.guide_move, name="guide-move"),
    path(f"{E}set-up/guide/<int:pk>/remove/", guide.guide_remove, name="guide-remove"),
    path(f"{E}set-up/removed-questions/<int:pk>/restore/", guide.guide_restore, name="guide-restore"),
    path(f"{E}set-up/members/<int:pk>/role/", setup.member_role, name="member-role"),
    path(f"{E}set-up/members/<int:pk>/remove/", setup.member_remove, name="member-remove"),
    path(f"{E}set-up/invitations/new/", setup.invitation_add, name="setup-invite"),
    path(f"{E}set-up/invitations/<int:pk>/revoke/", setup.invitation_revoke, name="setup-revoke"),
    path(f"{E}set-up/record/", setup.audit_list, name="audit-list"),
    # w/<code>/, for people without an account
    path("w/", phones.phone_enter, name="phone-enter"),
    path("w/<str:code>/", phones.phone_detail, name="phone-detail"),
    path("w/<str:code>/join/", phones.phone_join, name="phone-join"),
    path("w/<str:code>/weigh/", phones.phone_weigh, name="phone-weigh"),
    path("w/<str:code>/finish/", phones.phone_finish, name="phone-finish"),
    path("w/<str:code>/state/", phones.phone_state, name="phone-state"),
    # secret addresses
    path("invite/<str:token>/", invitations.invitation_accept, name="invitation-accept"),
    path("o/<str:token>/", owner_links.owner_link, name="owner-link"),
    path("o/<str:token>/actions/<int:pk>/report/", owner_links.owner_link_report, name="owner-link-report"),
    path("o/<str:token>/actions/<int:pk>/note/", owner_links.owner_link_note, name="owner-link-note"),
    path("calendar/<str:token>.ics", calendars.calendar_feed, name="calendar-feed"),
]
