// Signals that end with others.
import assert from "node:assert/strict";
import { test } from "node:test";
import { anySignal } from "../../pyodide_app/web/base/signals.js";

test("the first of several signals aborts, for its reason", () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const any = anySignal(first.signal, second.signal);
  assert.equal(any.aborted, false);
  second.abort("done");
  first.abort("late");
  assert.equal(any.reason, "done");
});

test("a signal that was aborted before aborts at once", () => {
  assert.equal(anySignal(new AbortController().signal, AbortSignal.abort("before")).reason, "before");
});
