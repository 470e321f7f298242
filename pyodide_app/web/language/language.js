// Translations. For English there are none; builds in other languages generate this module from the catalogue.

export const LANGUAGE = "en"; // of numbers and dates
/** @type {Readonly<Record<string, string[]>>} */
export const FORMS = {}; // plural forms by the English sentence, which follows its context and \x04 if it has one
export const ISOLATION = ["", ""]; // around values in right-to-left sentences
/** @param {number} n */
export const whichForm = (n) => Number(n !== 1);
