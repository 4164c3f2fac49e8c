"""Uploads in an S3 bucket, for sites on more than one computer; `settings.py` reads this file."""

from typing import Any
from urllib.parse import urlsplit

Storage = dict[str, Any]


def storages(address: str) -> dict[str, Storage]:
    """What `STORAGES` needs for `https://s3.example.org/bucket`.

    Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. The bucket lets everybody read below
    `media/`, and nobody below `private/`, where the attachments of mails lie.
    """
    url = urlsplit(address)
    common = {
        "endpoint_url": f"{url.scheme}://{url.netloc}",
        "bucket_name": url.path.strip("/"),
        "addressing_style": "path",
        "signature_version": "s3v4",
        "file_overwrite": False,
    }
    backend = "storages.backends.s3.S3Storage"
    media = {"location": "media", "querystring_auth": False, "object_parameters": LASTING}
    return {
        "default": {"BACKEND": backend, "OPTIONS": common | media},
        "private": {"BACKEND": backend, "OPTIONS": common | {"location": "private"}},
    }


# An upload's name is never used again.
LASTING = {"CacheControl": "public, max-age=2592000"}


def origin(address: str) -> str:
    """Where pictures come from then: the one address beside our own that a page may load them from."""
    url = urlsplit(address)
    return f"{url.scheme}://{url.netloc}"
