// What is shown beside stems that the visitor does not hold.
import { _ } from "../language/phrases.js";

/** @type {Readonly<Record<Data.Access, string>>} */
export const ACCESS = { preview: _("not yours: preview only"), silent: _("not yours: silent"), open: "" };
