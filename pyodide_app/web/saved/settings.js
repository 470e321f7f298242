// The visitor's settings in this browser, as modules of other rooms save them.
import { readItem, saveItem } from "../base/storage.js";

/** @typedef {Record<string, string>} Settings by name */

/** Keys in localStorage, and the values that there are. */
const SETTINGS = new Map([
  ["motion", { key: () => "stempress:motion", values: ["on", "off"] }],
  ["shortcuts-off", { key: () => "stempress:shortcuts-off", values: ["yes", "no"] }],
  ["gallery", { key: () => `stempress:gallery:${document.documentElement.dataset.collection}`, values: ["sheet", "cards", "list"] }],
]);

/** The settings that the visitor has chosen. */
export function chosenSettings() {
  const chosen = [...SETTINGS].map(([name, { key }]) => [name, readItem(key())]);
  return validSettings(Object.fromEntries(chosen));
}

/**
 * The settings that there are, with values that they may have.
 * @param {any} given untrusted
 * @returns {Settings}
 */
export function validSettings(given) {
  const valid = [...SETTINGS].filter(([name, { values }]) => Object.hasOwn(Object(given), name) && values.includes(given[name]));
  return Object.fromEntries(valid.map(([name]) => [name, given[name]]));
}

/**
 * Save settings that the visitor has not chosen here; returns how many. They apply from the next page on.
 * @param {Settings} settings valid ones
 */
export function addSettings(settings) {
  const chosen = chosenSettings();
  const added = Object.entries(settings).filter(([name]) => !(name in chosen));
  return added.filter(([name, value]) => saveItem(SETTINGS.get(name)?.key() ?? name, value)).length;
}
