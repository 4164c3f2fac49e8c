"""What people upload: served without a proxy, and refused beside the field where it is broken."""

import io
from functools import cache
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.images.models import Image as Picture


@pytest.mark.django_db
def test_without_a_proxy_uploads_are_served(client, settings):
    Path(settings.MEDIA_ROOT).mkdir(exist_ok=True)
    (Path(settings.MEDIA_ROOT) / "hip.txt").write_text("a hip")

    answer = client.get("/media/hip.txt")

    assert b"".join(answer.streaming_content) == b"a hip"
    assert client.get("/media/../secret-key").status_code == 400


def noise(kind, size=300):
    data = io.BytesIO()
    Image.effect_noise((size, size), 80).convert("RGB").save(data, kind)
    return data.getvalue()


@cache
def bomb():
    data = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(data, "PNG")
    return data.getvalue()


BROKEN = {
    "a.jpeg": lambda: noise("JPEG")[:-9000],
    "a.png": lambda: noise("PNG")[:-9000],
    "a.webp": lambda: noise("WEBP")[:-9000],
    "words.png": lambda: b"hello",
    "bomb.png": bomb,
}
PLACES = {
    "/admin/images/add/": ("file", {"title": "A hip", "description": "A hip", "collection": "1"}),
    "/admin/images/chooser/create/": (
        "image-chooser-upload-file",
        {"image-chooser-upload-title": "A hip", "image-chooser-upload-collection": "1"},
    ),
    "/admin/images/multiple/add/": ("files[]", {"title": "A hip", "collection": "1"}),
    "/admin/account/": ("avatar-avatar", {}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_picture_is_a_message(admin_client, name, place):
    field, data = PLACES[place]
    upload = SimpleUploadedFile(name, BROKEN[name](), "image/png")
    answer = admin_client.post(
        place, data | {field: upload}, headers={"x-requested-with": "XMLHttpRequest"}
    )
    assert answer.status_code == 200
    assert any(words in answer.text for words in ("picture", "valid image", "too many pixels"))
    assert not Picture.objects.exists()


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_sound_picture_is_taken(admin_client):
    field, data = PLACES["/admin/images/add/"]
    upload = SimpleUploadedFile("a.jpeg", noise("JPEG"), "image/jpeg")
    assert admin_client.post("/admin/images/add/", data | {field: upload}).status_code == 302
    assert Picture.objects.get().width == 300
