// The mixer by keyboard: single keys while the visitor is in it, or nowhere in particular.
import { _ } from "./phrases.js";
import { pressed } from "./words.js";

const OFF = "stempress:shortcuts-off";
const STEP_SECONDS = 5; // an arrow's way, where a song has no bars
const SHEET = [
  [_("Space"), _("play or pause")],
  ["← →", _("Back or forward one bar")],
  [_("Home"), _("to the beginning")],
  ["L", _("loop")],
  [_("1 to 9"), _("go to a row")],
  ["M, S", _("mute or solo the row you are in")],
  ["?", _("this list")],
];

export function joinKeys(mixer) {
  if (mixer !== document.querySelector("stem-mixer")) return;
  let row = 0;
  const sheet = document.createElement("dialog");
  fill(sheet);
  mixer.append(sheet);
  mixer.querySelector(".shortcuts").addEventListener("click", () => sheet.showModal());

  const go = async (bars) => {
    const { bar_seconds: bar } = await mixer.facts();
    const step = bar ?? STEP_SECONDS;
    // From a bar's beginning to the next, or to the one before.
    const here = mixer.position / step;
    const next = bars > 0 ? Math.floor(here + 1e-3) + 1 : Math.ceil(here - 0.25) - 1;
    mixer.seek(Math.min(next * step, mixer.duration - 0.01));
  };
  const keys = {
    " ": () => (mixer.playing ? mixer.pause() : mixer.play()),
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    Home: () => mixer.seek(0),
    l: () => mixer.toggleLoop(),
    m: () => mixer.rows[row]?.mute.click(),
    s: () => mixer.rows[row]?.solo.click(),
    "?": () => sheet.showModal(),
  };

  mixer.addEventListener("focusin", ({ target }) => {
    const at = mixer.rows.findIndex(({ element }) => element.contains(target));
    if (at >= 0) row = at;
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || off()) return;
    const { target, key } = event;
    if (target !== document.body && !mixer.contains(target) && target.id !== "content") return;
    if (takes(target, key) || sheet.open) return;
    const act = /^[1-9]$/.test(key)
      ? () => mixer.rows[key - 1]?.mute.focus()
      : (keys[key] ?? keys[key.toLowerCase()]);
    if (!act) return;
    event.preventDefault();
    act();
  }, { signal: mixer.life });
}

/** Say whether a control has a use for a key itself. */
function takes(target, key) {
  if (target.matches?.("input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]")) return true;
  if (target.matches?.("input[type=range]")) return key.startsWith("Arrow") || key === "Home";
  return key === " " && Boolean(target.closest?.("button, a, summary, input"));
}

function off() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false;
  }
}

function fill(sheet) {
  const make = (name, text = "") => Object.assign(document.createElement(name), { textContent: text });
  const list = make("dl");
  for (const [key, does] of SHEET) {
    const pair = make("div");
    pair.append(make("dt", key), make("dd", does));
    list.append(pair);
  }
  const toggle = make("button");
  const show = () => {
    toggle.textContent = _("Single-key shortcuts");
    toggle.setAttribute("aria-pressed", String(!off()));
  };
  toggle.type = "button";
  toggle.className = "key";
  toggle.addEventListener("click", () => {
    try {
      localStorage.setItem(OFF, pressed(toggle) ? "yes" : "no");
    } catch {
      return; // this browser keeps nothing
    }
    show();
  });
  show();
  const close = Object.assign(make("button", _("Close")), { type: "button", className: "key" });
  close.addEventListener("click", () => sheet.close());
  const foot = Object.assign(make("p"), { className: "keys" });
  foot.append(toggle, close);
  sheet.className = "sheet";
  sheet.setAttribute("aria-label", _("Keyboard"));
  sheet.append(make("h3", _("Keyboard")), list, foot);
}
