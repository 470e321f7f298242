"""Translation of templates while they are compiled.

``_("Mix %(number)s", number=mix)``, ``ngettext("%(num)s token", "%(num)s tokens", count)`` (with
``count`` as ``num``), ``pgettext("state", "revealed")`` and ``{% trans %}`` are replaced by the
parts of their translation, so that a translated page costs no more to render. Sentences in calls
are escaped like any text, those in ``{% trans %}`` may contain markup; values are always escaped.
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

TRANSLATION_FUNCTIONS = {"_": 1, "gettext": 1, "pgettext": 2, "ngettext": 3}
"""Functions that translate a sentence, and their number of positional arguments."""
PLURAL_FORM = "plural_form"
"""Name of the templates' function that returns the index of a number's plural form."""


def translate(tree: nodes.Template, translations: Translations) -> nodes.Template:
    """Return a template with all its sentences in one language."""
    translated = cast("nodes.Template", _Translator(translations).visit(tree))
    translated.set_environment(cast("Environment", tree.environment))
    return translated


class _Translator(NodeTransformer):
    def __init__(self, translations: Translations) -> None:
        self._translations = translations

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
        call = node.left.expr if isinstance(node.left, nodes.MarkSafeIfAutoescape) else None
        if not (_is_translation(call) and isinstance(node.right, nodes.Dict)):
            return self.generic_visit(node)
        self.generic_visit(node.right)
        values = {cast("nodes.Const", pair.key).value: pair.value for pair in node.right.items}
        return self._translate(call, values, _markup)

    def visit_MarkSafeIfAutoescape(self, node: nodes.MarkSafeIfAutoescape) -> nodes.Node:
        """Translate ``{% trans %}`` without placeholders."""
        if not _is_translation(node.expr):
            return self.generic_visit(node)
        return self._translate(node.expr, {}, _markup)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """Translate a call of a translation function."""
        self.generic_visit(node)
        if not _is_translation(node):
            return node
        return self._translate(
            node, {keyword.key: keyword.value for keyword in node.kwargs}, nodes.Const
        )

    def _translate(
        self,
        node: nodes.Call,
        values: dict[str, nodes.Expr],
        text: Callable[[str], nodes.Expr],
    ) -> nodes.Expr:
        name, args = cast("nodes.Name", node.node).name, node.args
        plural = name == "ngettext"
        texts = [arg.value for arg in args[:2] if isinstance(arg, nodes.Const)]
        if len(args) != TRANSLATION_FUNCTIONS[name] or len(texts) != min(len(args), 2):
            message = f"{name}() takes literal texts, such as _('Mix %(number)s', number=1)"
            raise TemplateAssertionError(message, node.lineno)
        if plural:
            forms = self._translations.of_number(*texts)
            values = {"num": nodes.Filter(args[2], "number", [], [], None, None)} | values
        else:
            *context, sentence = texts
            forms = (self._translations.of(sentence, *context),)
        sentences = [self._parts(form, values, text, node.lineno) for form in forms]
        expression = sentences[0] if not plural else self._select_form(sentences, args[2])
        return cast("nodes.Expr", expression.set_lineno(node.lineno))

    def _select_form(self, forms: list[nodes.Expr], count: nodes.Expr) -> nodes.Expr:
        """Return an expression that selects the plural form for a number."""
        expression = forms[-1]
        if self._translations.rule == ENGLISH_PLURAL_RULE:
            is_one = nodes.Compare(count, [nodes.Operand("eq", nodes.Const(1))])
            return nodes.CondExpr(is_one, forms[0], expression)
        form_index = nodes.Call(nodes.Name(PLURAL_FORM, "load"), [count], [], None, None)
        for index in reversed(range(len(forms) - 1)):
            is_form = nodes.Compare(form_index, [nodes.Operand("eq", nodes.Const(index))])
            expression = nodes.CondExpr(is_form, forms[index], expression)
        return expression

    def _parts(
        self,
        sentence: str,
        values: dict[str, nodes.Expr],
        text: Callable[[str], nodes.Expr],
        line: int,
    ) -> nodes.Expr:
        """Return a sentence as an expression of its texts and values, in the sentence's order."""
        before, after = self._translations.isolation
        parts: list[nodes.Expr] = []
        pieces = PLACEHOLDER.split(sentence)
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                parts += [text(piece)] if piece else []
            elif piece not in values:
                raise TemplateAssertionError(f"no value for %({piece})s", line)
            elif before and not _in_tag(pieces[:index]):
                parts += [nodes.Const(before), values[piece], nodes.Const(after)]
            else:
                parts.append(values[piece])
        return parts[0] if len(parts) == 1 else nodes.Concat(parts)


def _in_tag(pieces: list[str]) -> bool:
    """Return whether a tag is open: values there are attributes, such as addresses."""
    text = "".join(pieces)
    return text.rfind("<") > text.rfind(">")


def _is_translation(node: nodes.Node | None) -> TypeGuard[nodes.Call]:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in TRANSLATION_FUNCTIONS
    )


def _markup(text: str) -> nodes.Expr:
    return nodes.MarkSafeIfAutoescape(nodes.Const(text.replace("%%", "%")))
