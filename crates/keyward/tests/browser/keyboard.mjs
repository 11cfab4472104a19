// Creates a key with the keyboard only, and checks the focus.
import assert from "node:assert/strict";
import { openBrowser, openPage, signIn } from "./browser.mjs";

const browser = await openBrowser();
const { page, assertWell } = await openPage(browser);
await signIn(page);

// Presses Tab until the focus is there.
const tabTo = async (selector) => {
  for (let at = 0; at < 80; at += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) {
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(outline, "none", `${selector} has no visible focus`);
      return;
    }
  }
  assert.fail(`no way to ${selector} by Tab`);
};

await page.goto(`${page.url()}/new`);
await page.keyboard.press("Tab");
assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
await page.keyboard.press("Enter");
await tabTo("#name");
await page.keyboard.type("By keyboard");
await tabTo('[name="access.balance"]');
await page.keyboard.press("ArrowDown");
await page.waitForSelector("#summary .can li");
assert.equal(await page.evaluate(() => document.activeElement.value), "read", "a swap takes no focus");
await tabTo("#key-form button.primary");
await page.keyboard.press("Enter");
await page.waitForSelector("#secret");
await tabTo("#saved");
await page.keyboard.press("Space");
await tabTo("#done button");
await page.keyboard.press("Enter");
await page.waitForSelector("#history");

assertWell();
await browser.close();
