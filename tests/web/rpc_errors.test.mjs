// What refusals of endpoints mean: the same in the page as in `sync`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { kindOf, secondsOf } from "../../pyodide_app/web/tokens/rpc-errors.js";

const REFUSALS = JSON.parse(readFileSync(new URL("../support/evm/refusals.json", import.meta.url), "utf8"));

for (const [kind, status, code, message] of REFUSALS) {
  test(`"${message}" (${code}, HTTP ${status}) is ${kind}`, () => assert.equal(kindOf({ code, message }, status), kind));
}

test("an error within an error counts, as wallets nest them", () => {
  const data = { originalError: { code: 3, message: "execution reverted" } };
  assert.equal(kindOf({ code: -32603, message: "Internal JSON-RPC error.", data }), "reverted");
});

test("anything is of some kind", () => {
  const strange = [null, undefined, 7, "", [], {}, { code: {} }, { message: { message: 1 } }, { data: [[]] }, Symbol("x")];
  for (const error of strange) assert.equal(kindOf(error), "refused");
});

test("a Retry-After has seconds or a date", () => {
  assert.equal(secondsOf("2.5"), 2.5);
  const inAMinute = secondsOf(new Date(Date.now() + 60_000).toUTCString());
  assert.ok(inAMinute > 50 && inAMinute <= 60);
  for (const header of [null, "", "soon", "-3", "Thu, 01 Jan 1970 00:00:00 GMT"]) assert.equal(secondsOf(header), 0);
});
