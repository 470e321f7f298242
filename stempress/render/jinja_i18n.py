"""The sentences of templates, put into a site's language while templates are compiled.

``_("Mix %(number)s", number=mix)``, ``ngettext("%(num)s token", "%(num)s tokens", count)`` (which
shows ``count`` as ``num``), ``pgettext("state", "revealed")`` and ``{% trans %}`` become what their
words in one language are made of, so that a page costs what it costs without them. Words in
brackets are escaped like any text; ``{% trans %}`` may hold markup. Values are escaped in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard, cast

from jinja2 import TemplateAssertionError, nodes
from jinja2.visitor import NodeTransformer

from stempress.i18n.translations import ENGLISH_PLURAL_RULE, PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

    from stempress.i18n.translations import Translations

SAYING = {"_": 1, "gettext": 1, "pgettext": 2, "ngettext": 3}
"""What says a sentence in a template, and how much it is given."""
WHICH = "which_form"
"""The function that tells templates which form goes with a number."""


def translate(tree: nodes.Template, translations: Translations) -> nodes.Template:
    """Return a template that says everything in one language."""
    spoken = cast("nodes.Template", _Translator(translations).visit(tree))
    spoken.set_environment(cast("Environment", tree.environment))
    return spoken


class _Translator(NodeTransformer):
    def __init__(self, translations: Translations) -> None:
        self._phrases = translations

    def visit_Output(self, node: nodes.Output) -> nodes.Output:
        """Print the parts of a sentence one after the other."""
        self.generic_visit(node)
        parts: list[nodes.Expr] = []
        for child in node.nodes:
            parts += child.nodes if isinstance(child, nodes.Concat) else [child]
        node.nodes = parts
        return node

    def visit_Mod(self, node: nodes.Mod) -> nodes.Node:
        """Translate ``{% trans %}`` with placeholders."""
        said = node.left.expr if isinstance(node.left, nodes.MarkSafeIfAutoescape) else None
        if not (_is_said(said) and isinstance(node.right, nodes.Dict)):
            return self.generic_visit(node)
        self.generic_visit(node.right)
        given = {cast("nodes.Const", pair.key).value: pair.value for pair in node.right.items}
        return self._say(said, given, _markup)

    def visit_MarkSafeIfAutoescape(self, node: nodes.MarkSafeIfAutoescape) -> nodes.Node:
        """Translate ``{% trans %}`` without placeholders."""
        if not _is_said(node.expr):
            return self.generic_visit(node)
        return self._say(node.expr, {}, _markup)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """Translate words in brackets."""
        self.generic_visit(node)
        if not _is_said(node):
            return node
        return self._say(node, {each.key: each.value for each in node.kwargs}, nodes.Const)

    def _say(
        self,
        node: nodes.Call,
        given: dict[str, nodes.Expr],
        text: Callable[[str], nodes.Expr],
    ) -> nodes.Expr:
        name, args = cast("nodes.Name", node.node).name, node.args
        plural = name == "ngettext"
        words = [each.value for each in args[:2] if isinstance(each, nodes.Const)]
        if len(args) != SAYING[name] or len(words) != min(len(args), 2):
            message = f"{name}() takes words in quotes, such as _('Mix %(number)s', number=1)"
            raise TemplateAssertionError(message, node.lineno)
        if plural:
            forms = self._phrases.of_number(*words)
            given = {"num": nodes.Filter(args[2], "number", [], [], None, None)} | given
        else:
            *context, sentence = words
            forms = (self._phrases.of(sentence, *context),)
        said = [self._parts(form, given, text, node.lineno) for form in forms]
        found = said[0] if not plural else self._chosen(said, args[2])
        return cast("nodes.Expr", found.set_lineno(node.lineno))

    def _chosen(self, said: list[nodes.Expr], count: nodes.Expr) -> nodes.Expr:
        """Return what picks the form that goes with a number."""
        found = said[-1]
        if self._phrases.rule == ENGLISH_PLURAL_RULE:
            is_one = nodes.Compare(count, [nodes.Operand("eq", nodes.Const(1))])
            return nodes.CondExpr(is_one, said[0], found)
        which = nodes.Call(nodes.Name(WHICH, "load"), [count], [], None, None)
        for at in reversed(range(len(said) - 1)):
            is_this = nodes.Compare(which, [nodes.Operand("eq", nodes.Const(at))])
            found = nodes.CondExpr(is_this, said[at], found)
        return found

    def _parts(
        self,
        words: str,
        given: dict[str, nodes.Expr],
        text: Callable[[str], nodes.Expr],
        line: int,
    ) -> nodes.Expr:
        """Return a sentence as its words and its values, in its own order."""
        before, after = self._phrases.isolation
        found: list[nodes.Expr] = []
        pieces = PLACEHOLDER.split(words)
        for at, piece in enumerate(pieces):
            if at % 2 == 0:
                found += [text(piece)] if piece else []
            elif piece not in given:
                raise TemplateAssertionError(f"nothing is given for %({piece})s", line)
            elif before and not _in_tag(pieces[:at]):
                found += [nodes.Const(before), given[piece], nodes.Const(after)]
            else:
                found.append(given[piece])
        return found[0] if len(found) == 1 else nodes.Concat(found)


def _in_tag(pieces: list[str]) -> bool:
    """Say whether a tag has begun and not ended: there stands an address, which is no text."""
    written = "".join(pieces)
    return written.rfind("<") > written.rfind(">")


def _is_said(node: nodes.Node | None) -> TypeGuard[nodes.Call]:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in SAYING
    )


def _markup(words: str) -> nodes.Expr:
    return nodes.MarkSafeIfAutoescape(nodes.Const(words.replace("%%", "%")))
