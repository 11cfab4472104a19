// The API documentation works without network, under a policy that allows no other host.
import assert from "node:assert/strict";
import { dev, openBrowser, openPage } from "./browser.mjs";

const browser = await openBrowser();
const { page, assertWell } = await openPage(browser);
await page.goto(`${dev.publicUrl}/docs`);
assert.equal(new URL(page.url()).pathname, "/docs/");
await page.waitForSelector("#operations-keys-createApiKey");
assert.equal(await page.locator(".opblock").count(), 67);
await page.click("#operations-keys-createApiKey button.opblock-summary-control");
await page.waitForSelector("#operations-keys-createApiKey .responses-table");

assertWell();
await browser.close();
