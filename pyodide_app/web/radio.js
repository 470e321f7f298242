// The radio's page.
export { StemRadio } from "./radio/radio-element.js";
