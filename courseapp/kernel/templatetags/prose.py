"""Markdown that people wrote, with math, rendered and then sanitised."""

from html import escape
from typing import TYPE_CHECKING, Any, Final

import nh3
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

register = template.Library()

# In characters.
LONGEST: Final = 50_000
_TAGS: Final = nh3.ALLOWED_TAGS - {"img", "h1"}
# Of all classes only those of a formula, which holds its TeX: static/js/math.js sets it as math.
_CLASSES: Final = {"span": {"math", "inline", "block"}, "div": {"math", "block"}}

# What opens a formula within a paragraph: what closes it, and how it is shown.
BRACKETS: Final = {r"\(": (r"\)", "math_inline"), r"\[": (r"\]", "math_inline_double")}


def _made_renderer() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    renderer.use(texmath_plugin, delimiters="brackets")
    renderer.disable("math_block_eqno")
    # Theirs takes seconds where many brackets open and none closes.
    renderer.inline.ruler.at("math_inline", _between_brackets)
    # "$5 and $10" are prices: next to a formula stands no digit, inside its dollars no outer space.
    renderer.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        allow_blank_lines=False,
        double_inline=True,
    )
    renderer.add_render_rule("math_inline", _formula('<span class="math inline">{}</span>'))
    renderer.add_render_rule("math_inline_double", _formula('<span class="math block">{}</span>'))
    renderer.add_render_rule("math_block", _formula('<div class="math block">{}</div>\n'))
    return renderer


def _between_brackets(state: "StateInline", silent: bool) -> bool:  # noqa: FBT001 - the parser's form
    r"""Take \(a formula\), and \[one that stands alone\] within a paragraph."""
    found = BRACKETS.get(state.src[state.pos : state.pos + 2])
    if found is None:
        return False
    closing, kind = found
    end = _next_closing(state, closing)
    if end < state.pos + 3:
        return False
    if not silent:
        state.push(kind, "math", 0).content = state.src[state.pos + 2 : end]
    state.pos = end + 2
    return True


def _next_closing(state: "StateInline", closing: str) -> int:
    """Return where the next closing is, -1 without one; where there is none is searched only once."""
    src, after = state.env.get(closing, (None, 0))
    if src is state.src and state.pos >= after:
        return -1
    end = state.src.find(closing, state.pos + 2)
    if end < 0:
        state.env[closing] = (state.src, state.pos)
    return end


def _formula(html: str) -> Any:
    def render(_renderer: Any, tokens: Any, at: int, _options: Any, _environment: Any) -> str:
        return html.format(escape(tokens[at].content.strip()))

    return render


_renderer: Final = _made_renderer()


@register.filter
def prose(text: str) -> SafeString:
    """Render Markdown as HTML that carries no script, no picture and no foreign style.

    What is longer than anything that counts is shown as it was typed: rendering it could take seconds.
    """
    if len(text) > LONGEST:
        return format_html('<pre class="kept">{}</pre>', text)
    html = nh3.clean(
        _renderer.render(text),
        tags=_TAGS,
        allowed_classes=_CLASSES,
        link_rel="noopener noreferrer",
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just cleaned it


@register.filter
def web_address(text: str) -> str:
    """Return an address that leads into the web; empty for any other, as for what a browser would run."""
    return text if text.lower().startswith(("https://", "http://")) else ""
