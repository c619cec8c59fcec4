"""What it is worth: weights that add up, awards by those who may, releases and absences."""

from typing import Final

from courseapp.term.invariants.invariant import Invariant

MARKS: Final = (
    Invariant(
        "course_weights_add_up",
        "The weights of a course's components add up to 100.",
        """SELECT 'course ' || course_id FROM grading_component
        GROUP BY course_id HAVING sum(weight) <> 100""",
    ),
    Invariant(
        "component_weights_add_up",
        "The weights of a component's parts add up to 100.",
        """SELECT 'component ' || component_id FROM grading_part
        GROUP BY component_id HAVING sum(weight) <> 100""",
    ),
    Invariant(
        "component_has_parts",
        "A component is made of parts.",
        """SELECT c.id::text FROM grading_component c
        WHERE NOT EXISTS (SELECT FROM grading_part p WHERE p.component_id = c.id)""",
    ),
    Invariant(
        "grade_fits_its_part",
        "A grade stands on a deliverable of the kind that its part grades, or on none where the part"
        " grades each student once.",
        """SELECT g.id::text FROM grading_grade g JOIN grading_part p ON p.id = g.part_id
        LEFT JOIN submissions_deliverable d ON d.id = g.deliverable_id
        WHERE COALESCE(d.kind, '') <> p.deliverable_kind
          OR p.deliverable_kind = '' AND g.enrollment_id IS NULL""",
    ),
    Invariant(
        "grade_one_owner",
        "A grade is of one student or of one group.",
        "SELECT id::text FROM grading_grade WHERE (enrollment_id IS NULL) = (group_id IS NULL)",
    ),
    Invariant(
        "grade_to_student",
        "Only students get grades.",
        """SELECT g.id::text FROM grading_grade g
        JOIN course_enrollment e ON e.id = g.enrollment_id WHERE e.role <> 'student'""",
    ),
    Invariant(
        "grade_not_negative",
        "Points are not negative.",
        "SELECT id::text FROM grading_grade WHERE points < 0",
    ),
    Invariant(
        "grade_by_staff",
        "Grades are awarded by staff.",
        """SELECT g.id::text FROM grading_grade g
        JOIN course_enrollment e ON e.id = g.awarded_by_id WHERE e.role NOT IN ('instructor', 'ta')""",
    ),
    Invariant(
        "grade_by_another",
        "Nobody grades themselves or a group of theirs.",
        """SELECT g.id::text FROM grading_grade g
        WHERE g.enrollment_id = g.awarded_by_id OR EXISTS (SELECT FROM groups_membership m
          WHERE m.group_id = g.group_id AND m.enrollment_id = g.awarded_by_id)""",
    ),
    Invariant(
        "adjustment_has_reason",
        "A grade to one student for a group's work has a reason.",
        """SELECT g.id::text FROM grading_grade g
        JOIN submissions_deliverable d ON d.id = g.deliverable_id
        WHERE g.enrollment_id IS NOT NULL AND d.kind <> 'question' AND btrim(g.reason) = ''""",
    ),
    Invariant(
        "release_by_staff",
        "Parts are released and taken back by staff.",
        """SELECT r.id::text FROM grading_release r
        JOIN course_enrollment e ON e.id IN (r.released_by_id, r.taken_back_by_id)
        WHERE e.role NOT IN ('instructor', 'ta')""",
    ),
    Invariant(
        "release_one_at_a_time",
        "A part is released once at a time; a release is taken back after it began, by somebody.",
        """SELECT r.id::text FROM grading_release r
        WHERE r.taken_back_at < r.released_at
          OR (r.taken_back_at IS NULL) <> (r.taken_back_by_id IS NULL)
          OR EXISTS (SELECT FROM grading_release o WHERE o.part_id = r.part_id AND o.id < r.id
            AND o.released_at < COALESCE(r.taken_back_at, 'infinity')
            AND r.released_at < COALESCE(o.taken_back_at, 'infinity'))""",
    ),
    Invariant(
        "exemption_by_staff",
        "Exemptions are granted by staff, to one owner, each with a reason.",
        """SELECT x.id::text FROM grading_exemption x
        JOIN course_enrollment e ON e.id = x.granted_by_id
        WHERE e.role NOT IN ('instructor', 'ta') OR x.reason = ''
          OR (x.enrollment_id IS NULL) = (x.group_id IS NULL)""",
    ),
    Invariant(
        "absence_once",
        "Nobody misses one lecture twice.",
        """SELECT max(id)::text FROM grading_absence WHERE struck_at IS NULL
        GROUP BY lecture_id, enrollment_id HAVING count(*) > 1""",
    ),
    Invariant(
        "absence_where_attendance_was_taken",
        "An absence is a student's, from a meeting in which attendance was taken, noted by another.",
        """SELECT a.id::text FROM grading_absence a
        JOIN course_enrollment e ON e.id = a.enrollment_id
        JOIN schedule_lecture l ON l.id = a.lecture_id
        WHERE e.role <> 'student' OR a.recorded_by_id = a.enrollment_id
          OR l.kind NOT IN ('lecture', 'midterm', 'final')
          OR NOT EXISTS (SELECT FROM grading_roll r WHERE r.lecture_id = a.lecture_id)""",
    ),
)
