// The icons of the player's buttons, as SVG paths in a viewBox of 20 by 20.
/** @type {Readonly<Record<string, string>>} */
const ICONS = {
  previous: "M4 4h2v12H4zM17 4v12L7 10z",
  next: "M14 4h2v12h-2zM3 4v12l10-6z",
  play: "M5 3v14l12-7z",
  pause: "M4 3h4v14H4zM12 3h4v14h-4z",
  shuffle: "M2 5h4l8 10h4M2 15h4l2.5-3M11 8l3-3h4M16 3l2 2-2 2M16 13l2 2-2 2",
  repeat: "M4 9V6h11M13 3l3 3-3 3M16 11v3H5M7 11l-3 3 3 3",
  queue: "M3 5h14M3 10h14M3 15h8",
  close: "M4 4l12 12M16 4L4 16",
};
const SVG = "http://www.w3.org/2000/svg";
const LINES = new Set(["shuffle", "repeat", "queue", "close"]);

/** @param {string} name */
export function createIcon(name) {
  const [picture, path] = [document.createElementNS(SVG, "svg"), document.createElementNS(SVG, "path")];
  picture.setAttribute("viewBox", "0 0 20 20");
  picture.setAttribute("aria-hidden", "true");
  if (LINES.has(name)) picture.classList.add("lines");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}
