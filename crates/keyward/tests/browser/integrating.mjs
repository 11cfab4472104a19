// The front end in docs/integrating.md: creates a key with the token in its second argument, and writes the secret to
// stdout.
import assert from "node:assert/strict";
import { openBrowser, openPage } from "./browser.mjs";

const [portal, keyward, token] = process.argv.slice(2);

const browser = await openBrowser();
const { page, assertWell } = await openPage(browser, { baseURL: portal }, [], [new URL(keyward).host]);
await page.goto("/");
await page.fill("#token", token);
await page.click("#create");
await page.waitForFunction(() => document.querySelector("#secret").textContent !== "");
const secret = await page.textContent("#secret");
assert.match(secret, /^sk_live_/);
assertWell();
await browser.close();
console.log(secret);
