"""Make each seeded thing once, ever."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from education.models import SeedRecord


@transaction.atomic
def once(key: str, make: Callable[..., Any], *args: Any) -> bool:
    """Call `make` with its arguments unless that key was ever made; says whether it did."""
    if SeedRecord.objects.filter(key=key).exists():
        return False
    make(*args)
    SeedRecord.objects.create(key=key)
    return True


def publish(thing: Any) -> Any:
    """A first revision, live, so that staff can compare their changes with it."""
    thing.save_revision().publish()
    return thing


def draft(thing: Any) -> Any:
    """A first revision, not live: it waits for clinical review."""
    thing.save_revision()
    return thing
