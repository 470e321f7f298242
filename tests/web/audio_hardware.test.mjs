// The audio context: which of its stops are interruptions.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Context, installBrowser } from "../support/fake_browser.mjs";

installBrowser();
const { onInterruption, resumeAudio, suspendAudioSoon } = await import("../../pyodide_app/web/playback/audio-hardware.js");

/** @type {any} what the types say cannot be changed */
const browser = navigator;
let heard = [];
onInterruption((context) => heard.push(context), new AbortController().signal);

beforeEach(async () => {
  browser.userActivation = undefined;
  resumeAudio(48000);
  await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  heard = [];
});

test("a call interrupts", () => {
  Context.latest.become("interrupted");
  assert.deepEqual(heard, [Context.latest]);
});

test("a context that the browser suspends is interrupted", () => {
  Context.latest.become("suspended");
  assert.deepEqual(heard, [Context.latest]);
});

test("a rest after a pause is no interruption", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  suspendAudioSoon();
  mock.timers.tick(10_000);
  assert.deepEqual([Context.latest.state, heard], ["suspended", []]);
});

test("a rest that is reported late, after Play, is no interruption", () => {
  resumeAudio(48000);
  Context.latest.state = "suspended";
  Context.latest.onstatechange();
  assert.deepEqual(heard, []);
});

test("whoever plays into a context that is replaced by one of another rate hears of it", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const before = Context.latest;
  resumeAudio(44100);
  mock.timers.tick(10_000);
  assert.deepEqual([before.state, heard], ["closed", [before]]);
});

/** Ask for sound on a page that nobody has touched; the context begins only if the browser lets it. */
function resumeUntouched(mock, { isAllowed }) {
  mock.timers.enable({ apis: ["setTimeout"] });
  browser.userActivation = { hasBeenActive: false };
  Context.latest.state = "suspended";
  if (!isAllowed) mock.method(Context.latest, "resume", () => new Promise(() => {}));
  resumeAudio(48000);
}

test("a browser that wants a gesture first interrupts", ({ mock }) => {
  resumeUntouched(mock, { isAllowed: false });
  mock.timers.tick(10_000);
  assert.deepEqual(heard, [Context.latest]);
});

test("a browser that plays without a gesture interrupts nothing", ({ mock }) => {
  resumeUntouched(mock, { isAllowed: true });
  mock.timers.tick(10_000);
  assert.deepEqual([Context.latest.state, heard], ["running", []]);
});

test("a gesture that comes before the browser begins interrupts nothing", ({ mock }) => {
  resumeUntouched(mock, { isAllowed: false });
  browser.userActivation.hasBeenActive = true;
  mock.timers.tick(10_000);
  assert.deepEqual(heard, []);
});
