// The page as a part of a portal: the platform's name, logo, colour and link back, and without its header in a frame.
import assert from "node:assert/strict";
import http from "node:http";
import { api, assertAccessible, dev, openBrowser, openPage, signIn } from "./browser.mjs";

await api("POST", "", { name: "Framed", scopes: ["payment:read"], mode: 1 });
const [port] = process.argv.slice(2);
const list = `${dev.publicUrl}/workspaces/${dev.workspaceId}/keys`;
const browser = await openBrowser();

for (const colorScheme of ["light", "dark"]) {
  const { page, assertWell } = await openPage(browser, { colorScheme });
  await signIn(page);
  assert.match(await page.textContent(".brand"), /ACME/);
  assert.match(await page.title(), /· ACME$/);
  assert.equal(await page.getAttribute(".back", "href"), "https://portal.acme.example/");
  const logo = page.locator(".brand img");
  assert.equal(await logo.evaluate((image) => image.complete && image.naturalWidth > 0), true);
  const accent = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent"));
  assert.equal(accent === "#0a6b4f", colorScheme === "light", accent);
  await assertAccessible(page, `brand, ${colorScheme}`);
  assertWell();
}

// In a frame of the portal, no page has a header; in its own tab, each has.
const portal = http.createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/html" });
  response.end(`<!doctype html><title>Portal</title><iframe title="Keys" src="${list}?embed=1" width="900" height="600"></iframe>`);
});
await new Promise((listening) => portal.listen(Number(port), "127.0.0.1", listening));
const { page, assertWell } = await openPage(browser, {}, [], [`127.0.0.1:${port}`]);
await signIn(page);
await page.goto(`http://127.0.0.1:${port}/`);
const frame = page.frameLocator("iframe");
await frame.locator(".keys .name").click();
await frame.locator(".matrix").waitFor();
assert.equal(await frame.locator("header.top").count(), 0);
await frame.locator(".crumb a").click();
await frame.locator(".keys .name").waitFor();
assert.equal(await frame.locator("header.top").count(), 0);
await page.goto(list);
assert.equal(await page.locator("header.top").count(), 1);
await page.goto(`${list}?embed=1&neverUsed=true`);
assert.equal(await page.locator(".keys tbody tr").count(), 1);
assert.equal(await page.locator("header.top").count(), 0);
await assertAccessible(page, "embedded");
assertWell();
await browser.close();
portal.close();
