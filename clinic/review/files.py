"""Pictures and documents that a reviewed text shows: part of what was signed, and not deleted under it.

A text knows them by number alone, and a new file may stand under the same number.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, ProtectedError
from django.db.models.signals import pre_delete
from django.utils.translation import gettext
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex


def kinds() -> dict[str, Any]:
    """The models of files by their label."""
    return {model._meta.label_lower: model for model in (get_image_model(), get_document_model())}


def among(rows: Iterable[Any]) -> list[Any]:
    return [row for row in rows if row._meta.label_lower in kinds()]


def of(thing: Any) -> dict[str, str]:
    """The hash of each file that the text in memory shows, by label and number."""
    labels = {ContentType.objects.get_for_model(m).pk: label for label, m in kinds().items()}
    shown = {
        f"{labels[to_type]}:{pk}"
        for to_type, pk, *_path in ReferenceIndex._extract_references_from_object(thing)
        if to_type in labels
    }
    return hashes(shown)


def hashes(names: Iterable[str]) -> dict[str, str]:
    """Of those that are still there: `{"wagtailimages.image:3": "…"}`. One query a kind."""
    numbers: dict[str, set[str]] = {}
    for name in names:
        label, pk = name.split(":")
        numbers.setdefault(label, set()).add(pk)
    return {
        f"{label}:{row.pk}": hash_of(row)
        for label, model in kinds().items()
        if label in numbers
        for row in model._default_manager.filter(pk__in=numbers[label])
    }


def hash_of(row: Any) -> str:
    """As stored; reckoned, but not stored, for a file that came in by a script. Empty: no file."""
    if row.file_hash:
        return str(row.file_hash)
    try:
        type(row)._set_file_hash(row)
    except OSError:
        return ""
    return str(row.file_hash)


def unchanged(signed: Mapping[str, str] | None, now: Mapping[str, str]) -> bool:
    """None: signed before files were looked at."""
    return not signed or all(now.get(name) == hash_ for name, hash_ in signed.items())


def users_of(row: Any) -> list[str]:
    """What a file cannot be deleted under: live rows that show it, and what somebody signed last."""
    found = ReferenceIndex.get_grouped_references_to(row)
    shown = {str(owner) for owner, _rows in found if getattr(owner, "live", True)}
    return sorted(shown | signed_with(row))


def signed_with(row: Any) -> set[str]:
    sign_offs = apps.get_model("clinic", "SignOff").objects

    name = f"{row._meta.label_lower}:{row.pk}"
    found = set()
    for sign_off in sign_offs.filter(files__has_key=name).select_related("content_type"):
        same = {"content_type": sign_off.content_type, "object_id": sign_off.object_id}
        thing: Any = sign_off.content_type.model_class()
        is_last = not sign_offs.filter(pk__gt=sign_off.pk, **same).exists()
        if is_last and thing and (there := thing.objects.filter(pk=sign_off.object_id).first()):
            found.add(str(there))
    return found


def in_use(row: Any) -> str:
    """Why it stays, in words; empty where nothing shows it."""
    users = users_of(row)
    if not users:
        return ""
    return gettext("“%(thing)s” is used in %(pages)s. Take it out there first.") % {
        "thing": row,
        "pages": ", ".join(f"“{name}”" for name in users),
    }


def keep(sender: type[Model], instance: Any, **kwargs: Any) -> None:
    """Raises `ProtectedError`, whichever way the deletion comes."""
    if reason := in_use(instance):
        raise ProtectedError(reason, {instance})


def watch() -> None:
    for model in kinds().values():
        pre_delete.connect(keep, sender=model, dispatch_uid=f"keep {model._meta.label_lower}")
