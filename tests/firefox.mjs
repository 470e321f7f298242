// A visitor with Firefox at a song's page: plays, listens, mutes, exports. Prints as JSON what came of it.
//
//   node firefox.js ADDRESS FIREFOX DOWNLOADS
import { existsSync } from "node:fs";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const [address, executablePath, downloads] = process.argv.slice(2);
const PREFERENCES = {
  "browser.download.dir": downloads,
  "browser.download.folderList": 2,
  "media.autoplay.default": 0,
};
const MINUTE = 60_000;

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  extraPrefsFirefox: PREFERENCES,
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(2 * MINUTE);
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  await page.goto(address);
  const says = (words) =>
    page.waitForFunction((words) => document.querySelector(".status").textContent.startsWith(words), {}, words);
  const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

  await page.click(".play");
  await says("Playing, mixed by Python");
  await page.addScriptTag({ url: new URL("../../sound/record.js", address).href, type: "module" });
  await page.waitForSelector("html[data-recording]");
  await wait(3);
  await page.click("[data-layer=drums] .mute");
  await wait(2);
  await page.click(".pause");
  await says("Paused");
  const recording = await page.evaluate(() => window.recording());

  await page.click(".tools summary");
  await page.click(".export");
  await says("Exported ");
  const status = await page.$eval(".status", (it) => it.textContent);
  const name = status.match(/^Exported (\S+),/)[1];
  const file = join(downloads, name);
  const late = Date.now() + MINUTE;
  while (!existsSync(file) || existsSync(`${file}.part`)) {
    if (Date.now() > late) throw new Error(`${name} has not come`);
    await wait(0.1);
  }
  const version = await browser.version();
  process.stdout.write(JSON.stringify({ version, recording, name, wrong }));
} finally {
  await browser.close();
}
