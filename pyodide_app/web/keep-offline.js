// "Keep on this device" of song pages; site.js loads it where there is a service worker.
import "./pages/keep-offline.js";
