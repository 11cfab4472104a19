// Without scripts everything works except copying.
import assert from "node:assert/strict";
import { openBrowser, openPage, signIn } from "./browser.mjs";

const browser = await openBrowser();
const { page, assertWell } = await openPage(browser, { javaScriptEnabled: false });
await signIn(page);
await page.click("main a.button");
await page.fill("#name", "Without scripts");
await page.click("#key-form button.primary");
await page.waitForSelector("#secret");
const secret = await page.inputValue("#secret");
assert.match(secret, /^sk_live_/);
assert.equal(await page.isVisible("[data-copy]"), false);
// The browser itself requires the checkbox.
await page.click("#done button");
await page.waitForSelector("#secret");
await page.check("#saved");
await page.click("#done button");
await page.waitForSelector(".tabs");
assert.equal((await page.content()).includes(secret), false);
await page.click('form[action$="/disable"] button');
await page.waitForSelector(".badge.disabled");
assert.notEqual(await page.textContent("#status"), "");
await page.click(".brand");
await page.fill("#q", "nothing");
await page.click(".filters button");
await page.waitForURL(/q=nothing/);

assertWell();
await browser.close();
