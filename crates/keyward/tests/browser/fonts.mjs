// Uses the tests' own fonts instead of the installed ones: see fonts.conf.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const TEXT_NODE = 3;

// The environment of a browser that finds no other fonts.
export const ownFonts = { FONTCONFIG_FILE: fileURLToPath(new URL("fonts.conf", import.meta.url)) };

// All text on the page uses our fonts.
export async function assertOwnFonts(page, name) {
  const session = await page.context().newCDPSession(page);
  await session.send("DOM.enable");
  await session.send("CSS.enable");
  const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
  const families = new Set();
  const waiting = [root];
  while (waiting.length > 0) {
    const { nodeId, children = [], shadowRoots = [] } = waiting.pop();
    waiting.push(...children, ...shadowRoots);
    if (children.some(({ nodeType, nodeValue }) => nodeType === TEXT_NODE && nodeValue.trim() !== "")) {
      const { fonts } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
      fonts.forEach(({ familyName }) => families.add(familyName));
    }
  }
  await session.detach();
  assert.ok(families.has("DejaVu Sans"), `${name}: ${[...families]}`);
  assert.deepEqual([...families].filter((family) => !family.startsWith("DejaVu Sans")), [], name);
}
