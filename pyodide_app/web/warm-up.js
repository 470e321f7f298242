// What the first press of a button that plays a queue needs, which site.js loads when a pointer or the focus comes to it.
export { warmUpQueue } from "./bar/warm-up.js";
