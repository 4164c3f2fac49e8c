"""What `seed_guides` has made, so that it makes nothing twice."""

from django.db import models


class SeedRecord(models.Model):
    """One row per seeded thing. It outlives the thing: what staff delete stays deleted."""

    key = models.CharField(max_length=100, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key
