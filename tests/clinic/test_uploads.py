from pathlib import Path

import pytest


@pytest.mark.django_db
def test_without_a_proxy_uploads_are_served(client, settings):
    Path(settings.MEDIA_ROOT).mkdir(exist_ok=True)
    (Path(settings.MEDIA_ROOT) / "hip.txt").write_text("a hip")

    answer = client.get("/media/hip.txt")

    assert b"".join(answer.streaming_content) == b"a hip"
    assert client.get("/media/../secret-key").status_code == 400
