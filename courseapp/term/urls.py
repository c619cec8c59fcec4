from django.urls import path

from courseapp.term.views import (
    acting,
    calendars,
    importing,
    outages,
    roster,
    schedule,
    settings,
    swaps,
)

urlpatterns = [
    # The schedule as it is edited, and its draft.
    path("c/<slug:course>/schedule/edit/", schedule.edit_schedule, name="edit-schedule"),
    path("c/<slug:course>/schedule/draft/", schedule.draft, name="draft"),
    path("c/<slug:course>/schedule/draft/publish/", schedule.publish, name="publish-draft"),
    path(
        "c/<slug:course>/schedule/draft/<int:planned_id>/withdraw/",
        schedule.withdraw,
        name="withdraw-from-draft",
    ),
    # Actions on a course, and what they changed.
    path("c/<slug:course>/acts/<slug:kind>/", acting.act, name="act"),
    path("c/<slug:course>/changes/", acting.changes, name="changes"),
    path("c/<slug:course>/changes/<int:act_id>/undo/", acting.undo, name="undo"),
    path(
        "c/<slug:course>/outages/<int:deliverable_id>/", outages.answer_outage, name="answer-outage"
    ),
    # How work is taken.
    path("c/<slug:course>/settings/due/", settings.due_settings, name="due-settings"),
    # Swaps of duties.
    path("c/<slug:course>/swaps/", swaps.swaps, name="swaps"),
    path("c/<slug:course>/swaps/offer/", swaps.offer_swap, name="offer-swap"),
    path("c/<slug:course>/swaps/<int:swap_id>/accept/", swaps.accept_swap, name="accept-swap"),
    path("c/<slug:course>/swaps/<int:swap_id>/decline/", swaps.decline_swap, name="decline-swap"),
    path(
        "c/<slug:course>/swaps/<int:swap_id>/withdraw/", swaps.withdraw_swap, name="withdraw-swap"
    ),
    path("c/<slug:course>/swaps/<int:swap_id>/confirm/", swaps.confirm_swap, name="confirm-swap"),
    path("c/<slug:course>/swaps/<int:swap_id>/refuse/", swaps.refuse_swap, name="refuse-swap"),
    # The people.
    path("c/<slug:course>/people/", roster.roster, name="roster"),
    path("c/<slug:course>/people/groups/", roster.groups, name="all-groups"),
    # The course in calendar programs.
    path("c/<slug:course>/calendar.ics", calendars.course_feed, name="course-feed"),
    path("calendars/<slug:secret>.ics", calendars.person_feed, name="person-feed"),
    path("c/<slug:course>/calendar/", calendars.calendar, name="calendar"),
    path("c/<slug:course>/calendar/link/", calendars.make_calendar_link, name="make-calendar-link"),
    path(
        "c/<slug:course>/calendar/revoke/",
        calendars.revoke_calendar_link,
        name="revoke-calendar-link",
    ),
    # What comes in by a file.
    path("c/<slug:course>/people/import/", importing.import_roster, name="import-roster"),
    path("c/<slug:course>/schedule/import/", importing.import_schedule, name="import-schedule"),
]
