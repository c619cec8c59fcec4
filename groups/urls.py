from django.urls import path

from groups import views

urlpatterns = [
    # the board
    path("c/<slug:course>/groups/", views.board, name="groups"),
    path("c/<slug:course>/groups/found/", views.found, name="found-group"),
    path("c/<slug:course>/groups/interests/", views.own_interests, name="own-interests"),
    path("c/<slug:course>/groups/rest/", views.rest, name="form-rest"),
    path("c/<slug:course>/groups/<int:group_id>/ask/", views.ask, name="ask-to-join"),
    path("c/<slug:course>/join/<int:link_id>/<slug:signature>/", views.join, name="join"),
    # one's own group; its page is composed in courseapp.pages
    path("c/<slug:course>/group/interests/", views.group_interests, name="group-interests"),
    path("c/<slug:course>/group/invite/", views.invite, name="invite"),
    path("c/<slug:course>/group/leave/", views.leave, name="leave-group"),
    path("c/<slug:course>/group/link/", views.renew_link, name="renew-link"),
    path("c/<slug:course>/group/link/end/", views.end_link, name="end-link"),
    # answers
    path(
        "c/<slug:course>/invitations/<int:invitation_id>/accept/",
        views.accept_invitation,
        name="accept-invitation",
    ),
    path(
        "c/<slug:course>/invitations/<int:invitation_id>/decline/",
        views.decline_invitation,
        name="decline-invitation",
    ),
    path(
        "c/<slug:course>/invitations/<int:invitation_id>/withdraw/",
        views.withdraw_invitation,
        name="withdraw-invitation",
    ),
    path(
        "c/<slug:course>/requests/<int:request_id>/accept/",
        views.accept_request,
        name="accept-request",
    ),
    path(
        "c/<slug:course>/requests/<int:request_id>/decline/",
        views.decline_request,
        name="decline-request",
    ),
    path(
        "c/<slug:course>/requests/<int:request_id>/withdraw/",
        views.withdraw_request,
        name="withdraw-request",
    ),
]
