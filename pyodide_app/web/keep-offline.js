// "Keep on this device" of song pages; site.js loads it where there is a service worker.
import { offerSongs } from "./pages/keep-offline.js";
import { access, owned } from "./tokens/ownership.js";

offerSongs((key, locked) => access(owned(), key, locked) !== "silent");
