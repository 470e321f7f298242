// Injected by the preview server into the pages it serves, never written into dist/.
// The tag carries the build the page came from; the server streams the newest one.
const shown = document.currentScript.dataset.build;
const builds = new EventSource("/.stempress/reload");
builds.onmessage = ({ data }) => {
  if (data !== shown) {
    builds.close();
    location.reload();
  }
};
// Browsers open six connections per host: a page that is left must give its own back.
addEventListener("pagehide", () => builds.close());
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
