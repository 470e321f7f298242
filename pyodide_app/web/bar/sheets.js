// The bar's style sheets.
import { APP } from "../base/version.js";

export const SHEETS = ["fader", "bar"].map((name) => new URL(`${name}.css`, APP).href);
