"""A sign-off: somebody approved exactly this text. The claim "checked by" follows from it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from clinic.dates import months_after
from clinic.prepared import prepared
from clinic.review import files
from clinic.review.text import fingerprint_of, text_of

REVIEW_EVERY_MONTHS = 12


class SignOff(models.Model):
    """One approval. Name, profession and registration are those of that day, and stay."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=255)
    revision = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    fingerprint = models.CharField(max_length=64)
    # Shown beside its own text: {"education.exercise:12": {"name": …, "text": …, "files": …}}
    parts = models.JSONField(default=dict, blank=True)
    # The hash of each picture and document in it (`clinic.review.files`). None: not looked at.
    files = models.JSONField(null=True, blank=True)
    # Headings or fields that differ from the sign-off before.
    changes = models.JSONField(default=list, blank=True)
    comment = models.TextField(_("what was checked"), blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reviewer_name = models.CharField(max_length=200, blank=True)
    profession = models.CharField(max_length=80, blank=True)
    registration = models.CharField(max_length=80, blank=True)
    signed_on = models.DateField()
    next_review = models.DateField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="sign_off_of_object")]

    def __str__(self) -> str:
        return f"{self.content_type_id}:{self.object_id} {self.signed_on}"

    @property
    def who(self) -> str:
        """Name, profession and registration, as far as they are known."""
        parts = (self.reviewer_name, self.profession, self.registration)
        return ", ".join(part for part in parts if part)

    @property
    def all_files(self) -> set[str]:
        """The names of files in the text and in its parts."""
        inside = [part.get("files") or {} for part in self.parts.values()]
        return {name for shown in (self.files or {}, *inside) for name in shown}

    @property
    def is_overdue(self) -> bool:
        """The date of the next review has passed (by the clinic's local date)."""
        return self.next_review < timezone.localdate()


@dataclass(frozen=True)
class Claim:
    """What the site may say about a live text: who signed it, and which of its parts changed since."""

    sign_off: SignOff
    changed: dict[str, str]
    """Name by label of each part (`education.exercise:12`) that is not as it was when signed."""
    history: tuple[SignOff, ...] = ()
    """This sign-off and those before, newest first."""

    @property
    def is_whole(self) -> bool:
        return not self.changed

    @property
    def changed_names(self) -> str:
        return ", ".join(self.changed.values())


def of(thing: Any) -> models.QuerySet[SignOff]:
    """All sign-offs of a page or snippet, newest first. An alias has those of its original."""
    return _of(thing.get_base_content_type(), original(thing))


def original(thing: Any) -> str:
    return str(getattr(thing, "alias_of_id", None) or thing.pk)


def _of(kind: ContentType, pk: str) -> models.QuerySet[SignOff]:
    return SignOff.objects.filter(content_type=kind, object_id=pk)


_read = prepared(_of)


def read_for(things: Iterable[Any]) -> None:
    """Read the sign-offs of all these, of one kind, in one query; their `claim` then needs none."""
    things = list(things)
    if not things:
        return
    found: dict[str, list[SignOff]] = defaultdict(list)
    wanted = {original(thing) for thing in things}
    first, *_others = things
    of_kind = SignOff.objects.filter(content_type=first.get_base_content_type())
    for row in of_kind.filter(object_id__in=wanted):
        found[row.object_id].append(row)
    now = files.hashes(name for rows in found.values() for row in rows for name in row.all_files)
    for thing in things:
        thing.signed = found[original(thing)]
        thing.files_now = now


def of_pages() -> models.QuerySet[SignOff]:
    return SignOff.objects.filter(content_type=ContentType.objects.get_for_model(Page))


def claim(thing: Any) -> Claim | None:
    """The newest sign-off of exactly this text; None where nobody signed it."""
    found = (
        thing.signed
        if hasattr(thing, "signed")
        else _read(thing.get_base_content_type(), original(thing))
    )
    if not found:
        return None
    text = fingerprint_of(thing)
    same = [one for one in found if one.fingerprint == text]
    shown = {name for one in same for name in one.all_files}
    files_now = thing.files_now if hasattr(thing, "files_now") else files.hashes(shown)
    signed = next((one for one in same if files.unchanged(one.files, files_now)), None)
    if signed is None:
        return None
    now = {label(part): fingerprint_of(part) for part in thing.reviewed_parts() if signed.parts}
    changed = {
        name: part["name"]
        for name, part in signed.parts.items()
        if now.get(name) != part["text"] or not files.unchanged(part.get("files"), files_now)
    }
    return Claim(signed, changed, tuple(found[found.index(signed) :]))


def parts_of(thing: Any) -> dict[str, dict[str, Any]]:
    return {
        label(part): {"name": str(part), "text": fingerprint_of(part), "files": files.of(part)}
        for part in thing.reviewed_parts()
    }


def label(part: Any) -> str:
    return f"{part._meta.label_lower}:{part.pk}"


def sign(thing: Any, user: Any, *, comment: str = "", today: dt.date | None = None) -> SignOff:
    """Record that the user approved the thing with its text as it is in memory."""
    today = today or timezone.localdate()
    before = of(thing).first()
    credentials = getattr(user, "credentials", None)
    return SignOff.objects.create(
        content_type=thing.get_base_content_type(),
        object_id=str(thing.pk),
        revision=thing.latest_revision,
        fingerprint=fingerprint_of(thing),
        parts=parts_of(thing),
        files=files.of(thing),
        changes=changes(before.revision, thing) if before and before.revision else [],
        comment=comment,
        reviewer=user,
        reviewer_name=user.get_full_name(),
        profession=credentials.profession if credentials else "",
        registration=credentials.registration if credentials else "",
        signed_on=today,
        next_review=months_after(today, REVIEW_EVERY_MONTHS),
    )


def changes(before: Any, thing: Any) -> list[str]:
    """The headings or fields whose text differs from that of the revision before, in reading order."""
    old = thing.named_texts(text_of(before.content))
    new = thing.named_texts(text_of(thing.serializable_data()))
    return [
        name for name in [*new, *(n for n in old if n not in new)] if old.get(name) != new.get(name)
    ]
