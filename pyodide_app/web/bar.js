// The player bar, which site.js opens.
export { openBar } from "./bar/player-bar.js";
