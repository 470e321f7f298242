// <stem-mixer>, for every page that has one: see docs/component.md.
export { StemMixer } from "./mixer/mixer.js";
