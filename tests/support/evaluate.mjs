// Evaluates functions for tests/support/node.py. A line of input is JSON: a function's source, and its argument.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

// Node's own fetch reads no files.
globalThis.fetch = async (address) => new Response(await readFile(new URL(String(address))));

for await (const line of createInterface({ input: process.stdin })) {
  const { source, argument } = JSON.parse(line);
  // eslint-disable-next-line no-eval -- the functions are the tests' own; a direct eval's import() is this module's
  const result = await eval(`(${source})`)(argument);
  process.stdout.write(`${JSON.stringify(result ?? null)}\n`);
}
