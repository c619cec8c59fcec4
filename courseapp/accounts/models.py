"""The person who signs in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from typing_extensions import override


class UserManager(BaseUserManager["User"]):
    """Makes people; addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, *, name: str = "") -> "User":
        """Create a person; without a password they sign in by mail code."""
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, name: str = "") -> "User":
        """Create the person who runs the server; this gives no rights inside a course."""
        user = self.create_user(email, password, name=name)
        user.is_superuser = True
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by a proved address; what they are in a course is an Enrollment."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_sample = models.BooleanField(
        default=False,
        help_text="An invented account of the sample course: it signs in from this machine only.",
    )
    joined_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_address_is_lower_case"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Say whether Django's admin may open at all; the admin site asks the course for the rest."""
        return self.is_active and self.is_superuser

    def get_short_name(self) -> str:
        """Return the name that libraries show."""
        return str(self)
