"""Markdown of people comes out as plain words and links, whatever they tried to put in."""

from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from typing_extensions import override

from courseapp.kernel.templatetags.prose import _between_brackets, prose

TAGS = frozenset(
    [
        "p",
        "a",
        "em",
        "strong",
        "code",
        "pre",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "br",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "span",
        "div",
    ]
)
ATTRIBUTES = frozenset({"href", "rel", "title", "start", "align", "class"})
CLASSES = frozenset({"math inline", "math block"})
SCHEMES = frozenset({"", "http", "https", "mailto"})
ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='javascript:alert(1)'>here</a>",
    "<form action=//evil.example><input name=password></form>",
    "<style>@import '//evil.example/x.css'</style>",
    "<p style='position:fixed;inset:0'>over all</p>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "[here](javascript:alert(1))",
    "[here](JaVaScRiPt:alert(1))",
    "[here](&#106;avascript:alert(1))",
    "[here](java\tscript:alert(1))",
    "[here](data:text/html;base64,PHNjcmlwdD4=)",
    "[here](vbscript:msgbox(1))",
    "![pixel](https://evil.example/pixel.gif)",
    "<javascript:alert(1)>",
    '[here](https://example.org "x\\" onmouseover=alert(1) y=\\"")',
    "`<script>alert(1)</script>`",
    "```html onload=alert(1)\n<script>alert(1)</script>\n```",
    "[ref]: javascript:alert(1)\n\n[ref]",
    "# <b onmouseover=alert(1)>heading</b>",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "<!--><script>alert(1)</script>-->",
    "\x00<script\x00>alert(1)</script>",
    "$<script>alert(1)</script>$",
    "$$\n</div><img src=x onerror=alert(1)>\n$$",
    r"\(</span><svg onload=alert(1)>\)",
    "\\[\n<iframe src=javascript:alert(1)>\n\\]",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\includegraphics{https://evil.example/x.png}$",
    r"$\htmlData{onclick=alert(1)}{x}$",
    r"$\htmlStyle{position:fixed}{x}$",
    '$" onmouseover="alert(1)$',
    "a $$</span><b onclick=alert(1)>x</b>$$ b",
    "$a$[x](javascript:alert(1))$b$",
    "[$x$](javascript:alert(1))",
    "$\\unicode{<script>}$",
    '<span class="math inline" onclick="alert(1)">x</span>',
    '<div class="site-head" id="main">x</div>',
    '[here](//evil.example/"onclick=alert(1))',
    "<https://evil.example/onerror=alert(1)>",
    "[x](https://example.org '\n\"><img src=x onerror=alert(1)>')",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "| $<img src=x onerror=alert(1)>$ |\n|---|\n| x |",
]


class Elements(HTMLParser):
    """The elements that a browser finds in a text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_comes_through(attack: str) -> None:
    elements = Elements(prose(f"Before.\n\n{attack}\n\nAfter.")).found
    assert {tag for tag, _ in elements} <= TAGS
    assert {name for _, attributes in elements for name in attributes} <= ATTRIBUTES
    classes = {attributes["class"] for _, attributes in elements if "class" in attributes}
    assert classes <= CLASSES
    links = [attributes["href"] or "" for _, attributes in elements if "href" in attributes]
    assert {urlsplit(link).scheme for link in links} <= SCHEMES


def test_what_stands_around_an_attack_is_still_read():
    shown = prose(f"Before.\n\n{ATTACKS[0]}\n\nAfter.")
    assert "<p>Before.</p>" in shown
    assert "<p>After.</p>" in shown


def test_plain_words_come_through_as_written():
    assert prose("*Why* does `x < y` hold?") == (
        "<p><em>Why</em> does <code>x &lt; y</code> hold?</p>\n"
    )


def test_a_link_tells_the_other_site_nothing():
    assert prose("[paper](https://example.org/p?a=1&b=2)") == (
        '<p><a href="https://example.org/p?a=1&amp;b=2" rel="noopener noreferrer">paper</a></p>\n'
    )


def test_a_table_comes_through():
    assert "<td>two</td>" in prose("| one |\n|-----|\n| two |")


def test_the_pages_title_stays_the_only_one():
    assert "<h1" not in prose("# Shouting")
    assert "Shouting" in prose("# Shouting")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"a $x<y$ b", '<p>a <span class="math inline">x&lt;y</span> b</p>'),
        (r"a \(\alpha_1\) b", r'<p>a <span class="math inline">\alpha_1</span> b</p>'),
        ("$$\na & b\n$$", '<div class="math block">a &amp; b</div>'),
        ("\\[\n- x\n- y\n\\]", '<div class="math block">- x\n- y</div>'),
        ("so $$x$$ holds", '<p>so <span class="math block">x</span> holds</p>'),
        ("$a * b$ and $c * d$", "a * b</span> and"),
    ],
)
def test_a_formula_comes_through_as_its_tex(written, shown):
    assert shown in prose(written)


@pytest.mark.parametrize(
    "written",
    [
        "It costs $5 and $10 more.",
        "`$x$`",
        r"\$x\$",
        r"\(never closed",
        "$$\n\n$$",
        r"\(\)",
        "$ x $",
    ],
)
def test_what_is_no_formula_stays_as_written(written):
    assert "math" not in prose(written)


@pytest.mark.parametrize(
    ("written", "formulas"),
    [
        (r"[ \(a\) \(b", ["a"]),
        (r"[a \(x\)](https://example.org) \(y\) \(", ["x", "y"]),
        ("\\(one\n\n\\(two\\)", ["two"]),
        (r"*\(never* \(a\)", [r"never* \(a"]),
    ],
)
def test_a_bracket_that_never_closes_hides_none_before_it(written, formulas):
    shown = prose(written)
    assert [part.split("</span>")[0] for part in shown.split('<span class="math inline">')[1:]] == (
        formulas
    )


@pytest.mark.parametrize("written", ["so\n\\[x^2\\]\nthen", r"the loss \[x^2\] in a line"])
def test_a_formula_that_stands_alone_may_stand_within_a_paragraph(written):
    assert '<span class="math block">x^2</span>' in prose(written)


def test_brackets_that_never_close_are_looked_for_once():
    searched: list[int] = []

    class Counting(str):
        __slots__ = ()

        @override
        def find(self, *words):
            searched.append(1)
            return super().find(*words)

    state: Any = SimpleNamespace(src=Counting(r"\(" * 1000), pos=0, env={})
    for state.pos in range(0, 2000, 2):
        assert not _between_brackets(state, False)
    assert len(searched) == 1


@pytest.mark.parametrize(("length", "is_rendered"), [(50_000, True), (50_001, False)])
def test_what_is_longer_than_anything_that_counts_is_shown_as_typed(length, is_rendered):
    shown = prose("<b>" + "x" * (length - 3))
    assert shown.startswith("<p>&lt;b&gt;" if is_rendered else '<pre class="kept">&lt;b&gt;')
