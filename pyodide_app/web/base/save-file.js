// Files that the visitor saves.
import { createElement } from "./dom.js";

const KEPT_MS = 60_000; // until the browser has surely begun to read it

/** @param {File} file saved under its name */
export function saveFile(file) {
  const link = createElement("a", { href: URL.createObjectURL(file), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
