"""What the sample course says about itself."""

from typing import Final

TEXTS: Final = {
    "description": (
        "How are large models trained, served and put to work, and what does it take from the "
        "systems below them? A seminar that reads seventy-two papers, argues about them in class, "
        "and builds one research project in a group."
    ),
    "outcomes": (
        "- Read a systems paper for its hypothesis, not for its figures\n"
        "- Defend and attack a design in public, on its evidence\n"
        "- Plan, carry out and write up a small piece of research"
    ),
    "prerequisites": (
        "A course in operating systems, networks or databases. No background in machine learning "
        "is asked for; the first three lectures give what is needed."
    ),
    "policies": (
        "**Late work** gets no credit; the last version received on time is the one that counts.\n\n"
        "**Integrity.** What you hand in is yours. Say where an idea comes from.\n\n"
        "**AI tools** may be used for language, and for code that you can explain line by line. "
        "Name them where you did."
    ),
    "project_ideas": (
        "- Measure a claim of one of our papers in an environment that it did not look at\n"
        "- Prefix caches across tenants: what leaks, and what isolation costs\n"
        "- Energy per answer: where does it go, and who could save it?"
    ),
    "resources": "The library keeps one printed copy of the older papers at the desk.",
}
