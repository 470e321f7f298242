// A visitor with Firefox at a song's page. Prints as JSON what came of it.
//
//   node firefox.mjs mixer ADDRESS FIREFOX DOWNLOADS   plays, listens, mutes, exports
//   node firefox.mjs stems ADDRESS FIREFOX DOWNLOADS   exports stems
//   node firefox.mjs take ADDRESS FIREFOX DOWNLOADS    records a take, opens its link in another window, exports it there
//   node firefox.mjs seek ADDRESS FIREFOX DOWNLOADS    plays, goes to second 80, listens
//   node firefox.mjs verify ADDRESS FIREFOX DOWNLOADS  verifies the mix
//   node firefox.mjs radio ADDRESS FIREFOX {...}       plays the radio from a time on until a frame, listens
//   node firefox.mjs bar ADDRESS FIREFOX DOWNLOADS     queues, walks on, goes to the next track, pauses
//   node firefox.mjs frame ADDRESS FIREFOX DOWNLOADS   plays the embedded mixer in a page's frame, listens
//   node firefox.mjs hidden ADDRESS FIREFOX SCRIPT     runs a script in a hidden track's page, opens it, listens
//   node firefox.mjs shut ADDRESS FIREFOX SCRIPT       looks by a script at a page's frame whose scripts are kept out
//   node firefox.mjs python ADDRESS FIREFOX SCRIPT     runs a script in the page of runtime_page/
import { existsSync } from "node:fs";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const [part, address, executablePath, last] = process.argv.slice(2);
const PREFERENCES = {
  "browser.download.dir": last,
  "browser.download.folderList": 2,
  "media.autoplay.default": 0,
};
const MINUTE = 60_000;

const wrong = [];
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  extraPrefsFirefox: PREFERENCES,
});
try {
  const page = await opened();
  const told = await { mixer, stems, take, seek, frame, hidden, shut, verify, bar, radio, python }[part](page);
  const version = await browser.version();
  process.stdout.write(JSON.stringify({ version, wrong, ...told }));
} finally {
  await browser.close();
}

async function python(page) {
  return { answer: await page.evaluate((script) => globalThis.python(script), last) };
}

async function mixer(page) {
  const says = statusOf(page);
  await page.click(".play");
  await says("Playing, mixed by Python");
  await record(page);
  await wait(3);
  await page.click("[data-layer=drums] .mute");
  await wait(2);
  await page.click(".pause");
  await says("Paused");
  const recording = await page.evaluate(() => window.recording());

  await page.click(".tools summary");
  await page.click(".export");
  return { recording, name: await downloaded(page) };
}

async function stems(page) {
  await page.click(".tools summary");
  await page.click(".export-stems");
  const name = await downloaded(page);
  const kept = await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    let files = 0;
    for await (const file of folder.keys()) files += Number(Boolean(file));
    return files;
  });
  return { name, kept };
}

async function take(page) {
  const says = statusOf(page);
  await page.waitForSelector(".record-take:not(:disabled)");
  await page.click(".record-take");
  await page.click(".play");
  await page.waitForFunction(() => document.querySelector("stem-mixer").getAttribute("data-state") === "playing");
  await page.click("[data-layer=drums] .mute"); // while the browser mixes, unless Python is there already
  await says("Playing, mixed by Python");
  await wait(0.5);
  await page.select("[data-layer=bass] select", await page.$eval("[data-layer=bass] option:nth-child(2)", (it) => it.value));
  await page.click("[data-layer=drums] .mute");
  await wait(1);
  await page.click(".record-take");
  await says("Take recorded");
  await page.click(".pause");
  const text = await page.evaluate(() => /** @type {any} */ (document.querySelector("stem-mixer")).openTake.text);
  const other = await opened(`${address}#v=1&song=undertow&take=${text}`);
  await statusOf(other)("Take opened");
  await other.click(".export-take");
  return { text, name: await downloaded(other) };
}

/** The name of the file that is being exported, once it has come. */
async function downloaded(page) {
  await statusOf(page)("Exported ");
  const status = await page.$eval(".status", (it) => it.textContent);
  const name = status.match(/^Exported (.+), [^,]+ MB/)[1];
  const file = join(last, name);
  const late = Date.now() + MINUTE;
  while (!existsSync(file) || existsSync(`${file}.part`)) {
    if (Date.now() > late) throw new Error(`${name} has not come`);
    await wait(0.1);
  }
  return name;
}

/** What waits until the mixer's status line begins with some words. */
function statusOf(page) {
  return (words) =>
    page.waitForFunction((start) => document.querySelector(".status").textContent.startsWith(start), {}, words);
}

async function seek(page) {
  await page.click(".play");
  await page.waitForFunction(() => document.querySelector(".status").textContent === "Playing, mixed by Python");
  await record(page);
  await page.$eval(".position", (it) => {
    it.value = 80;
    it.dispatchEvent(new Event("change"));
  });
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("stem-mixer")).position > 82);
  return page.evaluate(() => ({ recording: window.recording(), stats: /** @type {any} */ (document.querySelector("stem-mixer")).stats }));
}

async function frame(page) {
  const inside = await (await page.waitForSelector("iframe")).contentFrame();
  await inside.waitForSelector(".play:not(:disabled)");
  await inside.click(".play");
  await inside.waitForFunction(() => document.querySelector(".status").textContent === "Playing, mixed by Python");
  await record(inside, inside.url().split("/embed/")[0]);
  await wait(2);
  return inside.evaluate(() => {
    const { stats } = /** @type {any} */ (document.querySelector("stem-mixer"));
    return { origin: self.origin, stats, recording: window.recording() };
  });
}

async function hidden(page) {
  await page.evaluate(last);
  await page.click("[data-open]");
  const outcome = await page.waitForFunction(() => /** @type {any} */ (window).outcome());
  return { outcome: await outcome.jsonValue(), heard: await page.evaluate(() => /** @type {any} */ (window).heard()) };
}

async function shut(page) {
  const inside = await (await page.waitForSelector("iframe")).contentFrame();
  await inside.waitForSelector("[role=alert]");
  await inside.waitForFunction(() => /** @type {HTMLImageElement} */ (document.querySelector("img.art")).naturalWidth > 0);
  return inside.evaluate(`(() => { ${last} })()`);
}

async function radio(page) {
  const { clock, time, until } = JSON.parse(last);
  await page.waitForSelector("stem-radio .play:not(:disabled)");
  await page.evaluate(`(() => { const time = ${time}; ${clock} })()`);
  await page.click("stem-radio .play");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("stem-radio")).stats?.engine === "python");
  await record(page, new URL("..", address).href);
  await page.waitForFunction((end) => /** @type {any} */ (document.querySelector("stem-radio")).onAir.frame > end, {}, until);
  return page.evaluate(() => ({ recording: window.recording(), stats: /** @type {any} */ (document.querySelector("stem-radio")).stats }));
}

async function verify(page) {
  await page.click(".tools summary");
  await page.click(".verify");
  const status = await page.waitForFunction(() => document.querySelector(".status").textContent.match(/^This is.*SHA-256 .*/)?.[0]);
  return { status: await status.jsonValue() };
}

async function bar(page) {
  const walk = async (go, title) => {
    await go();
    await page.waitForFunction((words) => document.querySelector("h1").textContent === words, {}, title);
  };
  const shown = () => page.$eval("player-bar", ({ jukebox, queue }) => [jukebox.state, queue.current.address]);
  const until = (found, state) => found.waitForSelector(`player-bar[data-state=${state}]`);

  await page.click("main [data-queue='songs/undertow']:not([data-add])"); // its mixes
  await until(page, "playing");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("player-bar")).jukebox.stats.engine === "python");
  await record(page);
  const [, track] = await shown();
  const song = await page.$eval("h1", (it) => it.textContent);
  await walk(() => page.click(".masthead [href$='rarity/']"), "Rarity");
  await walk(() => page.click(".masthead [href$='gallery/']"), "Gallery");
  await walk(() => page.evaluate(() => history.back()), "Rarity");
  await walk(() => page.evaluate(() => history.back()), song);
  const recording = await page.evaluate(() => window.recording());
  await press(page, "player-bar .next");
  await page.waitForFunction((first) => /** @type {any} */ (document.querySelector("player-bar")).queue.current.address !== first, {}, track);
  await until(page, "playing");
  const announced = await page.evaluate(() => [navigator.mediaSession.metadata.title, navigator.mediaSession.playbackState]);
  const next = await shown();
  await press(page, "player-bar .play");
  await until(page, "paused");
  await press(page, "player-bar .play");
  await until(page, "playing");

  const other = await opened();
  await until(other, "paused");
  await press(other, "player-bar .play");
  await until(other, "playing");
  await until(page, "paused");
  return { recording, track, next, announced };
}

/** Click an element once nothing else is where it is: for a moment after a page was left, what it showed still is. */
async function press(page, selector) {
  await page.waitForFunction((words) => {
    const element = document.querySelector(words);
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  }, {}, selector);
  await page.click(selector);
}

/** Open a window at an address. */
async function opened(place = address) {
  const page = await browser.newPage();
  page.setDefaultTimeout(2 * MINUTE);
  page.on("pageerror", (error) => wrong.push(String(error)));
  await page.goto(place);
  return page;
}

async function record(page, root = new URL("../..", address).href) {
  await page.addScriptTag({ url: `${root.replace(/\/$/, "")}/sound/record.js`, type: "module" });
  await page.waitForSelector("html[data-recording]");
}

function wait(seconds) {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}
