// What pages of songs offer to keep, where there is a service worker: site.js loads it.
import "./pages/keep-offline.js";
