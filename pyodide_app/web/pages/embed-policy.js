// The policy of embedded pages allows any host, since their own has no name in a sandboxed frame. This adds one that allows
// their site alone, before other modules run.
import { ROOT } from "../base/root.js";

if (!ROOT.hostname.startsWith("[")) { // policies cannot name IPv6 addresses
  const site = ROOT.href.replaceAll(";", "%3B").replaceAll(",", "%2C");
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = [
    `script-src ${site} blob: 'wasm-unsafe-eval'`,
    `style-src ${site}`,
    `img-src ${site} data: blob:`,
    `media-src ${site} blob:`,
    `font-src ${site}`,
    `connect-src ${site}`,
  ].join("; ");
  document.head.append(policy);
}
