"""What `make rehearse` asks nginx alone: TLS, headers, packing, what it keeps, sizes and rates."""

import http.client
import re
import socket

from deployment import NAME, Deployment, unchecked
from visitor import Answer, must

HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'",
    "X-Frame-Options": "DENY",
}


def plain_http_leads_to_https(site: Deployment) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", site.ports["http"], timeout=10)
    connection.request("GET", "/guides/", headers={"Host": NAME})
    answer = connection.getresponse()
    must(answer.status == 301, answer.status)
    must(answer.headers["Location"] == f"https://{NAME}/guides/", answer.headers["Location"])
    return "301"


def http2_is_spoken(site: Deployment) -> str:
    context = unchecked()
    context.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", site.ports["https"]))
    with plain, context.wrap_socket(plain, server_hostname=NAME) as secure:
        must(secure.selected_alpn_protocol() == "h2", secure.selected_alpn_protocol())
        return f"{secure.version()}, h2"


def headers_hold(site: Deployment) -> str:
    paths = ["/", "/guides/iliopsoas/", "/book/", "/search/?q=hip", "/admin/login/", "/nothing/"]
    for path in paths * 2:  # the second time from the caches, where it may be
        answer = site.ask("GET", path)
        for name, value in HEADERS.items():
            must(value in (answer.headers[name] or ""), f"{path}: {name}: {answer.headers[name]}")
        kept = "s-maxage" in (answer.headers["Cache-Control"] or "")
        must(kept == (path in paths[:2]), f"{path}: {answer.headers['Cache-Control']}")
        must(not (kept and answer.headers["Set-Cookie"]), f"{path}: a cookie")
    return f"{len(paths)} addresses × {len(HEADERS)} headers, twice"


def pages_are_packed_and_revalidated(site: Deployment) -> str:
    sizes = {}
    for packed in ("br", "gzip", ""):
        answer = site.ask("GET", "/guides/iliopsoas/", **{"Accept-Encoding": packed})
        must(
            (answer.headers["Content-Encoding"] or "") == packed, answer.headers["Content-Encoding"]
        )
        sizes[packed or "plain"] = len(answer.body)
        again = {"Accept-Encoding": packed, "If-None-Match": answer.headers["ETag"]}
        must(site.ask("GET", "/guides/iliopsoas/", **again).status == 304, "not 304")
    return ", ".join(f"{name} {size:,} bytes" for name, size in sizes.items())


def one_copy_for_each_packing(site: Deployment) -> str:
    """However browsers write what they can unpack, nginx keeps three variants of a page."""
    path, understood = "/guides/iliopsoas/", {"br, gzip": "br", "gzip, deflate, br, zstd": "br"}
    understood |= {"gzip;q=1, br;q=0": "gzip", "gzip": "gzip", "deflate": "", "br; q=0.0": ""}
    for words, packed in understood.items():
        answer = site.ask("GET", path, **{"Accept-Encoding": words})
        must(answer.headers["Vary"] == "Accept-Encoding", answer.headers["Vary"])
        must((answer.headers["Content-Encoding"] or "") == packed, words)
    kept = [file.read_bytes() for file in (site.folder / "cache" / "pages").rglob("?" * 32)]
    kept = [file for file in kept if re.search(rb"\nKEY: .*" + path.encode(), file)]
    must(len(kept) == 3, len(kept))
    return f"{len(kept)} files for {len(understood)} browsers"


def nobody_known_is_answered_from_the_cache(site: Deployment) -> str:
    for cookie in ("__Host-sessionid=x", "a=b; __Host-sessionid=x", "messages=x"):
        answer = site.ask("GET", "/guides/iliopsoas/", Cookie=cookie)
        must("s-maxage" not in (answer.headers["Cache-Control"] or ""), cookie)
    return "3 cookies"


def static_files_last(site: Deployment) -> str:
    page = site.ask("GET", "/").body.decode()
    css = re.search(r'href="(/static/clinic/site\.[0-9a-f]{12}\.css)"', page)[1]
    answer = site.ask("GET", css, **{"Accept-Encoding": "gzip"})
    must(answer.headers["Content-Encoding"] == "gzip", "not packed ahead")
    must("immutable" in answer.headers["Cache-Control"], answer.headers["Cache-Control"])
    must(len(answer.body) <= 15 * 1024, len(answer.body))
    return f"site.css {len(answer.body):,} bytes packed, immutable"


def sizes_are_limited(site: Deployment) -> str:
    big = b"x" * (3 * 1024 * 1024)
    said_in_words(site.ask("POST", "/book/", big), 413, "too large")
    must(site.ask("GET", "/", Cookie="a=" + "b" * 9000).status == 400, "large headers")
    return "413 and 400"


def rates_are_limited(site: Deployment) -> str:
    """One address that asks without a pause, at the limits that deploy/nginx.conf really has."""
    with site.strict_nginx() as port:
        line = http.client.HTTPSConnection("127.0.0.1", port, timeout=70, context=unchecked())
        answers = []
        for _ in range(600):
            line.request("GET", "/guides/iliopsoas/", headers={"Host": NAME})
            answer = line.getresponse()
            body = answer.read()
            answers.append(answer.status)
            if answer.status == 429:
                said_in_words(Answer(429, answer.headers, body), 429, "wait a little")
    must(set(answers) == {200, 429} and 429 not in answers[:100], answers)
    return f"429 for {answers.count(429)} of {len(answers)} in a row"


def nobody_there_is_said_in_words(site: Deployment) -> str:
    with site.nginx_alone() as port:
        answer = site.ask("GET", "/request/", port=port)
        said_in_words(answer, 502, "call the clinic")
        sheet = re.search(r'rel="stylesheet" href="([^"]+)"', answer.body.decode())[1]
        must(site.ask("GET", sheet, port=port).status == 200, "it has no look")
    return "502, with words and a look of its own"


def said_in_words(answer: Answer, status: int, words: str) -> None:
    """One of nginx's own answers, as a page of ours with headers of ours."""
    must(answer.status == status, answer.status)
    must(words in answer.body.decode().lower(), answer.body[:200])
    for name in ("Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy"):
        must(HEADERS[name] in (answer.headers[name] or ""), f"{status}: {name}")
    must(answer.headers["Cache-Control"] == "no-store", answer.headers["Cache-Control"])
    must(bool(answer.headers["Retry-After"]) == (status != 413), answer.headers["Retry-After"])


def another_name_gets_no_answer(site: Deployment) -> str:
    for port, secure in ((site.ports["http"], False), (site.ports["https"], True)):
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        options = {"context": unchecked()} if secure else {}
        line = kind("127.0.0.1", port, timeout=10, **options)
        try:
            line.request("GET", "/", headers={"Host": "elsewhere.example.net"})
            answer = line.getresponse()
        except (http.client.BadStatusLine, ConnectionError):
            continue
        must(False, f"port {port} answered {answer.status}")
    return "2 ports"
