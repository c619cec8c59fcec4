"""The pages of what came in, archives and final slides; the columns are those of `matrix.PAGES`."""

CAME_IN_PAGES = """
GET  came-in                  in        404       403       404       403       403       403       200       200       404
POST came-in                  in        405       405       405       405       405       405       405       405       405
GET  came-in-for@question     in        404       403       404       403       403       403       200       200       404
POST came-in-for@question     in        405       405       405       405       405       405       405       405       405
GET  came-in-live@question    in        404       403       404       403       403       403       200       200       404
POST came-in-live@question    in        405       405       405       405       405       405       405       405       405
GET  came-in-table@question   in        404       403       404       403       403       403       200       200       404
POST came-in-table@question   in        405       405       405       405       405       405       405       405       405
GET  remind@question          in        405       405       405       405       405       405       405       405       405
POST remind@question          in        404       403       404       403       403       403       302       302       404
GET  ask-archive              in        405       405       405       405       405       405       405       405       405
POST ask-archive              in        404       403       404       403       403       403       302       302       404
GET  archive@packed           in        404       404       404       404       404       404       200       200       404
POST archive@packed           in        405       405       405       405       405       405       405       405       405
GET  archive-progress@packed  in        404       404       404       404       404       404       200       200       404
POST archive-progress@packed  in        405       405       405       405       405       405       405       405       405
GET  archive-file@packed      in        404       404       404       404       404       404       200       200       404
POST archive-file@packed      in        405       405       405       405       405       405       405       405       405
GET  stop-archive@packing     in        405       405       405       405       405       405       405       405       405
POST stop-archive@packing     in        404       404       404       404       404       404       302       302       404
GET  final-slides@final       200       200       200       200       200       200       200       200       200       200
POST final-slides@final       405       405       405       405       405       405       405       405       405       405
GET  keep-slides-off@final    in        405       405       405       405       405       405       405       405       405
POST keep-slides-off@final    in        404       404       404       404       404       404       302       302       404
GET  put-slides-back@kept_off in        405       405       405       405       405       405       405       405       405
POST put-slides-back@kept_off in        404       404       404       404       404       404       302       302       404
"""
