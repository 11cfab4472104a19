// The list of keys: filters, cards, order and sizes, in every language.
import assert from "node:assert/strict";
import { api, assertAccessible, dev, languages, layoutShift, openBrowser, openPage, signIn, tabTo } from "./browser.mjs";

const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
for (let at = 0; at < 24; at += 1) {
  await api("POST", "", {
    name: `Key ${String(at).padStart(2, "0")}`,
    description: "The nightly job of the warehouse; ask the team of payments before a change",
    scopes: at % 3 === 0 ? [] : ["payment:read", "payment:write", "refund:read", "customer:read", "dispute:read", "payout:read"],
    mode: at % 6 === 5 ? 2 : 1,
    ipWhitelist: at % 2 === 0 ? ["203.0.113.0/24", "2001:db8:85a3:8d3:1319:8a2e:370:7348"] : [],
    ...(at % 12 === 1 && { expiresAt: soon }),
  });
}
const { items } = await api("GET", "?sort=name&size=1");
const secret = (await api("POST", "", { name: "Used", scopes: ["payment:read"], mode: 1 })).secret;
for (let call = 0; call < 3; call += 1) {
  await fetch(`${dev.internalUrl}/internal/v1/api-keys/verify`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ secret, ip: "203.0.113.7" }),
  });
}
for (let tries = 0; !(await api("GET", "?neverUsed=false")).total; tries += 1) {
  assert.ok(tries < 100, "the use is recorded");
  await new Promise((resolve) => setTimeout(resolve, 100));
}

const browser = await openBrowser();
for (const [locale, language] of languages) {
  const { page, assertWell } = await openPage(browser, { locale, viewport: { width: 1280, height: 800 } });
  await signIn(page);
  const shift = await layoutShift(page);
  assert.ok(shift <= 0.02, `${language}: the list moves by ${shift}`);
  assert.equal(await page.getAttribute("html", "lang"), language);
  const rows = page.locator(".keys tbody tr");

  // At least twelve keys are seen at once, each on one line of the table.
  const bottoms = await rows.evaluateAll((all) => all.map((row) => row.getBoundingClientRect().bottom));
  assert.ok(bottoms.filter((bottom) => bottom <= 800).length >= 12, `${language}: ${bottoms}`);
  const lines = await page.locator(".keys .line").evaluateAll((all) => all.map((line) => line.getClientRects().length));
  assert.deepEqual([...new Set(lines)], [1], language);
  await assertAccessible(page, `list, ${language}`);

  // A use has its address, its text and its drawing.
  const used = rows.first();
  assert.match(await used.locator(".c-used").textContent(), /203\.0\.113\.7/);
  assert.match(await used.locator(".sparkline title").textContent(), /3/);
  assert.match(await used.locator("time").first().getAttribute("title"), /UTC/);

  // Cards filter, and are taken off one by one; all in the address, and with the keyboard.
  const settled = (count) => page.waitForFunction((wanted) => document.querySelectorAll(".keys tbody tr").length === wanted, count);
  await page.click("#card-expiresDays");
  await settled(2);
  assert.match(page.url(), /\?expiresDays=14$/);
  assert.equal(await page.getAttribute("#card-expiresDays", "aria-current"), "true");
  assert.equal(await page.evaluate(() => document.activeElement.id), "card-expiresDays", "the focus stays");
  await page.fill("#q", "13");
  await settled(1);
  assert.match(page.url(), /q=13/);
  assert.match(page.url(), /expiresDays=14/);
  await assertAccessible(page, `filtered, ${language}`);
  assert.equal(await page.locator(".chosen li").count(), 3);
  await page.locator(".chosen a").first().click();
  await settled(2);
  await page.waitForFunction(() => document.getElementById("q").value === "");
  await page.reload();
  await settled(2);
  await page.click("#card-expiresDays");
  await settled(20);
  await page.selectOption("#mode-filter", "TEST");
  await settled(4);
  await page.goBack();
  await settled(20);
  await page.waitForFunction(() => document.getElementById("mode-filter").value === "");

  // Heads sort, and turn round.
  await page.click("#sort-name");
  await page.waitForURL(/sort=name(%2C|,)asc/);
  await page.waitForFunction(() => document.querySelector(".keys .name").textContent === "Key 00");
  assert.equal(await page.getAttribute("th.c-key", "aria-sort"), "ascending");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".keys .name").textContent === "Used");
  assert.equal(await page.getAttribute("thead th.c-key", "aria-sort"), "descending");
  await page.click("#next-page");
  await settled(5);
  await page.click("#previous-page");
  await settled(20);
  await tabTo(page, ".keys .name");

  // Several keys together: said before, done after.
  await page.goto(`${page.url().split("?")[0]}?sort=createdAt,asc&size=3`);
  for (const at of [0, 2]) {
    await rows.nth(at).locator(".select").click();
  }
  await assertAccessible(page, `selected, ${language}`);
  await page.click('[formaction$="/several/expire"]');
  await page.waitForSelector('input[name="expiry"]');
  assert.equal(await page.locator('input[name="key"]').count(), 2);
  await assertAccessible(page, `several, before, ${language}`);
  await page.check('[name="expiry"][value="365"]');
  await page.click("main button.primary");
  await page.waitForSelector("main .notice:not(:empty) + .actions");
  await assertAccessible(page, `several, after, ${language}`);
  assert.equal((await api("GET", "?neverExpires=false&expiresDays=366")).total, 4);
  await page.goto(`${dev.publicUrl}/workspaces/${dev.workspaceId}/keys?sort=name,desc`);

  // A language applies at once.
  const [, other] = languages.find(([, tag]) => tag !== language);
  await page.selectOption("#language", other);
  await page.waitForSelector(`html[lang="${other}"]`);
  assert.match(page.url(), /sort=name/, "the same list");
  assertWell();
}

// On a phone, each key is a card, and nothing is wider than the window. Also with large text.
for (const [locale, language] of languages) {
  const phone = { locale, viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
  const { page, assertWell } = await openPage(browser, phone);
  await signIn(page);
  await page.waitForSelector(".keys tbody tr");
  await assertAccessible(page, `phone, ${language}`);
  const heights = await page.locator(".keys tbody tr").evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height));
  assert.ok(Math.max(...heights) <= 176, `${language}: ${heights}`);
  await page.selectOption("#sort", "name,asc");
  await page.waitForFunction(() => document.querySelector(".keys .name").textContent === "Key 00");
  assertWell();
}
// 200 % and 400 % of a window of 1280 × 1024 are windows of half and a quarter of the width.
for (const zoom of [2, 4]) {
  const viewport = { width: 1280 / zoom, height: 1024 / zoom };
  const { page, assertWell } = await openPage(browser, { viewport, deviceScaleFactor: zoom });
  await signIn(page);
  await assertAccessible(page, `list at ${zoom * 100} %`);
  await page.goto(`${page.url()}/${items[0].apiKeyId}`);
  await assertAccessible(page, `key at ${zoom * 100} %`);
  assertWell();
}
// Forced colours and reduced motion.
const { page, assertWell } = await openPage(browser, { forcedColors: "active", reducedMotion: "reduce" });
await signIn(page);
await page.waitForSelector(".keys tbody tr");
const transition = await page.evaluate(() => getComputedStyle(document.getElementById("list")).transitionDuration);
assert.equal(transition, "0s");
assertWell();

await browser.close();
