from django.urls import path

from submissions import views

urlpatterns = [
    # handing in
    path("c/<slug:course>/hand-in/<int:deliverable_id>/", views.hand_in, name="hand-in"),
    path("c/<slug:course>/versions/<int:version_id>/file/", views.download, name="download"),
    path("c/<slug:course>/versions/<int:version_id>/", views.version, name="version"),
    path(
        "c/<slug:course>/versions/<int:version_id>/checks/",
        views.version_checks,
        name="version-checks",
    ),
    path("receipts/<slug:code>/", views.receipt, name="receipt"),
    # the plan of roles
    path(
        "c/<slug:course>/plan/drafts/<int:number>/publish/", views.publish_plan, name="publish-plan"
    ),
    path("c/<slug:course>/slots/<slug:kind>/publish/", views.publish_slots, name="publish-slots"),
    # the project
    path("c/<slug:course>/project/", views.project, name="project"),
    path("c/<slug:course>/project/agree/", views.agree, name="agree"),
    path("c/<slug:course>/proposals/", views.proposals, name="proposals"),
    path("c/<slug:course>/proposals/<int:group_id>/", views.proposal, name="proposal"),
    path("c/<slug:course>/proposals/<int:group_id>/decide/", views.decide, name="decide"),
]
