// Requests to a worker: answers, errors, cancelling, and a worker that dies.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { WorkerClient, WorkerLost } from "../../pyodide_app/web/base/worker-client.js";

/** A worker that keeps what it is sent, and answers when the test says so. */
class FakeWorker {
  static all = [];
  sent = [];
  ended = false;
  onmessage;
  onmessageerror;
  onerror;

  constructor(url, options) {
    Object.assign(this, { url, options });
    FakeWorker.all.push(this);
  }

  postMessage(message, transfer) {
    this.sent.push({ message, transfer });
  }

  terminate() {
    this.ended = true;
  }

  answer(data) {
    this.onmessage({ data });
  }

  fail(message) {
    this.onerror({ message, preventDefault() {} });
  }
}

const URL_OF_WORKER = new URL("https://site.example/worker.js");
let client;
let messages;
let losses;

beforeEach(() => {
  globalThis.origin = URL_OF_WORKER.origin;
  globalThis.Worker = /** @type {any} */ (FakeWorker);
  FakeWorker.all = [];
  [messages, losses] = [[], []];
  client = new WorkerClient(URL_OF_WORKER, {
    unavailable: "it couldn't be loaded",
    onMessage: (message) => messages.push(message),
    onLoss: (error) => losses.push(error.message),
  });
});

afterEach(() => client.close());

/** Send a request, and let its worker have begun to work. */
function ask(...request) {
  const answer = client.request(...request);
  const worker = FakeWorker.all.at(-1);
  worker.answer({ type: "hello" });
  messages.pop();
  return [worker, answer, worker.sent.at(-1).message];
}

test("a worker starts with the first request, and is kept", async () => {
  assert.equal(FakeWorker.all.length, 0);
  const [worker, first, { id }] = ask("add", { terms: [1, 2] });
  assert.deepEqual([worker.url, worker.options], [URL_OF_WORKER, { type: "module" }]);
  assert.deepEqual(worker.sent, [{ message: { type: "add", terms: [1, 2], id }, transfer: [] }]);
  worker.answer({ type: "done", id, value: 3 });
  assert.equal(await first, 3);
  client.request("add", { terms: [] });
  assert.equal(FakeWorker.all.length, 1);
});

test("answers find their requests in any order", async () => {
  const [worker, one] = ask("one");
  const [, two] = ask("two");
  const [first, second] = worker.sent.map(({ message }) => message.id);
  worker.answer({ type: "done", id: second, value: 2 });
  worker.answer({ type: "done", id: first, value: 1 });
  assert.deepEqual(await Promise.all([one, two]), [1, 2]);
});

test("an error comes as plain data, and the worker works on", async () => {
  const [worker, answer, { id }] = ask("divide");
  worker.answer({ type: "failed", id, error: { message: "by zero", fatal: false } });
  await assert.rejects(answer, { message: "by zero" });
  assert.equal(worker.ended, false);
  assert.deepEqual(losses, []);
});

test("progress and transfers belong to a request; what is no answer is heard apart", async () => {
  const progress = [];
  const buffer = new ArrayBuffer(8);
  const [worker, , { id }] = ask("render", { buffer }, { transfer: [buffer], onProgress: (done) => progress.push(done) });
  assert.deepEqual(worker.sent[0].transfer, [buffer]);
  worker.answer({ type: "progress", id, done: 0.5 });
  worker.answer({ type: "level", peak: 1 });
  assert.deepEqual(progress, [0.5]);
  assert.deepEqual(messages, [{ type: "level", peak: 1 }]);
});

test("a request is cancelled at the worker, once, and only while it runs", async () => {
  const stop = new AbortController();
  const [worker, answer, { id }] = ask("render", {}, { signal: stop.signal });
  stop.abort();
  assert.deepEqual(worker.sent.at(-1).message, { type: "cancel", id });
  worker.answer({ type: "failed", id, error: { message: "cancelled", fatal: false } });
  await assert.rejects(answer, { message: "cancelled" });
  await assert.rejects(client.request("render", {}, { signal: stop.signal }), { name: "AbortError" });
  assert.equal(worker.sent.length, 2);
});

/** @type {Record<string, [kill: (worker: any) => void, reason: string]>} */
const deaths = {
  "throws outside a request": [(worker) => worker.fail("boom"), "boom"],
  "sends what cannot be read": [(worker) => worker.onmessageerror(), "a message between page and worker couldn't be read"],
  "says that it is of no more use": [
    (worker) => worker.answer({ type: "failed", id: 1, error: { message: "out of memory", fatal: true } }),
    "out of memory",
  ],
};

for (const [what, [kill, reason]] of Object.entries(deaths)) {
  test(`a worker that ${what} fails all its requests; the next one starts another`, async () => {
    const [dead, first] = ask("one");
    const [, second] = ask("two");
    kill(dead);
    for (const answer of [first, second]) {
      await assert.rejects(answer, (/** @type {Error} */ error) => error instanceof WorkerLost && error.message === reason);
    }
    assert.deepEqual(losses, [reason]);
    assert.equal(dead.ended, true);
    const [alive, third, { id }] = ask("three");
    assert.notEqual(alive, dead);
    dead.fail("late news of the dead");
    alive.answer({ type: "done", id, value: 3 });
    assert.equal(await third, 3);
    assert.equal(losses.length, 1);
  });
}

test("a worker that cannot be loaded is unavailable, not lost", async () => {
  const answer = client.request("one");
  FakeWorker.all[0].fail(undefined);
  await assert.rejects(answer, (/** @type {Error} */ error) => !(error instanceof WorkerLost) && error.message === "it couldn't be loaded");
  assert.deepEqual(losses, ["it couldn't be loaded"]);
});

test("where a page may have no workers the request fails", async () => {
  globalThis.Worker = /** @type {any} */ (class {
    constructor() {
      throw new Error("not here");
    }
  });
  await assert.rejects(client.request("one"), { message: "not here" });
});

test("closing ends the worker without a loss; another request starts another", () => {
  const [worker] = ask("one");
  client.close();
  assert.equal(worker.ended, true);
  assert.deepEqual(losses, []);
  ask("two");
  assert.equal(FakeWorker.all.length, 2);
});

test("a worker of another origin is a blob that imports its module", async () => {
  globalThis.origin = "null"; // a sandboxed frame
  client.request("go");
  const [worker] = FakeWorker.all;
  assert.equal(worker.options, undefined, "a classic worker");
  const script = await (await fetch(worker.url)).text();
  assert.ok(script.includes(`"${URL_OF_WORKER.href}"`));
});

test("a blob that cannot import its module says so, and what it is asked fails", async (t) => {
  t.mock.method(globalThis, "fetch", async () => { throw new TypeError("offline"); });
  globalThis.origin = "null";
  const answer = client.request("go");
  FakeWorker.all[0].answer({ type: "unloaded" });
  await assert.rejects(answer, /it couldn't be loaded/);
});
