// <stem-mixer> with all its tools.
import "./holders-only.js";
import { addShortcuts } from "./shortcuts.js";
import { StemMixer } from "./stem-mixer.js";
import { addTools } from "./tools.js";

StemMixer.extensions.push(addTools, addShortcuts);
customElements.define("stem-mixer", StemMixer);

export { StemMixer };
