// Addresses for forging and revealing, filled with what was chosen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { forgeAddress, revealAddress } from "../../pyodide_app/web/mine/drop-links.js";

const DROP = /** @type {const} */ ({ phase: "live", mint_url: "", blind: true });
const FORGE = "https://forge.example/?song={song}&album={album}&burn={burn}";

test("a song's address has its slug and the ids to burn", () => {
  const drop = { ...DROP, forge_url: FORGE, reveal_url: "" };
  assert.equal(forgeAddress(drop, { song: "low-tide", burn: ["1", "17", "40"] }), "https://forge.example/?song=low-tide&album=&burn=1,17,40");
  assert.equal(forgeAddress(drop, { album: "größe", burn: ["9001"] }), "https://forge.example/?song=&album=gr%C3%B6%C3%9Fe&burn=9001");
});

test("a token's address has its id", () => {
  const drop = { ...DROP, forge_url: "", reveal_url: "https://reveal.example/{token_id}" };
  assert.equal(revealAddress(drop, "12"), "https://reveal.example/12");
  assert.equal(forgeAddress(drop, { burn: [] }), "");
});

test("only https is linked to, and nothing where the site names no address", () => {
  for (const pattern of ["http://x.example/{token_id}", "javascript:alert({token_id})", "https://", ""]) {
    assert.equal(revealAddress({ ...DROP, forge_url: "", reveal_url: pattern }, "1"), "");
  }
  assert.equal(revealAddress(null, "1"), "");
});
