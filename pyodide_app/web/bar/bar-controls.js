// The controls of the player bar, created here since it belongs to no page.
import { createElement } from "../base/dom.js";
import { createIcon } from "../base/icons.js";
import { _ } from "../language/phrases.js";

/** @typedef {"previous" | "play" | "next" | "shuffle" | "repeat" | "queue" | "close"} KeyName */
/** @typedef {Readonly<Record<KeyName, () => void>>} KeyActions what each key does */

/** @type {Readonly<Record<KeyName, string>>} */
const LABELS = {
  previous: _("Previous track"),
  play: _("Play"),
  next: _("Next track"),
  shuffle: _("Shuffle"),
  repeat: _("Repeat"),
  queue: _("Queue"),
  close: _("Close the player"),
};

/**
 * @param {KeyActions} actions @param {number} volume from 0 to 1 @param {AbortSignal} signal
 * @returns {HTMLElement[]}
 */
export function createControls(actions, volume, signal) {
  /** @param {KeyName} name */
  const key = (name, attributes = {}) => {
    const button = createElement("button", { type: "button", class: `key ${name}`, "aria-label": LABELS[name], ...attributes }, createIcon(name));
    button.addEventListener("click", actions[name], { signal });
    return button;
  };
  const queue = key("queue", { "aria-expanded": "false", "aria-controls": "queue-panel" });
  queue.append(createElement("span", { class: "count" }));
  return [
    createCover(),
    createWords(),
    createElement("div", { class: "keys" }, key("previous"), key("play"), key("next")),
    createPlace(),
    createElement("div", { class: "extras" },
      createSlider("volume", _("Volume of the player"), { max: "1", step: "0.01", value: volume }),
      key("shuffle", { "aria-pressed": "false" }), key("repeat"), queue, key("close")),
    createElement("p", { class: "news hidden", role: "status" }),
  ];
}

function createCover() {
  const picture = createElement("img", { width: "56", height: "56", alt: "" });
  return createElement("a", { class: "cover", tabindex: "-1", "aria-hidden": "true" }, picture, createElement("span", { class: "dancing" }));
}

function createWords() {
  return createElement("div", { class: "words" },
    createElement("p", { class: "what" }, createElement("a", { class: "title" }), " ", createElement("span", { class: "detail" })),
    createElement("p", { class: "reason", role: "status" }));
}

function createPlace() {
  return createElement("p", { class: "place" },
    createElement("span", { class: "now" }, "0:00"),
    createSlider("position", _("Position in the track"), { max: "1", step: "0.01", value: "0" }),
    createElement("span", { class: "of" }, "0:00"));
}

/** @param {string} name @param {string} label @param {Record<string, string | number>} attributes */
function createSlider(name, label, attributes) {
  return createElement("input", { type: "range", class: name, "aria-label": label, min: "0", autocomplete: "off", ...attributes });
}
