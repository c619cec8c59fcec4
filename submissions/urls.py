from django.urls import path

from submissions.views import (
    archives,
    came_in,
    drafts,
    final_slides,
    hand_ins,
    projects,
    publishing,
    receipts,
    uploads,
    versions,
)

urlpatterns = [
    # handing in
    path("c/<slug:course>/hand-in/<int:deliverable_id>/", hand_ins.hand_in, name="hand-in"),
    path(
        "c/<slug:course>/hand-in/<int:deliverable_id>/uploads/", uploads.begin, name="begin-upload"
    ),
    path("c/<slug:course>/hand-in/<int:deliverable_id>/write/", drafts.write, name="write-summary"),
    path("c/<slug:course>/hand-in/<int:deliverable_id>/draft/", drafts.draft, name="text-draft"),
    path(
        "c/<slug:course>/hand-in/<int:deliverable_id>/preview/",
        drafts.preview,
        name="text-preview",
    ),
    path("c/<slug:course>/uploads/<slug:code>/", uploads.upload, name="upload"),
    path("c/<slug:course>/versions/<int:version_id>/file/", versions.download, name="download"),
    path("c/<slug:course>/versions/<int:version_id>/", versions.version, name="version"),
    path(
        "c/<slug:course>/versions/<int:version_id>/checks/",
        versions.version_checks,
        name="version-checks",
    ),
    # receipts
    path("receipts/", receipts.check, name="check-receipt"),
    path("receipts/<slug:code>/", receipts.receipt, name="receipt"),
    path("receipts/<slug:code>/file/", receipts.receipt_file, name="receipt-file"),
    # what came in
    path("c/<slug:course>/came-in/", came_in.what_came_in, name="came-in"),
    path("c/<slug:course>/came-in/<int:deliverable_id>/", came_in.came_in_for, name="came-in-for"),
    path(
        "c/<slug:course>/came-in/<int:deliverable_id>/live/",
        came_in.came_in_live,
        name="came-in-live",
    ),
    path(
        "c/<slug:course>/came-in/<int:deliverable_id>/table.csv",
        came_in.came_in_table,
        name="came-in-table",
    ),
    path("c/<slug:course>/came-in/<int:deliverable_id>/remind/", came_in.remind, name="remind"),
    path("c/<slug:course>/archives/", archives.ask_archive, name="ask-archive"),
    path("c/<slug:course>/archives/<int:archive_id>/", archives.archive, name="archive"),
    path(
        "c/<slug:course>/archives/<int:archive_id>/progress/",
        archives.progress,
        name="archive-progress",
    ),
    path(
        "c/<slug:course>/archives/<int:archive_id>/stop/",
        archives.stop_archive,
        name="stop-archive",
    ),
    path(
        "c/<slug:course>/archives/<int:archive_id>/file/",
        archives.archive_file,
        name="archive-file",
    ),
    # final slides on the schedule
    path(
        "c/<slug:course>/slides/<int:submission_id>/",
        final_slides.final_slides,
        name="final-slides",
    ),
    path(
        "c/<slug:course>/slides/<int:submission_id>/keep-off/",
        final_slides.keep_off,
        name="keep-slides-off",
    ),
    path(
        "c/<slug:course>/slides/<int:submission_id>/put-back/",
        final_slides.put_back,
        name="put-slides-back",
    ),
    # the plan of roles
    path(
        "c/<slug:course>/plan/drafts/<int:number>/publish/",
        publishing.publish_plan,
        name="publish-plan",
    ),
    path(
        "c/<slug:course>/slots/<slug:kind>/publish/", publishing.publish_slots, name="publish-slots"
    ),
    # the project
    path("c/<slug:course>/project/", projects.project, name="project"),
    path("c/<slug:course>/project/agree/", projects.agree, name="agree"),
    path("c/<slug:course>/proposals/", projects.proposals, name="proposals"),
    path("c/<slug:course>/proposals/<int:group_id>/", projects.proposal, name="proposal"),
    path("c/<slug:course>/proposals/<int:group_id>/decide/", projects.decide, name="decide"),
]
