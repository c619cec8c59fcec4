"""`assign_roles SLUG [--dry-run] [--json] [--from DATE] [--time-limit SECONDS]`"""

import json
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course
from courseapp.course.selectors import course_named
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from schedule.planning import NoPlanInTime, Plan, Status, plan_roles
from schedule.selectors.planning import RolePlanning, role_planning
from submissions.services.publishing import publish_plan

TIME_LIMIT = 60.0


class Command(BaseCommand):
    help = "Plan who presents, plays the authors and reviews, and let the plan stand from now on."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--dry-run", action="store_true", help="show the plan, change nothing")
        parser.add_argument("--json", action="store_true", help="one JSON document, nothing else")
        parser.add_argument(
            "--from",
            dest="planned_from",
            type=date.fromisoformat,
            metavar="DATE",
            help="with --dry-run: plan as if that day had just begun",
        )
        parser.add_argument("--time-limit", type=float, default=TIME_LIMIT, metavar="SECONDS")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        course = course_named(options["slug"])
        if course is None:
            raise CommandError(f"There is no course {options['slug']}.")
        planned_from: date | None = options["planned_from"]
        if planned_from is not None and not options["dry_run"]:
            raise CommandError("--from only shows a plan: what is over is not assigned anew.")
        planning = role_planning(course, now=_start_of(planned_from, course) or clock.now())
        if not planning.groups or not planning.lectures:
            raise CommandError(f"{course} has no groups, or no lectures that groups present.")
        try:
            plan = plan_roles(planning.problem, time_limit=options["time_limit"])
        except NoPlanInTime as refusal:
            raise CommandError(str(refusal)) from refusal
        if plan.status != Status.INFEASIBLE and not options["dry_run"]:
            self._publish(course, plan)
        if options["json"]:
            self.stdout.write(json.dumps(_document(planning, plan), indent=2, ensure_ascii=False))
        else:
            self._tell(planning, plan)
        if plan.status == Status.INFEASIBLE:
            raise CommandError(
                "There is no plan; these rules cannot all hold: "
                + " ".join(found.sentence for found in plan.conflicts)
            )

    def _publish(self, course: Course, plan: Plan) -> None:
        # Whoever has the server's shell acts for the course's instructors, under no name.
        actor = Actor(user_id=None, course=course, permissions=frozenset({Permission.CHANGE_PLAN}))
        try:
            published = publish_plan(actor=actor, plan=plan.assignments, now=clock.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stderr.write(
            f"{published.assigned_count} roles assigned, {published.withdrawn_count} withdrawn."
        )

    def _tell(self, planning: RolePlanning, plan: Plan) -> None:
        self.stdout.write(
            f"{plan.status}: cost {plan.cost}, bound {plan.bound}, {plan.seconds:.1f} s"
        )
        names, lectures = planning.problem.group_names, planning.lectures
        for cell in sorted(plan.assignments, key=lambda cell: lectures[cell.lecture].position):
            lecture = lectures[cell.lecture]
            self.stdout.write(
                f"{lecture.starts_on} {lecture.title}: {cell.role} {names[cell.group]}"
            )
        for group, sentence in plan.explanations.items():
            self.stdout.write(f"{names[group]}: {sentence}")
        for place in plan.open_cells:
            lecture = lectures[place.lecture]
            self.stdout.write(
                f"open: {lecture.starts_on} {lecture.title}, {place.role}. "
                + " ".join(place.remedies)
            )
        for left in plan.unserved:
            remedies = " ".join(left.remedies)
            self.stdout.write(f"open: {names[left.group]} is nowhere {left.role}. {remedies}")


def _start_of(day: date | None, course: Course) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(course.timezone))


def _document(planning: RolePlanning, plan: Plan) -> dict[str, Any]:
    """Return the plan with lectures by their position in the schedule and groups by their name."""
    names, lectures = planning.problem.group_names, planning.lectures
    positions = {lecture.pk: lecture.position for lecture in lectures.values()}
    starts = {lecture.pk: lecture.starts_at for lecture in lectures.values()}
    return {
        "status": plan.status.value,
        "cost": plan.cost,
        "bound": plan.bound,
        "gap": plan.gap,
        "seconds": round(plan.seconds, 3),
        "assignments": [
            {
                "lecture": positions[cell.lecture],
                "starts_at": (begin := starts[cell.lecture]) and begin.isoformat(),
                "role": cell.role.value,
                "group": names[cell.group],
            }
            for cell in sorted(plan.assignments, key=lambda cell: positions[cell.lecture])
        ],
        "preferences": [
            {"group": names[group], "lecture": positions[lecture], "rank": rank}
            for group, ranks in planning.problem.ranks.items()
            for lecture, rank in sorted(ranks.items(), key=lambda ranked: ranked[1])
            if lecture in positions
        ],
        "conflicts": [
            {"rule": found.rule.value, "sentence": found.sentence} for found in plan.conflicts
        ],
    }
