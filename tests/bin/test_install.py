"""bin/install.py, which runs before anything is installed."""

import hashlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def install(monkeypatch):
    monkeypatch.syspath_prepend(str(settings.BASE_DIR / "bin"))
    sys.modules.pop("install", None)
    import install

    for name in ("PIP_INDEX_URL", "PIP_CERT", "PIP_CONFIG_FILE", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return install


@pytest.fixture
def index():
    """A package index with one file, whose pages the test may change."""
    pages: dict[str, bytes] = {}

    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            found = pages.get(self.path.partition("#")[0])
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.pages, server.asked = pages, asked
        server.url = f"http://127.0.0.1:{server.server_port}/simple"
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


def test_pip_comes_from_the_index_that_is_set(install, index, monkeypatch):
    wheel = b"a wheel"
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    monkeypatch.setattr(install, "PIP_SHA256", hashlib.sha256(wheel).hexdigest())
    link = f'<a href="../../files/{install.PIP_WHEEL}#sha256=0">pip</a>'
    index.pages |= {"/simple/pip/": link.encode(), f"/files/{install.PIP_WHEEL}": wheel}

    assert install.fetch_pip() == wheel


def test_another_file_than_the_pinned_one_is_refused(install, index, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    link = f'<a href="/files/{install.PIP_WHEEL}">pip</a>'
    index.pages |= {"/simple/pip/": link.encode(), f"/files/{install.PIP_WHEEL}": b"evil"}

    with pytest.raises(SystemExit, match="wrong checksum"):
        install.fetch_pip()


def test_an_unreachable_index_is_explained(install, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")

    with pytest.raises(SystemExit, match="(?s)Could not fetch pip.*PIP_INDEX_URL.*python3-venv"):
        install.fetch_pip()


def test_settings_are_read_as_pip_reads_them(install, monkeypatch, tmp_path):
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = https://mirror.example/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))

    assert install.pip_setting("index-url") == "https://mirror.example/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://nearer.example/simple")
    assert install.pip_setting("index-url") == "https://nearer.example/simple"
    assert install.pip_setting("no-such-thing", "default") == "default"


@pytest.fixture
def environment_of_tests(install, monkeypatch, tmp_path):
    """An installation that has come as far as uv; the packages are those of these tests."""
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "PYTHON", Path(sys.executable))
    install.stamp(install.INSTALLER).write_text(install.digest(install.INSTALLER))
    return tmp_path


def test_what_is_there_is_not_asked_for(install, environment_of_tests, index, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    install.install("requirements-dev.txt")
    assert index.asked == []
    assert (environment_of_tests / "installed-requirements-dev.txt").exists()


def test_uv_asks_the_index_that_is_set_then_pip_says_why(
    install, environment_of_tests, index, monkeypatch, tmp_path, capfd
):
    name = tmp_path / "nobody.txt"
    name.write_text(f"nobody-has-this==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    assert not install.with_uv(name)
    assert "/simple/nobody-has-this/" in index.asked
    assert not install.with_pip(name)
    assert "nobody-has-this" in capfd.readouterr().err
