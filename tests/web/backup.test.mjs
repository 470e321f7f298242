// What a visitor has saved, written to a file and read back: nothing is lost, and nothing but what is valid comes in.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fuzz } from "../support/random.mjs";

/** @type {Map<string, string>} */
const storage = new Map();
const page = {
  document: Object.assign(new EventTarget(), {
    documentElement: { dataset: { collection: "x" } },
    baseURI: "https://site.example/",
    querySelector: () => ({ getAttribute: () => "Night Ferry" }),
  }),
  localStorage: { getItem: (key) => storage.get(key) ?? null, setItem: (key, text) => storage.set(key, text) },
  window: globalThis,
};
for (const [name, value] of Object.entries(page)) Object.defineProperty(globalThis, name, { value, configurable: true });
const { mergeBackup, readBackup, writeBackup } = await import("../../pyodide_app/web/saved/backup.js");
const { MIXES } = await import("../../pyodide_app/web/saved/mixes.js");
const { PLAYLISTS, deletePlaylist, savedPlaylists, savePlaylist } = await import("../../pyodide_app/web/saved/playlists.js");
const { isTrack } = await import("../../pyodide_app/web/saved/track-address.js");

const SLOW = { name: "Slow", mix: "v=1&song=one&mix=1-2" };
const OTHER = { name: "Slow", mix: "v=1&song=one&mix=2-2&gain=-6,0" };
const TWO = { name: "Slow", mix: "v=1&song=two&mix=1-1" };
const WALK = { name: "Walk", tracks: ["songs/one/1-2", "stems/one/drums/a"] };
const NONE = { mixes: 0, playlists: 0, settings: 0, broken: 0, excess: 0 };

beforeEach(() => storage.clear());

/** What a file says that another browser has written. */
function written(save) {
  save();
  const text = writeBackup();
  storage.clear();
  return text;
}

test("what was saved is the same after it was read in another browser", () => {
  const text = written(() => {
    MIXES.save([SLOW, TWO]);
    savePlaylist(WALK);
    storage.set("stempress:motion", "off");
    storage.set("stempress:gallery:x", "list");
  });
  assert.deepEqual(mergeBackup(readBackup(text)), { ...NONE, mixes: 2, playlists: 1, settings: 2 });
  assert.deepEqual(MIXES.read(), [SLOW, TWO]);
  assert.deepEqual(savedPlaylists(), [WALK]);
  assert.equal(storage.get("stempress:motion"), "off");
  assert.equal(writeBackup(), text);
});

test("reading a file again adds nothing", () => {
  const text = written(() => MIXES.save([SLOW, TWO, { ...SLOW, name: "Same again" }]));
  MIXES.save([OTHER]);
  assert.equal(mergeBackup(readBackup(text)).mixes, 3);
  assert.deepEqual(MIXES.read().map(({ name }) => name), ["Slow", "Slow (2)", "Slow", "Same again"]);
  assert.deepEqual(mergeBackup(readBackup(text)), NONE);
});

test("nothing that is here is replaced", () => {
  const text = written(() => {
    MIXES.save([OTHER]);
    savePlaylist({ ...WALK, tracks: ["songs/one/2-2"] });
    storage.set("stempress:motion", "off");
  });
  MIXES.save([SLOW]);
  savePlaylist(WALK);
  storage.set("stempress:motion", "on");
  assert.deepEqual(mergeBackup(readBackup(text)), { ...NONE, mixes: 1, playlists: 1 });
  assert.deepEqual(MIXES.read(), [SLOW, { ...OTHER, name: "Slow (2)" }]);
  assert.deepEqual(savedPlaylists().map(({ name }) => name), ["Walk", "Walk (2)"]);
  assert.equal(storage.get("stempress:motion"), "on");
});

test("what finds no room is counted, and nothing is pushed out", () => {
  const text = written(() => MIXES.save([{ ...SLOW, name: "A" }, { ...SLOW, name: "B" }]));
  const many = Array.from({ length: 99 }, (_item, nth) => ({ name: `M${nth}`, mix: `v=1&song=one&mix=1-1&at=${nth}` }));
  MIXES.save(many);
  assert.deepEqual(mergeBackup(readBackup(text)), { ...NONE, mixes: 1, excess: 1 });
  assert.deepEqual(MIXES.read().slice(0, 99), many);
});

test("files of other kinds, versions and sites are refused, with a reason", () => {
  const file = { format: "stempress-saved", version: 1, collection: "x" };
  for (const text of ["", "{", "null", "[]", '"x"', "{}", JSON.stringify({ ...file, format: "m3u" })]) {
    assert.throws(() => readBackup(text), { message: "it is not a file of saved mixes and playlists" });
  }
  assert.throws(() => readBackup(JSON.stringify({ ...file, version: 2 })), { message: "it was saved by another version of this site" });
  const other = { ...file, collection: "y" };
  assert.throws(() => readBackup(JSON.stringify({ ...other, site: "<b>" })), { message: "it is of another site: <b>" });
  assert.throws(() => readBackup(JSON.stringify({ ...other, site: { toString: null } })), { message: "it is of another site: ?" });
  readBackup(JSON.stringify({ ...other, site: "Night Ferry" }));
  assert.deepEqual(mergeBackup(readBackup(JSON.stringify(file))), NONE);
});

test("entries that are broken are counted and left out", () => {
  const file = {
    format: "stempress-saved", version: 1, collection: "x",
    mixes: [SLOW, null, { name: 1, mix: "" }, { name: "No mix" }, { name: "Long", mix: "x".repeat(5000) }],
    playlists: [{ name: "Elsewhere", tracks: ["https://evil.example/"] }, WALK],
    settings: { motion: "loud", toString: "on", __proto__: { gallery: "list" } },
  };
  assert.deepEqual(mergeBackup(readBackup(JSON.stringify(file))), { ...NONE, mixes: 1, playlists: 1, broken: 5 });
});

test("any file leaves what is here, and adds nothing but what is valid", () => {
  const text = written(() => {
    MIXES.save([SLOW, OTHER, TWO]);
    savePlaylist(WALK);
  });
  const words = ["mixes", "playlists", "name", "tracks", "mix", "settings", "__proto__", "constructor", ...WALK.tracks];
  fuzz((random) => {
    storage.clear();
    MIXES.save([SLOW]);
    savePlaylist(WALK);
    const content = { ...JSON.parse(text), [random.pick(["mixes", "playlists", "settings", "collection"])]: random.json(words) };
    try {
      mergeBackup(readBackup(random.edited(JSON.stringify(content), words)));
    } catch (error) {
      assert.ok(error instanceof Error && !(error instanceof TypeError || error instanceof ReferenceError), String(error));
    }
    assert.deepEqual(MIXES.read()[0], SLOW);
    assert.ok(savedPlaylists().some(({ name, tracks }) => name === "Walk" && tracks.join() === WALK.tracks.join()));
    assert.ok(PLAYLISTS.read().every(({ tracks }) => tracks.every(isTrack)));
    for (const { name, mix } of MIXES.read()) assert.equal(typeof name + typeof mix, "stringstring");
  });
  deletePlaylist("Walk");
});
