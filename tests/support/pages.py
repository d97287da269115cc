"""Reading report.html, and names that try to break out of it."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = [
    "<script>alert(1)<",
    '"><img src=x onerror=alert(1)>.jpg',
    "' onclick='alert(1).jpg",
    "</noscript></style></title><svg onload=alert(1)>.jpg",
    "line\nbreak\t.jpg",
    "\u202egpj.exe",
    "bytes-\udcff\udc80.jpg",
    "100% #1 ?a=b&c;d.jpg",
    "{{ 7 * 7 }}.jpg",
    "javascript:alert(1)",
    "日本 é עברית.jpg",
]
VOID = {"meta", "img", "input", "br", "link", "hr"}


class Reader(HTMLParser):
    """Collects the tags, checks that they nest, and reads <noscript> as without script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]
