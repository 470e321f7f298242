// What goes into sentences: lists and times, in English and in Hebrew.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { formatMoment } from "../../pyodide_app/web/language/phrases.js";

const FSI = "\u2068";
const PDI = "\u2069";
const VAV = "\u05d5";
const SONG = "\u05e9\u05d9\u05e8";

let folder = "";
/** @type {typeof import("../../pyodide_app/web/language/phrases.js")} */
let phrases;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "phrases-"));
  await copyFile(new URL("../../pyodide_app/web/language/phrases.js", import.meta.url), join(folder, "phrases.js"));
  const words = `export const LANGUAGE = "he"; export const FORMS = {}; export const ISOLATION = ["${FSI}", "${PDI}"];`;
  await writeFile(join(folder, "language.js"), `${words} export const whichForm = (n) => Number(n !== 1);`);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  phrases = await import(pathToFileURL(join(folder, "phrases.js")).href);
});

after(() => rm(folder, { recursive: true }));

test("Hebrew puts a hyphen between \"and\" and what isn't Hebrew, and no other", () => {
  assert.equal(phrases.formatList(["Bass", "Drums"]), `${FSI}Bass${PDI} ${VAV}-${FSI}Drums${PDI}`);
  assert.equal(phrases.formatList(["Bass", SONG]), `${FSI}Bass${PDI} ${VAV}${FSI}${SONG}${PDI}`);
});

test("English days are written as on pages, before their months", () => {
  assert.match(formatMoment("2026-09-01T12:00:00Z"), /^[12] Sept 2026, \d\d:\d\d$/);
});
