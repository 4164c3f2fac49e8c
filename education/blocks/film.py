"""A film that the clinic made: never without captions and a transcript, and it never starts by itself."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock

from education.blocks.choices import ImageBlock

FILMS = {".mp4": "video/mp4", ".webm": "video/webm"}
CAPTIONS = ".vtt"
BEGINNING = b"WEBVTT"


def ending(document: Any) -> str:
    """`.mp4`, in small letters; empty without a document."""
    return PurePath(document.filename).suffix.lower() if document else ""


class FilmValue(blocks.StructValue):
    @property
    def is_whole(self) -> bool:
        """Whether film and captions are still there; without either, no reader sees it."""
        return ending(self.get("film")) in FILMS and ending(self.get("captions")) == CAPTIONS

    @property
    def kind(self) -> str:
        return FILMS.get(ending(self.get("film")), "")


class FilmBlock(blocks.StructBlock):
    """A film with captions and all that is said and seen in it as text."""

    title = blocks.CharBlock(max_length=120, label=_("What the film shows"))
    film = DocumentChooserBlock(
        label=_("Film"), help_text=_("MP4 or WebM, uploaded as a document. At best below 20 MB.")
    )
    captions = DocumentChooserBlock(
        label=_("Captions"), help_text=_("A WebVTT file (.vtt), in the language of this page.")
    )
    transcript = blocks.TextBlock(
        max_length=10_000,
        label=_("Transcript"),
        help_text=_("All that is said, and what one has to see, as text."),
    )
    still = ImageBlock(required=False, label=_("Picture shown before it plays"))

    class Meta:
        icon = "media"
        label = _("Film")
        description = _("A film of your own. It needs captions and a transcript to be published.")
        template = "education/blocks/film.html"
        value_class = FilmValue
        preview_value = {
            "title": "How to do the seated knee lift",
            "film": None,
            "captions": None,
            "transcript": "A person sits on a chair and lifts one knee.",
            "still": None,
        }

    def clean(self, value: Any) -> Any:
        """A draft may wait for its files."""
        result = super().clean(value)
        if self.is_deferred_validation:
            return result
        errors = {}
        if ending(result["film"]) not in FILMS:
            errors["film"] = ValidationError(gettext("Choose a film that ends in .mp4 or .webm."))
        if not is_captions(result["captions"]):
            errors["captions"] = ValidationError(gettext("Choose captions: a .vtt file in WebVTT."))
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return result


def is_captions(document: Any) -> bool:
    """By its name and its first letters, behind the mark with which some editors begin a file."""
    if ending(document) != CAPTIONS:
        return False
    with document.open_file() as file:
        beginning: bytes = file.read(9)
    return beginning.removeprefix(b"\xef\xbb\xbf").startswith(BEGINNING)
