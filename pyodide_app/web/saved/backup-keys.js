// Two buttons, where saved mixes and playlists are listed: save all of them to a file, and read such a file.
/** @import { Counts } from "./backup.js" */
import { createElement } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { saveFile } from "../base/save-file.js";
import { _, formatList, plural } from "../language/phrases.js";
import { mergeBackup, MOST_BYTES, readBackup, siteName, writeBackup } from "./backup.js";

const FORBIDDEN = /[\\/:*?\x22<>|\p{C}]/gu; // in names of files

/**
 * @param {(words: string) => void} announce @param {AbortSignal} signal
 */
export function createBackupKeys(announce, signal) {
  const input = createElement("input", { type: "file", accept: ".json,application/json", "aria-label": _("Read from a file"), hidden: true });
  const save = createElement("button", { type: "button", class: "key" }, _("Save all to a file"));
  const read = createElement("button", { type: "button", class: "key" }, _("Read from a file"));
  save.addEventListener("click", () => saveFile(backupFile()), { signal });
  read.addEventListener("click", () => input.click(), { signal });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    input.value = ""; // so that the same file can be chosen again
    if (file) announce(await readFile(file));
  }, { signal });
  return createElement("p", { class: "line" }, save, read, input);
}

function backupFile() {
  const day = new Date().toISOString().slice(0, 10);
  const name = _("%(site)s, saved on %(day)s", { site: siteName(), day }).replace(FORBIDDEN, "-");
  return new File([writeBackup()], `${name}.json`, { type: "application/json" });
}

/**
 * Add what a file has; returns what is to be said about it.
 * @param {File} file
 */
async function readFile(file) {
  try {
    if (file.size > MOST_BYTES) throw new Error(_("it is too large"));
    return describe(file.name, mergeBackup(readBackup(await file.text())));
  } catch (error) {
    return _("%(file)s can't be read: %(reason)s", { file: file.name, reason: reasonOf(error) });
  }
}

/** @param {string} file @param {Counts} counts */
function describe(file, { mixes, playlists, settings, broken, excess }) {
  const added = [
    mixes && plural(mixes, "%(num)s mix", "%(num)s mixes"),
    playlists && plural(playlists, "%(num)s playlist", "%(num)s playlists"),
    settings && plural(settings, "%(num)s setting", "%(num)s settings"),
  ].filter((words) => typeof words === "string");
  return [
    added.length ? _("Added from %(file)s: %(added)s.", { file, added: formatList(added) }) : _("%(file)s adds nothing to what is saved here.", { file }),
    excess && plural(excess, "There is no room for %(num)s more: delete some first.", "There is no room for %(num)s more: delete some first."),
    broken && plural(broken, "%(num)s entry can't be read.", "%(num)s entries can't be read."),
  ].filter(Boolean).join(" ");
}
