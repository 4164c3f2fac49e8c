"""Makes each seeded thing only once."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from clinic.tasks import once_each
from education.models import SeedRecord


@transaction.atomic
def once(key: str, make: Callable[..., Any], *args: Any) -> bool:
    """Call `make(*args)` unless it was called for this key before. Returns whether it was called."""
    if SeedRecord.objects.filter(key=key).exists():
        return False
    with once_each():
        make(*args)
    SeedRecord.objects.create(key=key)
    return True


def publish(thing: Any) -> Any:
    """Publish the first revision, with which staff can compare their changes."""
    thing.save_revision().publish()
    return thing


def draft(thing: Any) -> Any:
    """Save the first revision without publishing: it waits for clinical review."""
    thing.save_revision()
    return thing
