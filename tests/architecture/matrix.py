"""Every URL, every actor, and the status that domain.md §1 gives it.

One line a page and method. `@` names the row of the world that the URL is about. What a cell says:

=======  ==========================================================================================
200 …    this status; anything from 400 on also changes no row
302      the action was done, and leads to the next page
302-     leads to another page and changes no row
200-     the form comes back with what is wrong, and no row was changed
in       302 to the sign-in
pdf      200, or the reason why not (409) where the server cannot make PDFs
=======  ==========================================================================================

outsider   an instructor of another course, with the same names of roles
elsewhere  a student of this course, in another group than the owner, who instructs another course
dropped    was a student of the owner's group and handed in with it
owner      a student whose group presents; it handed in slides and an approved proposal
classmate  a student of another group, who asked a question and whose proposal waits
superuser  runs the server; this gives no rights inside a course
"""

from collections.abc import Iterable
from dataclasses import dataclass

from typing_extensions import override

from courseapp.kernel.pdf import can_make_pdf
from tests.architecture.matrix_came_in import CAME_IN_PAGES
from tests.architecture.matrix_plan import PLAN_PAGES
from tests.architecture.matrix_work import WORK_ADMIN

# Library URLs, which ask for themselves. The admin's pages for our models stand in the table too.
EXEMPT = {
    "accounts/": "allauth's own pages: signing in and the person's addresses",
    "admin/": "Django's admin: its site and model admins ask our policies themselves",
}

PAGES = (
    """
                               visitor   outsider  elsewhere dropped   observer  owner     classmate ta        instructor superuser

GET  landing                   200       302       200       200       200       200       302       200       200       200
POST landing                   405       405       405       405       405       405       405       405       405       405
GET  health                    200       200       200       200       200       200       200       200       200       200
POST health                    405       405       405       405       405       405       405       405       405       405
GET  styleguide                404       404       404       404       404       404       404       404       404       404
POST styleguide                405       405       405       405       405       405       405       405       405       405
GET  course-page               200       200       200       200       200       200       200       200       200       200
GET  course-page@draft         404       404       404       404       200       200       404       200       200       404
POST course-page               405       405       405       405       405       405       405       405       405       405
GET  programme                 pdf       pdf       pdf       pdf       pdf       pdf       pdf       pdf       pdf       pdf
GET  programme@draft           404       404       404       404       pdf       pdf       404       pdf       pdf       404
POST programme                 405       405       405       405       405       405       405       405       405       405
GET  edit-course@section       in        405       405       405       405       405       405       405       405       405
POST edit-course@section       in        404       403       404       403       403       403       403       302       404
POST edit-course@no_section    in        404       404       404       404       404       404       404       404       404
GET  office-hours@member       in        405       405       405       405       405       405       405       405       405
POST office-hours@member       in        404       403       404       403       403       403       302       302       404
GET  publish                   in        405       405       405       405       405       405       405       405       405
POST publish                   in        404       403       404       403       403       403       403       403       404
POST publish@draft             in        404       404       404       403       403       404       403       302       404
GET  home                      in        404       200       404       302       200       200       200       200       404
POST home                      in        405       405       405       405       405       405       405       405       405
GET  lecture@lecture           in        404       200       404       200       200       200       200       200       404
POST lecture@lecture           in        404       302       404       422       422       302       422       422       404
GET  outbox                    in        404       403       404       403       403       403       200       200       404
POST outbox                    in        405       405       405       405       405       405       405       405       405

GET  groups                    in        404       200       404       403       200       200       200       200       404
POST groups                    in        405       405       405       405       405       405       405       405       405
GET  form-rest                 in        404       403       404       403       403       403       403       200       404
POST form-rest                 in        404       403       404       403       403       403       403       302       404
GET  group                     in        404       200       404       403       200       200       403       403       404
POST group                     in        405       405       405       405       405       405       405       405       405
GET  found-group               in        405       405       405       405       405       405       405       405       405
POST found-group               in        404       302-      404       403       302-      302-      403       403       404
GET  own-interests             in        405       405       405       405       405       405       405       405       405
POST own-interests             in        404       302       404       403       302       302       403       403       404
GET  group-interests           in        405       405       405       405       405       405       405       405       405
POST group-interests           in        404       302       404       403       302       302       403       403       404
GET  ask-to-join@decided       in        405       405       405       405       405       405       405       405       405
POST ask-to-join@decided       in        404       302-      404       404       302-      302-      403       403       404
GET  invite                    in        405       405       405       405       405       405       405       405       405
POST invite                    in        404       422       404       403       422       422       403       403       404
GET  leave-group               in        405       405       405       405       405       405       405       405       405
POST leave-group               in        404       302       404       403       302       302       403       403       404
GET  renew-link                in        405       405       405       405       405       405       405       405       405
POST renew-link                in        404       302       404       403       302       302       403       403       404
GET  end-link                  in        405       405       405       405       405       405       405       405       405
POST end-link                  in        404       302-      404       403       302       302-      403       403       404
GET  join@link                 in        404       200       404       403       200       200       403       403       404
POST join@link                 in        404       302-      404       403       302-      302-      403       403       404
GET  accept-invitation@sent    in        405       405       405       405       405       405       405       405       405
POST accept-invitation@sent    in        404       404       404       404       302-      302-      403       403       404
GET  decline-invitation@sent   in        405       405       405       405       405       405       405       405       405
POST decline-invitation@sent   in        404       404       404       404       302-      302       403       403       404
GET  withdraw-invitation@sent  in        405       405       405       405       405       405       405       405       405
POST withdraw-invitation@sent  in        404       404       404       404       302       302-      403       403       404
GET  accept-request@request    in        405       405       405       405       405       405       405       405       405
POST accept-request@request    in        404       302-      404       404       302-      404       403       302-      404
GET  decline-request@request   in        405       405       405       405       405       405       405       405       405
POST decline-request@request   in        404       302-      404       404       302       404       403       302       404
GET  withdraw-request@request  in        405       405       405       405       405       405       405       405       405
POST withdraw-request@request  in        404       302       404       404       302-      404       403       403       404

GET  hand-in@slides            in        404       403       404       403       200       403       200       200       404
POST hand-in@slides            in        404       403       404       403       302       403       422       422       404
GET  hand-in@question          in        404       200       404       403       403       200       200       200       404
POST hand-in@question          in        404       422       404       403       403       422       422       422       404
GET  text-draft@question       401       404       200       404       403       403       200       200       200       404
POST text-draft@question       401       404       200       404       403       403       409       403       403       404
GET  text-preview@question     405       405       405       405       405       405       405       405       405       405
POST text-preview@question     401       404       200-      404       403       403       200-      200-      200-      404
GET  write-summary@summary     in        404       403       404       403       200       403       200       200       404
POST write-summary@summary     in        404       403       404       403       302       403       422       422       404
GET  begin-upload@slides       405       405       405       405       405       405       405       405       405       405
POST begin-upload@slides       401       404       403       404       403       412       403       412       412       404
GET  upload@upload             401       404       404       404       404       200       404       404       404       404
POST upload@upload             401       404       404       404       404       412       404       404       404       404
GET  version@version           in        404       404       404       404       200       404       200       200       404
POST version@version           in        405       405       405       405       405       405       405       405       405
GET  version-checks@version    in        404       404       404       404       200       404       200       200       404
POST version-checks@version    in        405       405       405       405       405       405       405       405       405
GET  download@version          in        404       404       404       404       200       404       200       200       404
POST download@version          in        405       405       405       405       405       405       405       405       405
GET  receipt@receipt           200       200       200       200       200       200       200       200       200       200
GET  receipt@no_receipt        404       404       404       404       404       404       404       404       404       404
POST receipt@receipt           405       405       405       405       405       405       405       405       405       405
GET  receipt-file@receipt      200       200       200       200       200       200       200       200       200       200
POST receipt-file@receipt      405       405       405       405       405       405       405       405       405       405
GET  check-receipt             200       200       200       200       200       200       200       200       200       200
POST check-receipt             422       422       422       422       422       422       422       422       422       422

GET  project                   in        404       200       404       404       200       200       404       404       404
POST project                   in        405       405       405       405       405       405       405       405       405
GET  agree                     in        405       405       405       405       405       405       405       405       405
POST agree                     in        404       403       404       404       302       403       404       404       404
GET  proposals                 in        404       404       404       404       404       404       200       200       404
POST proposals                 in        405       405       405       405       405       405       405       405       405
GET  proposal@undecided        in        404       404       404       404       404       404       200       200       404
POST proposal@undecided        in        405       405       405       405       405       405       405       405       405
GET  decide@undecided          in        405       405       405       405       405       405       405       405       405
POST decide@undecided          in        404       404       404       404       404       404       403       302       404
POST decide@decided            in        404       404       404       404       404       404       403       403       404

GET  grades                    in        404       200       404       403       200       200       403       403       404
POST grades                    in        405       405       405       405       405       405       405       405       405
GET  grading                   in        404       404       404       404       404       404       200       200       404
POST grading                   in        405       405       405       405       405       405       405       405       405
GET  grading-part@draft_part   in        404       404       404       404       404       404       200       200       404
POST grading-part@draft_part   in        405       405       405       405       405       405       405       405       405
GET  release@draft_part        in        405       405       405       405       405       405       405       405       405
POST release@draft_part        in        404       404       404       404       404       404       403       302       404
POST release@released_part     in        404       404       404       404       404       404       403       409       404
GET  take-back@released_part   in        405       405       405       405       405       405       405       405       405
POST take-back@released_part   in        404       404       404       404       404       404       403       302       404
POST take-back@draft_part      in        404       404       404       404       404       404       403       409       404

GET  act@meeting               in        404       403       404       403       403       403       403       200       404
GET  act@no_act                in        404       404       404       404       404       404       404       404       404
POST act@meeting               in        404       403       404       403       403       403       403       200-      404
GET  changes                   200       200       200       200       200       200       200       200       200       200
GET  changes@draft             404       404       404       404       200       200       404       200       200       404
POST changes                   405       405       405       405       405       405       405       405       405       405
GET  undo@act                  in        404       404       404       404       404       404       403       200       404
POST undo@act                  in        404       404       404       404       404       404       403       409       404
GET  swaps                     in        404       200       404       403       200       200       200       200       404
POST swaps                     in        405       405       405       405       405       405       405       405       405
GET  offer-swap                in        405       405       405       405       405       405       405       405       405
POST offer-swap                in        404       302-      404       403       302       302-      302-      302-      404
GET  accept-swap@swap          in        405       405       405       405       405       405       405       405       405
POST accept-swap@swap          in        404       302       404       404       302-      302       302-      302-      404
GET  decline-swap@swap         in        405       405       405       405       405       405       405       405       405
POST decline-swap@swap         in        404       302       404       404       302-      302       302-      302-      404
GET  withdraw-swap@swap        in        405       405       405       405       405       405       405       405       405
POST withdraw-swap@swap        in        404       302-      404       404       302       302-      302-      302-      404
POST withdraw-swap@agreed_swap in        404       302       404       404       302       302       302-      302-      404
GET  confirm-swap@agreed_swap  in        405       405       405       405       405       405       405       405       405
POST confirm-swap@agreed_swap  in        404       302-      404       404       302-      302-      302-      302       404
GET  refuse-swap@agreed_swap   in        405       405       405       405       405       405       405       405       405
POST refuse-swap@agreed_swap   in        404       302-      404       404       302-      302-      302-      302       404

GET  answer-outage@slides      in        405       405       405       405       405       405       405       405       405
POST answer-outage@slides      in        404       404       404       404       404       404       403       302-      404

GET  due-settings              in        404       403       404       403       403       403       200       200       404
POST due-settings              in        405       405       405       405       405       405       405       405       405

GET  edit-schedule             in        404       403       404       403       403       403       403       200       404
POST edit-schedule             in        405       405       405       405       405       405       405       405       405
GET  draft                     in        404       403       404       403       403       403       403       200       404
POST draft                     in        405       405       405       405       405       405       405       405       405
GET  publish-draft             in        405       405       405       405       405       405       405       405       405
POST publish-draft             in        404       403       404       403       403       403       403       302       404
GET  withdraw-from-draft@noted in        405       405       405       405       405       405       405       405       405
POST withdraw-from-draft@noted in        404       403       404       403       403       403       403       302       404

GET  roster                    in        404       403       404       403       403       403       200       200       404
POST roster                    in        405       405       405       405       405       405       405       405       405
GET  all-groups                in        404       403       404       403       403       403       200       200       404
POST all-groups                in        405       405       405       405       405       405       405       405       405

GET  course-feed               200       200       200       200       200       200       200       200       200       200
GET  course-feed@draft         404       404       404       404       404       404       404       404       404       404
POST course-feed               405       405       405       405       405       405       405       405       405       405
GET  person-feed@secret        200       200       200       200       200       200       200       200       200       200
GET  person-feed@no_secret     404       404       404       404       404       404       404       404       404       404
POST person-feed@secret        405       405       405       405       405       405       405       405       405       405
GET  calendar                  in        404       200       404       200       200       200       200       200       404
GET  calendar@draft            in        404       404       404       200       200       404       200       200       404
POST calendar                  in        405       405       405       405       405       405       405       405       405
GET  make-calendar-link        in        405       405       405       405       405       405       405       405       405
POST make-calendar-link        in        404       200       404       200       200       200       200       200       404
GET  revoke-calendar-link      in        405       405       405       405       405       405       405       405       405
POST revoke-calendar-link      in        404       302-      404       302-      302       302-      302-      302-      404

GET  import-roster             in        404       403       404       403       403       403       403       200       404
POST import-roster             in        404       403       404       403       403       403       403       422       404
GET  import-schedule           in        404       403       404       403       403       403       403       200       404
POST import-schedule           in        404       403       404       403       403       403       403       422       404
"""
    + PLAN_PAGES
    + CAME_IN_PAGES
)

# Staff of any course come into the admin and find there the records of their own courses only:
# another course's record leads back to the admin's start page (302-). Nothing is changed or deleted.
ADMIN = (
    """
                                                           visitor   outsider  elsewhere dropped   observer  owner     classmate ta        instructor superuser

GET  admin:index                                           in        200       200       in        in        in        in        200       200       200

GET  admin:course_course_changelist                        in        200       200       in        in        in        in        200       200       403
GET  admin:course_course_add                               in        403       403       in        in        in        in        403       403       403
POST admin:course_course_add                               in        403       403       in        in        in        in        403       403       403
GET  admin:course_course_change@course_record              in        302-      302-      in        in        in        in        200       200       403
POST admin:course_course_change@course_record              in        403       403       in        in        in        in        403       403       403
GET  admin:course_course_history@course_record             in        302-      302-      in        in        in        in        200       200       302-
GET  admin:course_course_delete@course_record              in        403       403       in        in        in        in        403       403       403
POST admin:course_course_delete@course_record              in        403       403       in        in        in        in        403       403       403

GET  admin:course_enrollment_changelist                    in        200       200       in        in        in        in        200       200       403
GET  admin:course_enrollment_add                           in        403       403       in        in        in        in        403       403       403
POST admin:course_enrollment_add                           in        403       403       in        in        in        in        403       403       403
GET  admin:course_enrollment_change@person_record          in        302-      302-      in        in        in        in        200       200       403
POST admin:course_enrollment_change@person_record          in        403       403       in        in        in        in        403       403       403
GET  admin:course_enrollment_history@person_record         in        302-      302-      in        in        in        in        200       200       302-
GET  admin:course_enrollment_delete@person_record          in        403       403       in        in        in        in        403       403       403
POST admin:course_enrollment_delete@person_record          in        403       403       in        in        in        in        403       403       403

GET  admin:groups_group_changelist                         in        200       200       in        in        in        in        200       200       403
GET  admin:groups_group_add                                in        403       403       in        in        in        in        403       403       403
POST admin:groups_group_add                                in        403       403       in        in        in        in        403       403       403
GET  admin:groups_group_change@group_record                in        302-      302-      in        in        in        in        200       200       403
POST admin:groups_group_change@group_record                in        403       403       in        in        in        in        403       403       403
GET  admin:groups_group_history@group_record               in        302-      302-      in        in        in        in        200       200       302-
GET  admin:groups_group_delete@group_record                in        403       403       in        in        in        in        403       403       403
POST admin:groups_group_delete@group_record                in        403       403       in        in        in        in        403       403       403

GET  admin:groups_interestsline_changelist                 in        200       200       in        in        in        in        200       200       403
GET  admin:groups_interestsline_add                        in        403       403       in        in        in        in        403       403       403
POST admin:groups_interestsline_add                        in        403       403       in        in        in        in        403       403       403
GET  admin:groups_interestsline_change@line_record         in        302-      302-      in        in        in        in        200       200       403
POST admin:groups_interestsline_change@line_record         in        403       403       in        in        in        in        403       403       403
GET  admin:groups_interestsline_history@line_record        in        302-      302-      in        in        in        in        200       200       302-
GET  admin:groups_interestsline_delete@line_record         in        403       403       in        in        in        in        403       403       403
POST admin:groups_interestsline_delete@line_record         in        403       403       in        in        in        in        403       403       403

GET  admin:schedule_lecture_changelist                     in        200       200       in        in        in        in        200       200       403
GET  admin:schedule_lecture_add                            in        403       403       in        in        in        in        403       403       403
POST admin:schedule_lecture_add                            in        403       403       in        in        in        in        403       403       403
GET  admin:schedule_lecture_change@lecture_record          in        302-      302-      in        in        in        in        200       200       403
POST admin:schedule_lecture_change@lecture_record          in        302-      302-      in        in        in        in        403       302       403
GET  admin:schedule_lecture_history@lecture_record         in        302-      302-      in        in        in        in        200       200       302-
GET  admin:schedule_lecture_delete@lecture_record          in        403       403       in        in        in        in        403       403       403
POST admin:schedule_lecture_delete@lecture_record          in        403       403       in        in        in        in        403       403       403

GET  admin:schedule_reading_changelist                     in        200       200       in        in        in        in        200       200       403
GET  admin:schedule_reading_add                            in        403       403       in        in        in        in        403       403       403
POST admin:schedule_reading_add                            in        403       403       in        in        in        in        403       403       403
GET  admin:schedule_reading_change@reading_record          in        302-      302-      in        in        in        in        200       200       403
POST admin:schedule_reading_change@reading_record          in        302-      302-      in        in        in        in        403       302       403
GET  admin:schedule_reading_history@reading_record         in        302-      302-      in        in        in        in        200       200       302-
GET  admin:schedule_reading_delete@reading_record          in        403       403       in        in        in        in        403       403       403
POST admin:schedule_reading_delete@reading_record          in        403       403       in        in        in        in        403       403       403

GET  admin:schedule_milestone_changelist                   in        200       200       in        in        in        in        200       200       403
GET  admin:schedule_milestone_add                          in        403       403       in        in        in        in        403       403       403
POST admin:schedule_milestone_add                          in        403       403       in        in        in        in        403       403       403
GET  admin:schedule_milestone_change@step_record           in        302-      302-      in        in        in        in        200       200       403
POST admin:schedule_milestone_change@step_record           in        403       403       in        in        in        in        403       403       403
GET  admin:schedule_milestone_history@step_record          in        302-      302-      in        in        in        in        200       200       302-
GET  admin:schedule_milestone_delete@step_record           in        403       403       in        in        in        in        403       403       403
POST admin:schedule_milestone_delete@step_record           in        403       403       in        in        in        in        403       403       403

GET  admin:schedule_otherpresenter_changelist              in        200       200       in        in        in        in        200       200       403
GET  admin:schedule_otherpresenter_add                     in        403       403       in        in        in        in        403       403       403
POST admin:schedule_otherpresenter_add                     in        403       403       in        in        in        in        403       403       403
GET  admin:schedule_otherpresenter_change@guest_record     in        302-      302-      in        in        in        in        200       200       403
POST admin:schedule_otherpresenter_change@guest_record     in        403       403       in        in        in        in        403       403       403
GET  admin:schedule_otherpresenter_history@guest_record    in        302-      302-      in        in        in        in        200       200       302-
GET  admin:schedule_otherpresenter_delete@guest_record     in        403       403       in        in        in        in        403       403       403
POST admin:schedule_otherpresenter_delete@guest_record     in        403       403       in        in        in        in        403       403       403

GET  admin:schedule_roleassignment_changelist              in        200       200       in        in        in        in        200       200       403
GET  admin:schedule_roleassignment_add                     in        403       403       in        in        in        in        403       403       403
POST admin:schedule_roleassignment_add                     in        403       403       in        in        in        in        403       403       403
GET  admin:schedule_roleassignment_change@role_record      in        302-      302-      in        in        in        in        200       200       403
POST admin:schedule_roleassignment_change@role_record      in        403       403       in        in        in        in        403       403       403
GET  admin:schedule_roleassignment_history@role_record     in        302-      302-      in        in        in        in        200       200       302-
GET  admin:schedule_roleassignment_delete@role_record      in        403       403       in        in        in        in        403       403       403
POST admin:schedule_roleassignment_delete@role_record      in        403       403       in        in        in        in        403       403       403

GET  admin:schedule_preference_changelist                  in        200       200       in        in        in        in        200       200       403
GET  admin:schedule_preference_add                         in        403       403       in        in        in        in        403       403       403
POST admin:schedule_preference_add                         in        403       403       in        in        in        in        403       403       403
GET  admin:schedule_preference_change@preference_record    in        302-      302-      in        in        in        in        200       200       403
POST admin:schedule_preference_change@preference_record    in        403       403       in        in        in        in        403       403       403
GET  admin:schedule_preference_history@preference_record   in        302-      302-      in        in        in        in        200       200       302-
GET  admin:schedule_preference_delete@preference_record    in        403       403       in        in        in        in        403       403       403
POST admin:schedule_preference_delete@preference_record    in        403       403       in        in        in        in        403       403       403

GET  admin:grading_grade_changelist                        in        200       200       in        in        in        in        200       200       403
GET  admin:grading_grade_add                               in        200       200       in        in        in        in        200       200       403
POST admin:grading_grade_add                               in        200-      200-      in        in        in        in        302       302       403
GET  admin:grading_grade_change@grade_record               in        302-      302-      in        in        in        in        200       200       403
POST admin:grading_grade_change@grade_record               in        403       403       in        in        in        in        403       403       403
GET  admin:grading_grade_history@grade_record              in        302-      302-      in        in        in        in        200       200       302-
GET  admin:grading_grade_delete@grade_record               in        403       403       in        in        in        in        403       403       403
POST admin:grading_grade_delete@grade_record               in        403       403       in        in        in        in        403       403       403
"""
    + WORK_ADMIN
)


@dataclass(frozen=True)
class Cell:
    """One question to the product: may this actor do this, and what does it answer?"""

    method: str
    route: str
    target: str
    actor: str
    says: str

    @override
    def __str__(self) -> str:
        about = f"@{self.target}" if self.target else ""
        return f"{self.method} {self.route}{about} by {self.actor}: {self.says}"

    @property
    def changes_nothing(self) -> bool:
        """Say whether the answer promises that no row was changed."""
        return self.says.endswith("-") or self.status >= 400 or self.says == "in"

    @property
    def status(self) -> int:
        """Return the status that is expected."""
        match self.says:
            case "in":
                return 302
            case "pdf":
                return 200 if can_make_pdf() else 409
            case _:
                return int(self.says.rstrip("-"))


def cells(table: str) -> list[Cell]:
    """Read a table."""
    head, *lines = [line.split() for line in table.splitlines() if line.strip()]
    found = []
    for method, page, *said in lines:
        route, _, target = page.partition("@")
        for who, says in zip(head, said, strict=True):
            found.append(Cell(method, route, target, who, says))
    return found


def unlisted(routes: Iterable[str], table: str) -> set[str]:
    """Return what stands not in the table: each route is asked for by GET and by POST."""
    listed = {f"{cell.method} {cell.route}" for cell in cells(table)}
    return {f"{method} {route}" for route in routes for method in ("GET", "POST")} - listed


def unknown(routes: Iterable[str], table: str) -> set[str]:
    """Return the routes of the table that the product does not have."""
    return {cell.route for cell in cells(table)} - set(routes)
