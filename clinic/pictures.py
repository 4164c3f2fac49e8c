"""Pictures that people upload: one that is cut off or far too large is a message beside its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image
from PIL.Image import DecompressionBombError
from wagtail.admin.forms.account import AvatarPreferencesForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

BROKEN = _("We could not read this picture to its end. Save it again, or choose another.")
TOO_LARGE = _("This picture is too large. Choose one of at most 128 million pixels.")


def check_picture(field: Any, data: Any) -> Any:
    """What the field makes of the upload, once every pixel of it was read.

    Pillow opens a picture by its first bytes alone, and would only fail where it is scaled. Raises
    `ValidationError`.
    """
    try:
        found = super(type(field), field).to_python(data)
        if found is not None:
            _read_whole(found)
    except DecompressionBombError as error:
        raise ValidationError(TOO_LARGE, code="too_large") from error
    except (OSError, SyntaxError, EOFError) as error:
        raise ValidationError(BROKEN, code="broken") from error
    return found


def _read_whole(upload: Any) -> None:
    upload.seek(0)
    with Image.open(upload) as picture:
        picture.load()
    upload.seek(0)


class PictureField(WagtailImageField):
    def to_python(self, data: Any) -> Any:
        return check_picture(self, data)


class PictureForm(BaseImageForm):
    """Wherever Wagtail takes a picture (`WAGTAILIMAGES_IMAGE_FORM_BASE`)."""

    file = PictureField(label=_("File"), widget=BaseImageForm.Meta.widgets["file"])


class AvatarField(forms.ImageField):
    def to_python(self, data: Any) -> Any:
        return check_picture(self, data)


class AvatarForm(AvatarPreferencesForm):
    """One's own picture, under *Account*."""

    avatar = AvatarField(label=_("Upload a profile picture"), required=False)
