"""Uploads in an S3 bucket: what one setting turns into."""

from clinic import bucket
from clinic.backup import making

ADDRESS = "https://s3.example.org:9000/clinic"


def test_uploads_are_public_and_attachments_are_not():
    made = bucket.storages(ADDRESS)

    default, private = made["default"]["OPTIONS"], made["private"]["OPTIONS"]
    assert default["endpoint_url"] == private["endpoint_url"] == "https://s3.example.org:9000"
    assert default["bucket_name"] == private["bucket_name"] == "clinic"
    assert (default["location"], default["querystring_auth"]) == ("media", False)
    assert private["location"] == "private"
    assert "querystring_auth" not in private  # signed, and soon over


def test_pages_may_load_pictures_from_there():
    assert bucket.origin(ADDRESS) == "https://s3.example.org:9000"


def test_a_backup_leaves_the_bucket_to_its_keeper(settings):
    assert set(making.trees()) == {"media", "private"}
    settings.MEDIA_BUCKET = ADDRESS
    assert making.trees() == {}
