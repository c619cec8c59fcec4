"""The pages of the plan, rankings and slots; the columns are those of `matrix.PAGES`."""

PLAN_PAGES = """
GET  plan                      in        404       404       404       404       404       404       200       200       404
POST plan                      in        405       405       405       405       405       405       405       405       405
GET  plan-draft@plan_draft     in        404       404       404       404       404       404       200       200       404
POST plan-draft@plan_draft     in        405       405       405       405       405       405       405       405       405
GET  plan-compare@plan_drafts  in        404       404       404       404       404       404       200       200       404
POST plan-compare@plan_drafts  in        405       405       405       405       405       405       405       405       405
GET  plan-cell@plan_cell       in        404       404       404       404       404       404       403       200       404
POST plan-cell@plan_cell       in        404       404       404       404       404       404       403       302       404
GET  plan-settle@plan_cell     in        405       405       405       405       405       405       405       405       405
POST plan-settle@plan_cell     in        404       404       404       404       404       404       403       302       404
GET  plan-lift                 in        405       405       405       405       405       405       405       405       405
POST plan-lift                 in        404       404       404       404       404       404       403       302       404
GET  plan-exchange@plan_draft  in        405       405       405       405       405       405       405       405       405
POST plan-exchange@plan_draft  in        404       404       404       404       404       404       403       302-      404
GET  plan-resume@plan_draft    in        405       405       405       405       405       405       405       405       405
POST plan-resume@plan_draft    in        404       404       404       404       404       404       403       302       404
GET  plan-solve                in        405       405       405       405       405       405       405       405       405
POST plan-solve                in        404       404       404       404       404       404       403       302-      404
GET  plan-search@search        in        404       404       404       404       404       404       200       200       404
POST plan-search@search        in        405       405       405       405       405       405       405       405       405
GET  plan-progress@search      in        404       404       404       404       404       404       200       200       404
POST plan-progress@search      in        405       405       405       405       405       405       405       405       405
GET  plan-stop@search          in        405       405       405       405       405       405       405       405       405
POST plan-stop@search          in        404       404       404       404       404       404       403       302       404
GET  publish-plan@plan_draft   in        404       404       404       404       404       404       403       200       404
POST publish-plan@plan_draft   in        404       404       404       404       404       404       403       302       404
GET  ranking                   in        404       200       404       404       200       200       404       404       404
POST ranking                   in        404       302       404       404       302-      302       404       404       404
GET  group-ranking@undecided   in        404       404       404       404       404       404       200       200       404
POST group-ranking@undecided   in        404       404       404       404       404       404       403       302       404
GET  slots@talks               in        404       404       404       404       404       404       200       200       404
POST slots@talks               in        405       405       405       405       405       405       405       405       405
GET  open-slots@talks          in        405       405       405       405       405       405       405       405       405
POST open-slots@talks          in        404       404       404       404       404       404       403       302-      404
GET  place-slots@talks         in        405       405       405       405       405       405       405       405       405
POST place-slots@talks         in        404       404       404       404       404       404       403       302-      404
GET  arrange-slots@talks       in        405       405       405       405       405       405       405       405       405
POST arrange-slots@talks       in        404       404       404       404       404       404       403       302       404
GET  publish-slots@talks       in        404       404       404       404       404       404       403       200       404
POST publish-slots@talks       in        404       404       404       404       404       404       403       302-      404
GET  slot-ranking@talks        in        404       200       404       404       200       200       404       404       404
POST slot-ranking@talks        in        404       302-      404       404       302-      302-      404       404       404
GET  group-slot-ranking@talk_of in        404       404       404       404       404       404       200       200       404
POST group-slot-ranking@talk_of in        404       404       404       404       404       404       403       302-      404
"""
