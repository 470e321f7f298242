// Compiles Contracts.sol and the example: JSON of contract name -> {code, selectors} on standard output.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const solc = require("solc");
const NAMES = ["./Contracts.sol", "../../../examples/contract/StemCollection.sol"];

const input = {
  language: "Solidity",
  sources: Object.fromEntries(NAMES.map((name) => [name, { content: readFileSync(new URL(name, import.meta.url), "utf8") }])),
  settings: {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.methodIdentifiers"] } },
  },
};
const find = (name) => ({ contents: readFileSync(require.resolve(name), "utf8") });
const { contracts, errors = [] } = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));
const wrong = errors.filter(({ severity }) => severity === "error");
if (wrong.length) throw new Error(wrong.map(({ formattedMessage }) => formattedMessage).join("\n"));

const compiled = NAMES.flatMap((name) => Object.entries(contracts[name])).map(([name, { evm }]) => [
  name,
  { code: `0x${evm.bytecode.object}`, selectors: evm.methodIdentifiers },
]);
process.stdout.write(JSON.stringify(Object.fromEntries(compiled)));
