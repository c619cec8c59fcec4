"""The floor's tables: a text to show, texts to take in, and students with their cells."""

from typing import ClassVar

from django.db import models
from typing_extensions import override


class Entry(models.Model):
    """A text."""

    text = models.TextField()

    objects: ClassVar[models.Manager["Entry"]] = models.Manager()

    class Meta:
        app_label = "floor"

    @override
    def __str__(self) -> str:
        return self.text


class Cell(models.Model):
    """One of the twelve cells of a student's row; `table` tells the sizes apart."""

    table = models.IntegerField()
    student = models.IntegerField()
    name = models.CharField(max_length=60)
    position = models.SmallIntegerField()
    points = models.DecimalField(max_digits=7, decimal_places=2)

    class Meta:
        app_label = "floor"
        indexes = [models.Index(fields=["table", "student"], name="cell_by_table")]

    @override
    def __str__(self) -> str:
        return f"{self.name}: {self.points}"
