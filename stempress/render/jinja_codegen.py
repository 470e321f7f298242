"""Faster code for compiled templates: most of a build's time is printing and calling.

The pages of 10,000 tokens take at least a quarter longer with Jinja's own code.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from jinja2.environment import Environment

_is_special = re.compile("[&<>\"']").search


def escaped(value: object) -> str:
    """Return a value escaped for HTML; most texts have nothing to escape."""
    if type(value) is Markup or (type(value) is str and not _is_special(value)):
        return value
    return escape(value)


class Joined:
    """Where a template yields what it prints: a list of texts, which are joined at once."""

    append = staticmethod(str)
    extend = staticmethod("".join)


class FastCodeGenerator(CodeGenerator):
    """Prints through ``escaped``, and calls functions directly unless they want a context.

    Jinja checks at every call whether a function wants a context; none of ours does.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Compile a template to a module."""
        self.writeline("from stempress.render.jinja_codegen import Joined, escaped")
        self.writeline("from stempress.render.macros import CachedMacro")
        super().visit_Template(node, frame)

    def visit_Call(  # noqa: N802
        self,
        node: nodes.Call,
        frame: Frame,
        forward_caller: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """Compile a call."""
        if _wants_context(self.environment, node.node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        stream, self.stream = self.stream, StringIO()
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        arguments, self.stream = self.stream.getvalue(), stream
        self.write(f"({arguments.removeprefix(', ')})")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """Compile the definition of a macro."""
        self.write("CachedMacro(")
        super().macro_def(macro_ref, frame)
        self.write(")")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        """Compile texts and values that follow each other: pages yield them as one text.

        Every text that is yielded goes through the templates that the page's extends: the pages of
        tokens take an eighth longer where they are yielded one by one.
        """
        if frame.buffer is None and len(node.nodes) > 1:
            frame = frame.copy()
            frame.buffer = "yield Joined"
        super().visit_Output(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: object) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)  # type: ignore[arg-type]
        else:
            self.write("escaped(")


def _wants_context(environment: Environment, function: nodes.Node) -> bool:
    """Return whether a function is one of Jinja's own that take a context."""
    known = environment.globals.get(function.name) if isinstance(function, nodes.Name) else None
    return hasattr(known, "jinja_pass_arg")
