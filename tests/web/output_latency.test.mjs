// The output's latency, and the browser that must not be asked for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { outputLatency } from "../../pyodide_app/web/playback/output-latency.js";

const context = /** @type {AudioContext} */ ({ outputLatency: 0.25 });

test("the latency is the context's", () => {
  assert.equal(outputLatency(context), 0.25);
  assert.equal(outputLatency(null), 0);
  assert.equal(outputLatency(/** @type {AudioContext} */ ({})), 0);
});

test("Firefox is not asked", (t) => {
  Object.assign(globalThis, { mozInnerScreenX: 0 });
  t.after(() => Reflect.deleteProperty(globalThis, "mozInnerScreenX"));
  const asked = () => assert.fail("it may hang");
  assert.equal(outputLatency(/** @type {AudioContext} */ (Object.defineProperty({}, "outputLatency", { get: asked }))), 0);
});
