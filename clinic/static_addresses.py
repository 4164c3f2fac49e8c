"""Where static files are: WhiteNoise's storage, which works each address out once a process."""

from typing import Any

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """A guide names its static files forty times, and each took as long as a small database query.

    The names with their digests are read when a process starts, so that no address changes under it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        if force or settings.DEBUG:
            return str(super().url(name, force))
        if name not in self.known:
            self.known[name] = str(super().url(name))
        return self.known[name]

    def save_manifest(self) -> None:
        self.known.clear()
        super().save_manifest()
