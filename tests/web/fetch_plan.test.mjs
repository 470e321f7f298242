// Which bytes of a song to fetch next.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_REQUESTS, nextRequest } from "../../pyodide_app/web/streaming/fetch-plan.js";

/** @param {object} [changes] */
function download(changes) {
  return { bytes: 1000, seconds: 100, next: 0, isBusy: false, hasFailed: false, ahead: 0, most: 60, ...changes };
}

test("the file with the least ahead comes first", () => {
  const [far, near] = [download({ ahead: 8 }), download({ ahead: 4 })];
  assert.equal(nextRequest([far, near], true)?.download, near);
});

/** @param {object} [changes] */
function rangeOf(changes) {
  const request = nextRequest([download(changes)], true);
  return [request?.from, request?.to];
}

test("the first request of a file is short, so that all of them start", () => {
  assert.deepEqual(rangeOf(), [0, 10]);
});

test("requests are longer the more has arrived, up to four seconds", () => {
  assert.deepEqual(rangeOf({ next: 30, ahead: 3 }), [30, 60]);
  assert.deepEqual(rangeOf({ next: 200, ahead: 20 }), [200, 240]);
});

test("after a seek a request has what is decoded before the place as well", () => {
  assert.deepEqual(rangeOf({ next: 500, ahead: 0 }), [500, 525]);
});

test("a host without ranges is asked for whole files", () => {
  assert.equal(nextRequest([download()], false)?.to, 1000);
});

test("nothing is asked for beyond a minute ahead, after the end, twice, or after a failure", () => {
  const rest = [download({ ahead: 61 }), download({ next: 1000 }), download({ isBusy: true }), download({ hasFailed: true })];
  assert.equal(nextRequest(rest, true), null);
});

test("no more requests run at once than HTTP/1.1 has connections", () => {
  const busy = Array.from({ length: MOST_REQUESTS }, () => download({ isBusy: true }));
  assert.equal(nextRequest([...busy, download()], true), null);
  assert.equal(nextRequest([...busy.slice(1), download()], true, 1), null);
  assert.notEqual(nextRequest([...busy.slice(1), download()], true), null);
});
