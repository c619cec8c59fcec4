from django.urls import path

from submissions.views import hand_ins, projects, publishing, receipts

urlpatterns = [
    # handing in
    path("c/<slug:course>/hand-in/<int:deliverable_id>/", hand_ins.hand_in, name="hand-in"),
    path("c/<slug:course>/versions/<int:version_id>/file/", hand_ins.download, name="download"),
    path("c/<slug:course>/versions/<int:version_id>/", hand_ins.version, name="version"),
    path(
        "c/<slug:course>/versions/<int:version_id>/checks/",
        hand_ins.version_checks,
        name="version-checks",
    ),
    # receipts
    path("receipts/", receipts.check, name="check-receipt"),
    path("receipts/<slug:code>/", receipts.receipt, name="receipt"),
    path("receipts/<slug:code>/file/", receipts.receipt_file, name="receipt-file"),
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
