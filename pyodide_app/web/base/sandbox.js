/** Whether the page is in a frame that leaves it no origin: it can save nothing, neither in storage nor to a file. */
export const isSandboxed = globalThis.origin === "null";
