// Single-key shortcuts, while the focus is in the mixer or on the page itself.
/** @import { StemMixer } from "./stem-mixer.js" */
import { find, createElement } from "../base/dom.js";
import { _ } from "../language/phrases.js";
import { saveItem, readItem } from "../base/storage.js";
import { setPressed, isPressed } from "../base/controls.js";

const OFF = "stempress:shortcuts-off";
const STEP_SECONDS = 5; // of the arrow keys, for songs without bars
const SHEET = [
  [_("Space"), _("Play or pause")],
  ["← →", _("Back or forward one bar")],
  [_("Home"), _("Go to the beginning")],
  ["L", _("Loop on or off")],
  [_("1 to 9"), _("Go to a row")],
  ["M, S", _("Mute or solo the current row")],
  ["?", _("Show this list")],
];

/** @param {StemMixer} mixer */
export function addShortcuts(mixer) {
  if (mixer !== document.querySelector("stem-mixer")) return;
  const { life: signal } = mixer;
  let row = 0;
  const sheet = createElement("dialog");
  fillSheet(sheet, signal);
  mixer.append(sheet);
  signal.addEventListener("abort", () => sheet.remove(), { once: true });
  find(mixer, ".shortcuts").addEventListener("click", () => sheet.showModal(), { signal });

  /** @param {-1 | 1} bars */
  const go = async (bars) => {
    const { bar_seconds: bar } = await mixer.facts();
    const step = bar ?? STEP_SECONDS;
    // To the start of the next bar, or of the previous one.
    const position = mixer.position / step;
    const next = bars > 0 ? Math.floor(position + 1e-3) + 1 : Math.ceil(position - 0.25) - 1;
    mixer.seek(Math.min(next * step, mixer.duration - 0.01));
  };
  /** @type {Readonly<Record<string, () => unknown>>} */
  const actions = {
    " ": () => (mixer.isWanted ? mixer.pause() : mixer.play()),
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    Home: () => mixer.seek(0),
    l: () => mixer.toggleLoop(),
    m: () => mixer.rows[row]?.mute.click(),
    s: () => mixer.rows[row]?.solo.click(),
    "?": () => sheet.showModal(),
  };

  mixer.addEventListener("focusin", ({ target }) => {
    const nth = mixer.rows.findIndex(({ element }) => element.contains(/** @type {Node} */ (target)));
    if (nth >= 0) row = nth;
  }, { signal });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || areOff()) return;
    const { target, key, repeat } = event;
    if (!(target instanceof Element)) return;
    if (target !== document.body && !mixer.contains(target) && target.id !== "content") return;
    if (usesKey(target, key) || sheet.open) return;
    const act = /^[1-9]$/.test(key)
      ? () => mixer.rows[Number(key) - 1]?.mute.focus()
      : (actions[key] ?? actions[key.toLowerCase()]);
    if (!act) return;
    event.preventDefault();
    if (!repeat || key.startsWith("Arrow")) act(); // a key that is held down toggles once
  }, { signal });
}

/**
 * Whether a control handles a key itself.
 * @param {Element} target @param {string} key
 */
function usesKey(target, key) {
  if (target.matches("input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]")) return true;
  if (target.matches("input[type=range]")) return key.startsWith("Arrow") || key === "Home";
  return key === " " && Boolean(target.closest("button, a, summary, input"));
}

function areOff() {
  return readItem(OFF) === "yes";
}

/** @param {HTMLDialogElement} sheet @param {AbortSignal} signal */
function fillSheet(sheet, signal) {
  const list = createElement("dl", {}, ...SHEET.map(([key, action]) => createElement("div", {}, createElement("dt", {}, key), createElement("dd", {}, action))));
  const toggle = createElement("button", { type: "button", class: "key" }, _("Single-key shortcuts"));
  setPressed(toggle, !areOff());
  toggle.addEventListener("click", () => {
    if (saveItem(OFF, isPressed(toggle) ? "yes" : "no")) setPressed(toggle, !areOff());
  }, { signal });
  const close = createElement("button", { type: "button", class: "key" }, _("Close"));
  close.addEventListener("click", () => sheet.close(), { signal });
  sheet.className = "sheet";
  sheet.setAttribute("aria-label", _("Keyboard"));
  sheet.append(createElement("h3", {}, _("Keyboard")), list, createElement("p", { class: "keys" }, toggle, close));
}
