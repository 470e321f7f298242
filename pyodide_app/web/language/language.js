// What the modules say, in the site's language. This is English, which needs no words; a build for
// another language writes a module like this one out of its catalogue.

export const LANGUAGE = "en"; // how numbers and dates are written
/** @type {Readonly<Record<string, string[]>>} */
export const FORMS = {}; // by the English sentence, after its context and \x04 if it has one
export const ISOLATION = ["", ""]; // around values, where a sentence is written from right to left
/** @param {number} n */
export const whichForm = (n) => Number(n !== 1);
