"""Templates compiled to quicker code: most of a build is what pages print and call."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from jinja2.environment import Environment

_is_special = re.compile("[&<>\"']").search


def escaped(value: object) -> str:
    """Return what a page shows of a value; most texts have nothing that must be escaped."""
    if type(value) is Markup or (type(value) is str and not _is_special(value)):
        return value
    return escape(value)


class Quick(CodeGenerator):
    """Prints through ``escaped``, and calls functions as Python does unless they want a context.

    Jinja asks at every call whether a function wants one; of ours none does.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Write a template as a module."""
        self.writeline("from stempress.render.jinja_codegen import escaped")
        super().visit_Template(node, frame)

    def visit_Call(  # noqa: N802
        self,
        node: nodes.Call,
        frame: Frame,
        forward_caller: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """Write a call."""
        if _wants_context(self.environment, node.node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        whole, self.stream = self.stream, StringIO()
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        given, self.stream = self.stream.getvalue(), whole
        self.write(f"({given.removeprefix(', ')})")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: object) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)  # type: ignore[arg-type]
        else:
            self.write("escaped(")


def _wants_context(environment: Environment, function: nodes.Node) -> bool:
    """Say whether a function is one of Jinja's own that ask for more than is written."""
    known = environment.globals.get(function.name) if isinstance(function, nodes.Name) else None
    return hasattr(known, "jinja_pass_arg")
