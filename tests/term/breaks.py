"""For each invariant of the data, the change that breaks it: tables to lay bare, and the statement."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Break:
    """What breaks one invariant; `tables` lose their constraints and triggers first."""

    code: str
    statement: str
    tables: tuple[str, ...] = ()


def change(code: str, table: str, assignment: str, where: str = "true") -> Break:
    """Change the first row of a table that fits."""
    first = f"(SELECT min(id) FROM {table} WHERE {where})"
    return Break(code, f"UPDATE {table} SET {assignment} WHERE id = {first}", (table,))


def remove(code: str, table: str, *below: str) -> Break:
    """Remove the rows of a table, and first those that point to them."""
    statements = [f"DELETE FROM {name}" for name in (*below, table)]
    return Break(code, "; ".join(statements), (table, *below))


def repeat(code: str, table: str, but: str = "") -> Break:
    """Add the first row of a table once more; `but` gives some columns a value of their own."""
    statement = f"""DO $$ DECLARE found {table}; BEGIN
      SELECT * INTO found FROM {table} ORDER BY id LIMIT 1;
      SELECT max(id) + 1 INTO found.id FROM {table};
      {but}
      INSERT INTO {table} SELECT found.*; END $$"""
    return Break(code, statement, (table,))


VERSION = "submissions_submissionversion"
A_TA = "(SELECT min(id) FROM course_enrollment WHERE role = 'ta')"
A_STUDENT = "(SELECT min(id) FROM course_enrollment WHERE role = 'student')"
IS_FILE = "medium = 'file'"
IS_TEXT = "medium = 'text'"
OF_A_GROUP = "submission_id IN (SELECT id FROM submissions_submission WHERE group_id IS NOT NULL)"

BREAKS = (
    # people
    change("enrollment_address_in_lower_case", "course_enrollment", "email = upper(email)"),
    change(
        "enrollment_claimed_by_proved_address",
        "course_enrollment",
        "claimed_at = enrolled_at, email = 'else@example.edu'",
    ),
    change("enrollment_dropped_has_instant", "course_enrollment", "state = 'dropped'"),
    change("published_course_has_instant", "course_course", "published_at = NULL"),
    change("membership_of_student", "course_enrollment", "role = 'observer'", "role = 'student'"),
    repeat("membership_one_group_at_a_time", "groups_membership", "found.seat := 9;"),
    repeat(
        "membership_one_person_a_seat",
        "groups_membership",
        f"found.enrollment_id := {A_TA};",
    ),
    change("membership_ends_with_group", "groups_group", "dissolved_at = formed_at"),
    change("group_size_waived", "course_course", "group_size_min = 1, group_size_max = 1"),
    # forming groups
    change("approach_of_student", "groups_invitation", f"enrollment_id = {A_TA}"),
    change("approach_by_a_member", "groups_joinlink", f"made_by_id = {A_TA}"),
    change("approach_accepted_came_in", "groups_joinrequest", "outcome = 'accepted'"),
    # meetings
    repeat("lecture_position_unique", "schedule_lecture"),
    change("reading_positions_contiguous", "schedule_reading", "position = 2"),
    repeat("role_assigned_once", "schedule_roleassignment"),
    change(
        "role_withdrawn_after_assigned",
        "schedule_roleassignment",
        "withdrawn_at = assigned_at - interval '1 second'",
    ),
    change("swap_between_two_groups", "term_roleswap", "wanted_id = offered_id"),
    change(
        "swap_ends_after_it_was_offered",
        "term_roleswap",
        "offered_at = offered_at + interval '1 year'",
        "accepted_at IS NOT NULL",
    ),
    change("ranking_contiguous", "schedule_preference", "rank = 2"),
    change(
        "preference_withdrawn_after_ranked",
        "schedule_preference",
        "withdrawn_at = ranked_at - interval '1 second'",
    ),
    change(
        "presenter_is_what_is_said",
        "schedule_otherpresenter",
        f"enrollment_id = {A_TA}",
        "kind = 'student'",
    ),
    change("deliverable_has_its_place", "submissions_deliverable", "kind = 'report'"),
    change("deliverable_asked_for", "schedule_lecture", "kind = 'other'"),
    change("deliverable_stands", "submissions_deliverable", "withdrawn_at = now()"),
    change(
        "deliverable_due_by_the_formula",
        "schedule_lecture",
        "starts_at = starts_at - interval '1 second'",
    ),
    change(
        "placement_asked_by_its_slot",
        "schedule_slotplacement",
        "asked_due_at = asked_due_at + interval '1 minute'",
    ),
    # hand-ins
    Break(
        "submission_has_version",
        """INSERT INTO submissions_submission (deliverable_id, enrollment_id)
        SELECT max(d.id), max(e.id) FROM submissions_deliverable d, course_enrollment e""",
    ),
    change(
        "draft_of_what_is_written",
        "submissions_textdraft",
        f"submission_id = (SELECT submission_id FROM {VERSION} WHERE {IS_FILE} LIMIT 1)",
    ),
    change(
        "draft_settled_after_it_came",
        "submissions_textdraft",
        "settled_at = received_at - interval '1 second'",
    ),
    change(
        "check_of_a_file",
        "submissions_versioncheck",
        f"version_id = (SELECT min(id) FROM {VERSION} WHERE NOT {IS_FILE})",
    ),
    change("check_made_by_a_worker", "submissions_versioncheck", "state = 'running'"),
    change(
        "submission_one_owner",
        "submissions_submission",
        f"enrollment_id = {A_STUDENT}",
        "group_id IS NOT NULL",
    ),
    change(
        "submission_owner_fits_kind",
        "submissions_submission",
        "deliverable_id = (SELECT min(id) FROM submissions_deliverable WHERE kind = 'slides')",
        "enrollment_id IS NOT NULL",
    ),
    change("terms_known", "submissions_kindsettings", "late_policy = 'never'"),
    change("terms_pages_in_order", "submissions_kindsettings", "pages_min = 9, pages_max = 8"),
    change("terms_of_questions", "submissions_kindsettings", "kind = 'question'"),
    repeat("outages_apart", "submissions_outage"),
    change("outage_answered_by_staff", "submissions_outageanswer", f"answered_by_id = {A_STUDENT}"),
    change(
        "outage_answer_gives_there",
        "submissions_outageanswer",
        "deliverable_id = (SELECT min(id) FROM submissions_deliverable WHERE kind = 'proposal')",
        "extension_id IS NOT NULL",
    ),
    change("version_by_staff_for_others", VERSION, "door = 'admin'", IS_FILE),
    change(
        "upload_is_its_version",
        "submissions_upload",
        "length = length + 1",
        "version_id IS NOT NULL",
    ),
    change(
        "upload_refused_says_why", "submissions_upload", "outcome = 'refused', version_id = NULL"
    ),
    change("archive_for_staff", "submissions_archive", f"asked_by_id = {A_STUDENT}"),
    change(
        "archive_ended_has_instant", "submissions_archive", "finished_at = NULL", "state = 'done'"
    ),
    change("slides_kept_off_by_staff", "submissions_slideshold", f"held_by_id = {A_STUDENT}"),
    change("version_numbers_without_gap", VERSION, "number = 2"),
    repeat(
        "version_numbers_in_order",
        VERSION,
        "found.number := 2; found.received_at := found.received_at - interval '1 day';",
    ),
    repeat("version_once", VERSION, "found.number := 2; found.file_key := 'other';"),
    repeat(
        "version_key_once",
        VERSION,
        f"UPDATE {VERSION} SET idempotency_key = 'k' WHERE id = (SELECT min(id) FROM {VERSION});"
        " found.idempotency_key := 'k'; found.number := 2;",
    ),
    repeat("version_receipt_once", VERSION, "found.number := 2;"),
    change("version_text_or_file", VERSION, "text = 'both'", IS_FILE),
    change("version_text_has_its_hash", VERSION, "text = text || '!'", IS_TEXT),
    change("version_hash_is_one", VERSION, "sha256 = upper(sha256)"),
    repeat("version_file_kept_once", VERSION, "found.number := 2;"),
    change("version_not_from_the_future", VERSION, "received_at = now() + interval '1 day'"),
    change("version_members_belonged", "groups_membership", "starts_at = now(), ends_at = NULL"),
    remove("version_members_complete", "submissions_versionmember"),
    change("version_by_a_member", VERSION, f"handed_in_by_id = {A_TA}"),
    change("extension_by_staff", "submissions_extension", f"granted_by_id = {A_STUDENT}"),
    change(
        "decision_on_proposal",
        "submissions_proposaldecision",
        f"version_id = (SELECT min(id) FROM {VERSION} WHERE {IS_TEXT})",
    ),
    change("decision_by_another", "submissions_proposaldecision", f"decided_by_id = {A_STUDENT}"),
    change("decision_gives_its_round", "submissions_proposaldecision", "next_due_at = now()"),
    change("agreement_by_a_member", "submissions_proposalagreement", f"enrollment_id = {A_TA}"),
    # letters
    change("mail_sent_has_instant", "kernel_outboxmail", "state = 'sent'"),
    change("mail_claimed_before_sent", "kernel_outboxmail", "state = 'sending'"),
    change(
        "mail_secret_erased",
        "kernel_outboxmail",
        "state = 'sent', sent_at = now(), is_secret = true",
    ),
    repeat("mail_once", "kernel_outboxmail"),
    change(
        "mail_not_too_late",
        "kernel_outboxmail",
        "state = 'sending', claimed_at = now(), not_after = now()",
    ),
    change("mail_of_a_course", "kernel_outboxmail", "course_id = 0"),
    change(
        "receipt_mailed", "kernel_outboxmail", "dedupe_key = 'x'", "dedupe_key LIKE 'receipt/%'"
    ),
    repeat("reminder_once", "submissions_reminder"),
    change("reminder_before_due", "submissions_reminder", "reminded_at = due_at"),
    change("reminder_has_its_mail", "submissions_reminder", "mail_id = 0"),
    # marks
    change("course_weights_add_up", "grading_component", "weight = weight + 1"),
    change("component_weights_add_up", "grading_part", "weight = weight - 1", "weight > 1"),
    Break(
        "component_has_parts",
        """INSERT INTO grading_component (course_id, name, weight, position, printed)
        SELECT course_id, 'Empty', 0, 99, '{}' FROM grading_component LIMIT 1""",
    ),
    change("grade_fits_its_part", "grading_grade", "deliverable_id = NULL"),
    change("grade_one_owner", "grading_grade", f"enrollment_id = {A_STUDENT}", "group_id > 0"),
    change("grade_to_student", "grading_grade", f"enrollment_id = {A_TA}", "enrollment_id > 0"),
    change("grade_not_negative", "grading_grade", "points = -1"),
    change("grade_by_staff", "grading_grade", f"awarded_by_id = {A_STUDENT}"),
    change(
        "grade_by_another", "grading_grade", "awarded_by_id = enrollment_id", "enrollment_id > 0"
    ),
    change(
        "adjustment_has_reason",
        "grading_grade",
        f"enrollment_id = {A_STUDENT}, group_id = NULL",
        "group_id > 0",
    ),
    change("release_by_staff", "grading_release", f"released_by_id = {A_STUDENT}"),
    repeat("release_one_at_a_time", "grading_release"),
    change("exemption_by_staff", "grading_exemption", f"granted_by_id = {A_STUDENT}"),
    repeat("absence_once", "grading_absence"),
    remove("absence_where_attendance_was_taken", "grading_roll"),
    # records
    remove("record_begun", "groups_groupevent"),
    change("record_is_current", "groups_group", "name = 'Renamed'"),
    Break("trigger_works", "ALTER TABLE grading_grade DISABLE TRIGGER USER"),
    Break("application_cannot_change_history", "GRANT DELETE ON grading_grade TO courseapp_app"),
)
