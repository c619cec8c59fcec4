"""Whether somebody has asked nearly the same already; never who, and never in which words."""

from typing import Final

from django.db import connection

from submissions.deadlines import Kind
from submissions.rules import counted_length
from submissions.selectors.places import Place

# Shared three-letter pieces, 0 to 1 (pg_trgm). Of real questions on one paper, those that ask the same in
# nearly the same words have 0.7 to 0.9, those on the same topic 0.25 to 0.41.
ALIKE: Final = 0.5
# Short texts are alike by chance.
LEAST_LENGTH: Final = 40
# Texts compared at most, some 0.2 ms each: the answer must not grow with the class beyond that. An index of
# trigrams would have to be kept at every keystroke of everybody, and reads the texts of all lectures.
COMPARED: Final = 400

_ALIKE = """
SELECT EXISTS (
  SELECT FROM (
    SELECT t.text FROM submissions_submission s
    JOIN submissions_textdraft t ON t.submission_id = s.id
    WHERE s.deliverable_id = %(deliverable)s AND s.enrollment_id <> %(asker)s
      AND char_length(t.text) BETWEEN %(least)s AND %(most)s
    LIMIT %(compared)s) others
  WHERE similarity(others.text, %(text)s) >= %(alike)s)
"""


def is_asked_already(place: Place, text: str) -> bool:
    """Say whether another student's question on the same reading is very similar; one query."""
    if place.kind is not Kind.QUESTION or counted_length(text, kind="question") < LEAST_LENGTH:
        return False
    # Of very different lengths, two texts cannot share half of their pieces.
    parameters = {
        "deliverable": place.deliverable.pk,
        "asker": place.enrollment_id,
        "text": text,
        "least": int(len(text) * ALIKE * 0.8),
        "most": int(len(text) / ALIKE * 1.25),
        "alike": ALIKE,
        "compared": COMPARED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, parameters)
        row: tuple[bool] = cursor.fetchone()
    return row[0]
