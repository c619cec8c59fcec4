from django.urls import path

from schedule.views import plan, ranking, slots, solving

urlpatterns = [
    # the plan of roles
    path("c/<slug:course>/plan/", plan.plan, name="plan"),
    path("c/<slug:course>/plan/drafts/<int:number>/", plan.plan, name="plan-draft"),
    path(
        "c/<slug:course>/plan/drafts/<int:number>/beside/<int:other_number>/",
        plan.compare,
        name="plan-compare",
    ),
    path(
        "c/<slug:course>/plan/drafts/<int:number>/cells/<int:group_id>/<int:lecture_id>/",
        plan.cell,
        name="plan-cell",
    ),
    path(
        "c/<slug:course>/plan/drafts/<int:number>/cells/<int:group_id>/<int:lecture_id>/settle/",
        plan.settle,
        name="plan-settle",
    ),
    path("c/<slug:course>/plan/lift/", plan.lift, name="plan-lift"),
    path("c/<slug:course>/plan/drafts/<int:number>/exchange/", plan.exchange, name="plan-exchange"),
    path("c/<slug:course>/plan/drafts/<int:number>/resume/", plan.resume, name="plan-resume"),
    # the search for one
    path("c/<slug:course>/plan/solve/", solving.solve, name="plan-solve"),
    path("c/<slug:course>/plan/searches/<int:solve_id>/", solving.search, name="plan-search"),
    path(
        "c/<slug:course>/plan/searches/<int:solve_id>/progress/",
        solving.progress,
        name="plan-progress",
    ),
    path("c/<slug:course>/plan/searches/<int:solve_id>/stop/", solving.stop, name="plan-stop"),
    # rankings
    path("c/<slug:course>/ranking/", ranking.ranking, name="ranking"),
    path("c/<slug:course>/ranking/<int:group_id>/", ranking.group_ranking, name="group-ranking"),
    # slots of presentations
    path("c/<slug:course>/slots/<slug:kind>/", slots.slots, name="slots"),
    path("c/<slug:course>/slots/<slug:kind>/open/", slots.open_slots, name="open-slots"),
    path("c/<slug:course>/slots/<slug:kind>/place/", slots.place, name="place-slots"),
    path("c/<slug:course>/slots/<slug:kind>/arrange/", slots.arrange, name="arrange-slots"),
    path("c/<slug:course>/slots/<slug:kind>/ranking/", ranking.slot_ranking, name="slot-ranking"),
    path(
        "c/<slug:course>/slots/<slug:kind>/ranking/<int:group_id>/",
        ranking.group_slot_ranking,
        name="group-slot-ranking",
    ),
]
