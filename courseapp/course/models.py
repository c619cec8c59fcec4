"""A course and the people in it."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from typing_extensions import override

from courseapp.accounts.models import User
from courseapp.kernel.history import append_only


class CourseState(models.TextChoices):
    """Only a published course mails, reminds or turns what is missing into zero (domain.md §1)."""

    DRAFT = "draft", "draft"
    PUBLISHED = "published", "published"
    FINISHED = "finished", "finished"


class Accent(models.TextChoices):
    """The one colour of a course."""

    PETROL = "petrol", "petrol"
    PLUM = "plum", "plum"
    MOSS = "moss", "moss"
    OCHRE = "ochre", "ochre"
    VIOLET = "violet", "violet"


class QuestionsOwedBy(models.TextChoices):
    """Whether those who hold a role for a lecture owe questions too (domain.md §4)."""

    AUDIENCE = "audience", "the audience"
    EVERYONE = "everyone", "everyone"


class ExtensionPolicy(models.TextChoices):
    """Whether a course gives more time (domain.md §5)."""

    NONE = "none", "not given; an instructor overrides that with a reason"
    BY_INSTRUCTOR = "by_instructor", "by an instructor, or a TA whom an instructor let"


class SlidesReaders(models.TextChoices):
    """Who reads the final slides that are published on the schedule (domain.md §5)."""

    PUBLIC = "public", "anyone"
    CLASS = "class", "the people of the course"


# The template's sections of a summary (domain.md §4).
SUMMARY_SECTIONS = (
    "The problem and why it matters",
    "The hypothesis",
    "The proposed solution and its key insight",
    "Drawbacks and how to improve",
    "The gist of the class discussion",
)


def summary_sections() -> list[str]:
    """Return the sections of a new course's summaries."""
    return list(SUMMARY_SECTIONS)


class Role(models.TextChoices):
    """What a person is in a course."""

    INSTRUCTOR = "instructor", "instructor"
    TA = "ta", "TA"
    STUDENT = "student", "student"
    OBSERVER = "observer", "observer"


class EnrollmentState(models.TextChoices):
    ACTIVE = "active", "active"
    DROPPED = "dropped", "dropped"


# Letters as registrars print them: R is Thursday, U is Sunday.
DAY_WORDS = dict(zip("MTWRFSU", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
STAFF_ROLES = (Role.INSTRUCTOR, Role.TA)


@pghistory.track()
class Course(models.Model):
    """One offering in one term; everything else belongs to exactly one course.

    `begins_at` is the instant from which imported memberships and roles hold. `meeting_days` are
    letters as printed ("WF"). Texts are Markdown. `group_size_min`, `group_size_max` and `role_names`
    say what holds today: where a rule change names another, it is written here on its day.

    `printed`, here and in other apps: how the imported file wrote what we write otherwise, so that
    the export gives it back (docs/adr/0004-export-equals-import.md).
    """

    slug = models.SlugField(max_length=60, unique=True)
    code = models.CharField(max_length=60)
    section = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200)
    term = models.CharField(max_length=60)
    institution = models.CharField(max_length=200, blank=True)
    timezone = models.CharField(max_length=64)
    meeting_days = models.CharField(max_length=20, blank=True)
    meets_from = models.TimeField(null=True, blank=True)
    meets_until = models.TimeField(null=True, blank=True)
    room = models.CharField(max_length=200, blank=True)
    begins_at = models.DateTimeField()
    printed = models.JSONField(default=dict, blank=True, editable=False)
    printed_columns = models.JSONField(default=dict, blank=True, editable=False)

    state = models.CharField(max_length=10, choices=CourseState, default=CourseState.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    reckons_past_dues = models.BooleanField(
        default=False,
        help_text="Let what was due before the course was published count as missing.",
    )
    accent = models.CharField(max_length=10, choices=Accent, default=Accent.PETROL)
    group_size_min = models.PositiveSmallIntegerField(default=4)
    group_size_max = models.PositiveSmallIntegerField(default=5)
    groups_form_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then students form groups by themselves."
    )
    questions_owed_by = models.CharField(
        max_length=10, choices=QuestionsOwedBy, default=QuestionsOwedBy.AUDIENCE
    )
    allows_pledge = models.BooleanField(
        default=False,
        help_text="Let a file's hash and size, sent in time, stand for bytes that follow within 30 minutes.",
    )
    final_slides_for = models.CharField(
        max_length=10, choices=SlidesReaders, default=SlidesReaders.PUBLIC
    )
    summary_sections = ArrayField(
        models.CharField(max_length=120), default=summary_sections, blank=True
    )
    extensions = models.CharField(
        max_length=15, choices=ExtensionPolicy, default=ExtensionPolicy.NONE
    )
    swaps_need_staff = models.BooleanField(
        default=True, help_text="Let staff confirm a swap of duties on which two groups agree."
    )
    role_names = models.JSONField(default=dict, blank=True, editable=False)

    description = models.TextField(blank=True)
    outcomes = models.TextField(blank=True)
    prerequisites = models.TextField(blank=True)
    policies = models.TextField(blank=True)
    project_ideas = models.TextField(blank=True)
    resources = models.TextField(blank=True)
    forum_url = models.URLField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=CourseState.values), name="course_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(extensions__in=ExtensionPolicy.values),
                name="course_extensions_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state=CourseState.DRAFT) | models.Q(published_at__isnull=False),
                name="course_published_has_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(group_size_min__gte=1)
                & models.Q(group_size_min__lte=models.F("group_size_max")),
                name="course_group_sizes_ordered",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.code}, {self.term}"

    @property
    def mails(self) -> bool:
        """Say whether the course mails: only a published one does (domain.md §1)."""
        return self.state == CourseState.PUBLISHED

    @property
    def meeting_days_in_words(self) -> str:
        """Return the meeting days as pages print them: "Wed and Fri"."""
        words = [DAY_WORDS.get(letter, letter) for letter in self.meeting_days]
        return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


class RuleName(models.TextChoices):
    """A rule that can change in mid-term; alphabetical."""

    AUTHORS_NAME = "authors_name", "what the authors' role is called"
    DUTY_DISTANCE_DAYS = "duty_distance_days", "days between two duties of a group"
    FINAL_SLIDES_HOURS = (
        "final_slides_hours",
        "hours after a lecture until the final slides are due",
    )
    GROUP_SIZE_MAX = "group_size_max", "members of a group, at most"
    GROUP_SIZE_MIN = "group_size_min", "members of a group, at least"
    PRESENTER_NAME = "presenter_name", "what the presenters' role is called"
    REVIEWERS_NAME = "reviewers_name", "what the reviewers' role is called"
    SLIDES_HOURS = "slides_hours", "hours before a lecture at which the slides are due"
    SUMMARY_HOURS = "summary_hours", "hours after a lecture until the summaries are due"


@append_only(updatable=("withdrawn_at",))
@pghistory.track()
class RuleChange(models.Model):
    """A rule of the course from a day on; before the first change the default of domain.md holds.

    Of the changes that hold on a day, the latest made is the rule. `value` is a whole number, or a
    name for a role (empty: the usual one); `replaced` is what held before, on the same day.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="rule_changes")
    name = models.CharField(max_length=30, choices=RuleName)
    value = models.JSONField()
    replaced = models.JSONField(null=True, blank=True)
    holds_from = models.DateField()
    reason = models.CharField(max_length=500, blank=True)
    set_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__in=RuleName.values), name="rule_change_name_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.name} = {self.value} from {self.holds_from}"


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    """Vocabulary of enrollments."""

    def active(self) -> "EnrollmentQuerySet":
        """Return those not dropped."""
        return self.filter(state=EnrollmentState.ACTIVE)

    def students(self) -> "EnrollmentQuerySet":
        """Return the students."""
        return self.filter(role=Role.STUDENT)

    def staff(self) -> "EnrollmentQuerySet":
        """Return instructors and TAs."""
        return self.filter(role__in=STAFF_ROLES)


@pghistory.track()
class Enrollment(models.Model):
    """A person in a course with one role; unclaimed until someone proves the address.

    `email` is empty where no file has told it yet: nobody can claim such an enrollment, and it gets no
    mail. `student_id` is the id of the roster. `extra_permissions` are those that an instructor gave a
    TA singly.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrollments")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="enrollments"
    )
    role = models.CharField(max_length=10, choices=Role)
    state = models.CharField(max_length=10, choices=EnrollmentState, default=EnrollmentState.ACTIVE)
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=200)
    student_id = models.CharField(max_length=60, blank=True)
    section = models.CharField(max_length=40, blank=True)
    login = models.CharField(max_length=60, blank=True)
    office_hours = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    printed = models.JSONField(default=dict, blank=True, editable=False)
    extra_permissions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    enrolled_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "email"],
                condition=~models.Q(email=""),
                name="enrollment_unique_address",
            ),
            models.UniqueConstraint(fields=["course", "user"], name="enrollment_unique_person"),
            models.UniqueConstraint(
                fields=["course", "student_id"],
                condition=~models.Q(student_id=""),
                name="enrollment_unique_student_id",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="enrollment_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=EnrollmentState.ACTIVE, dropped_at__isnull=True)
                | models.Q(state=EnrollmentState.DROPPED, dropped_at__isnull=False),
                name="enrollment_dropped_has_instant",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name
