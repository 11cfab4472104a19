// The fonts of the npm package dejavu-fonts-ttf in place of installed ones, so that pages look alike
// wherever they are seen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const faces = [
  { family: "DejaVu Sans", weight: "normal", file: "DejaVuSans.ttf" },
  { family: "DejaVu Sans", weight: "bold", file: "DejaVuSans-Bold.ttf" },
  { family: "DejaVu Sans Mono", weight: "normal", file: "DejaVuSansMono.ttf" },
  { family: "DejaVu Sans Mono", weight: "bold", file: "DejaVuSansMono-Bold.ttf" },
];
const rules = faces.map(
  ({ family, weight, file }) =>
    `@font-face { font-family: "${family}"; font-weight: ${weight}; font-display: block; src: url("/test-fonts/${file}"); }`,
);

// The stylesheet names these families after the system's own: those go, the files come.
export async function bringFonts(page) {
  await page.route("**/page.css", async (route) => {
    const response = await route.fetch();
    const style = await response.text();
    const ours = style.replace(/(system-ui|ui-monospace), /g, "");
    await route.fulfill({ response, body: [...rules, ours].join("\n") });
  });
  await page.route("**/test-fonts/*", async (route) => {
    const file = new URL(route.request().url()).pathname.split("/").at(-1);
    const body = readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${file}`));
    await route.fulfill({ contentType: "font/ttf", body });
  });
}

// No glyph of the page comes from an installed font.
export async function assertFontsBrought(page, name) {
  const session = await page.context().newCDPSession(page);
  await session.send("DOM.enable");
  await session.send("CSS.enable");
  const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
  const installed = new Set();
  let glyphs = 0;
  const waiting = [root];
  while (waiting.length > 0) {
    const { nodeId, children = [], shadowRoots = [] } = waiting.pop();
    waiting.push(...children, ...shadowRoots);
    const { fonts } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
    for (const { familyName, isCustomFont, glyphCount } of fonts) {
      glyphs += glyphCount;
      if (!isCustomFont) {
        installed.add(familyName);
      }
    }
  }
  await session.detach();
  assert.deepEqual([...installed], [], `${name}: installed fonts`);
  assert.ok(glyphs > 0, `${name}: the fonts of the page are seen at all`);
}
