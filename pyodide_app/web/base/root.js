// The site's address, with its last slash: three folders above this module.
export const ROOT = new URL("../../../", import.meta.url);
