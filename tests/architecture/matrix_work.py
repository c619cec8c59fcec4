"""What comes in, in the admin; the columns are those of `matrix.ADMIN`."""

WORK_ADMIN = """
GET  admin:submissions_deliverable_changelist              in        200       200       in        in        in        in        200       200       403
GET  admin:submissions_deliverable_add                     in        403       403       in        in        in        in        403       403       403
POST admin:submissions_deliverable_add                     in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_deliverable_change@duty_record      in        302-      302-      in        in        in        in        200       200       403
POST admin:submissions_deliverable_change@duty_record      in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_deliverable_history@duty_record     in        302-      302-      in        in        in        in        200       200       302-
GET  admin:submissions_deliverable_delete@duty_record      in        403       403       in        in        in        in        403       403       403
POST admin:submissions_deliverable_delete@duty_record      in        403       403       in        in        in        in        403       403       403

GET  admin:submissions_submissionversion_changelist        in        200       200       in        in        in        in        200       200       403
GET  admin:submissions_submissionversion_add               in        403       403       in        in        in        in        403       403       403
POST admin:submissions_submissionversion_add               in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_submissionversion_change@version_record in        302-      302-      in        in        in        in        200       200       403
POST admin:submissions_submissionversion_change@version_record in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_submissionversion_history@version_record in        302-      302-      in        in        in        in        200       200       302-
GET  admin:submissions_submissionversion_delete@version_record in        403       403       in        in        in        in        403       403       403
POST admin:submissions_submissionversion_delete@version_record in        403       403       in        in        in        in        403       403       403

GET  admin:submissions_submission_changelist               in        200       200       in        in        in        in        200       200       403
GET  admin:submissions_submission_add                      in        200       200       in        in        in        in        200       200       403
POST admin:submissions_submission_add                      in        200-      200-      in        in        in        in        302       302       403
GET  admin:submissions_submission_change@submission_record in        302-      302-      in        in        in        in        200       200       403
POST admin:submissions_submission_change@submission_record in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_submission_history@submission_record in        302-      302-      in        in        in        in        200       200       302-
GET  admin:submissions_submission_delete@submission_record in        403       403       in        in        in        in        403       403       403
POST admin:submissions_submission_delete@submission_record in        403       403       in        in        in        in        403       403       403

GET  admin:submissions_textdraft_changelist                in        200       200       in        in        in        in        200       200       403
GET  admin:submissions_textdraft_add                       in        403       403       in        in        in        in        403       403       403
POST admin:submissions_textdraft_add                       in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_textdraft_change@draft_record       in        302-      302-      in        in        in        in        200       200       403
POST admin:submissions_textdraft_change@draft_record       in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_textdraft_history@draft_record      in        302-      302-      in        in        in        in        200       200       302-
GET  admin:submissions_textdraft_delete@draft_record       in        403       403       in        in        in        in        403       403       403
POST admin:submissions_textdraft_delete@draft_record       in        403       403       in        in        in        in        403       403       403

GET  admin:submissions_upload_changelist                   in        200       200       in        in        in        in        200       200       403
GET  admin:submissions_upload_add                          in        403       403       in        in        in        in        403       403       403
POST admin:submissions_upload_add                          in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_upload_change@upload_record         in        302-      302-      in        in        in        in        200       200       403
POST admin:submissions_upload_change@upload_record         in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_upload_history@upload_record        in        302-      302-      in        in        in        in        200       200       302-
GET  admin:submissions_upload_delete@upload_record         in        403       403       in        in        in        in        403       403       403
POST admin:submissions_upload_delete@upload_record         in        403       403       in        in        in        in        403       403       403

GET  admin:submissions_versioncheck_changelist             in        200       200       in        in        in        in        200       200       403
GET  admin:submissions_versioncheck_add                    in        403       403       in        in        in        in        403       403       403
POST admin:submissions_versioncheck_add                    in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_versioncheck_change@check_record    in        302-      302-      in        in        in        in        200       200       403
POST admin:submissions_versioncheck_change@check_record    in        403       403       in        in        in        in        403       403       403
GET  admin:submissions_versioncheck_history@check_record   in        302-      302-      in        in        in        in        200       200       302-
GET  admin:submissions_versioncheck_delete@check_record    in        403       403       in        in        in        in        403       403       403
POST admin:submissions_versioncheck_delete@check_record    in        403       403       in        in        in        in        403       403       403
"""
