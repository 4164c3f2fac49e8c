"""A film of the clinic's own: with captions and a transcript, or not at all."""

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from wagtail.blocks import StructBlockValidationError
from wagtail.documents.models import Document

from education.blocks import FilmBlock


def document(name, content=b"film"):
    return Document.objects.create(title=name, file=ContentFile(content, name=name))


def value(**changes):
    files = {
        "film": document("lift.mp4"),
        "captions": document(
            "lift.vtt", b"\xef\xbb\xbfWEBVTT\n\n00:00.000 --> 00:02.000\nSit tall."
        ),
    }
    words = {"title": "The seated knee lift", "transcript": "Sit tall.\n\nLift one knee."}
    return FilmBlock().to_python(
        {
            name: one.pk if isinstance(one, Document) else one
            for name, one in (files | words | changes).items()
        }
    )


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("film", "lift.pdf"),
        ("captions", "lift.mp4"),
        ("captions", "empty.vtt"),
        ("captions", None),
        ("film", None),
        ("transcript", ""),
        ("title", ""),
    ],
)
def test_nothing_incomplete_is_published(field, wrong):
    given = document(wrong) if wrong and "." in wrong else wrong

    with pytest.raises(StructBlockValidationError) as refused:
        FilmBlock().clean(value(**{field: given}))

    assert list(refused.value.block_errors) == [field]


def test_reader_gets_captions_transcript_and_no_autoplay(client, guide):
    whole = FilmBlock().clean(value())
    guide.body[0].value["content"].append(("film", whole))
    guide.save_revision().publish()

    response = client.get(guide.url)
    page = BeautifulSoup(response.content, "html.parser").main
    film = page.select_one("video")

    assert film["preload"] == "none" and film.has_attr("controls")
    assert not film.has_attr("autoplay") and not film.has_attr("loop")
    assert film.source["type"] == "video/mp4" and film.source["src"] == whole["film"].file.url
    assert film.track["kind"] == "captions" and film.track["srclang"] == guide.locale.language_code
    assert "Lift one knee." in page.select_one(".film + details").text
    assert "media-src 'self'" in response["Content-Security-Policy"]
