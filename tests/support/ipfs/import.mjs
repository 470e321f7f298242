// Prints what ipfs-unixfs-importer calls a folder: node import.mjs FOLDER
import { opendir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { MemoryBlockstore } from "blockstore-core/memory";
import { importer } from "ipfs-unixfs-importer";

async function* files(folder, top = folder) {
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path, top);
    else yield { path: relative(top, path), content: await readFile(path) };
  }
}

let last;
/** @type {import("ipfs-unixfs-importer").ImporterOptions} */
const options = { profile: "unixfs-v1-2025", wrapWithDirectory: true };
for await (const entry of importer(files(process.argv[2]), new MemoryBlockstore(), options)) last = entry;
console.log(last.cid.toString());
