// Creates a key with the keyboard only, and checks the focus.
import assert from "node:assert/strict";
import { openBrowser, openPage, signIn, tabTo } from "./browser.mjs";

const browser = await openBrowser();
const { page, assertWell } = await openPage(browser);
await signIn(page);

await page.goto(`${page.url()}/new`);
await page.keyboard.press("Tab");
assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
await page.keyboard.press("Enter");
await tabTo(page, "#name");
await page.keyboard.type("By keyboard");
await tabTo(page, '[name="access.balance"]');
await page.keyboard.press("ArrowDown");
await page.waitForSelector("#summary .can li");
assert.equal(await page.evaluate(() => document.activeElement.value), "read", "a swap takes no focus");
await tabTo(page, "#key-form button.primary");
await page.keyboard.press("Enter");
await page.waitForSelector("#secret");
await tabTo(page, "#saved");
await page.keyboard.press("Space");
await tabTo(page, "#done button");
await page.keyboard.press("Enter");
await page.waitForSelector(".tabs");

assertWell();
await browser.close();
