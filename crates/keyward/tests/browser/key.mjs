// The parts of a key, in every language: what it may do, how it was used, what was changed, and how to use it.
import assert from "node:assert/strict";
import { api, assertAccessible, dev, languages, layoutShift, openBrowser, openPage, signIn } from "./browser.mjs";

const created = await api("POST", "", {
  name: "Checkout",
  description: "Calls from the shop",
  scopes: ["payment:read", "payment:write", "report:read"],
  ipWhitelist: ["203.0.113.0/24"],
  limits: [{ name: "requests", max: 5, window: "day" }],
  mode: 1,
});
const { secret, apiKeyId } = created;
for (const ip of ["203.0.113.7", "203.0.113.7", "203.0.113.7", "203.0.113.7", "198.51.100.9"]) {
  await fetch(`${dev.internalUrl}/internal/v1/api-keys/verify`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ secret, ip, scopes: ["payment:read"] }),
  });
}
for (let tries = 0; ; tries += 1) {
  const { total } = await api("GET", `/${apiKeyId}/usage`);
  if (total.allowed === 4 && total.denied === 1) {
    break;
  }
  assert.ok(tries < 100, "the calls are recorded");
  await new Promise((resolve) => setTimeout(resolve, 100));
}

const key = `${dev.publicUrl}/workspaces/${dev.workspaceId}/keys/${apiKeyId}`;
const payments = { en: "Payments", zh: "支付", "zh-Hant": "付款", ja: "決済", vi: "Thanh toán" };
const browser = await openBrowser();
for (const [locale, language] of languages) {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
    const { context, page, assertWell } = await openPage(browser, { locale, viewport });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await signIn(page);
    await page.goto(key);
    const shift = await layoutShift(page);
    assert.ok(shift <= 0.02, `${language}: the key moves by ${shift}`);
    await assertAccessible(page, `overview, ${language}`);
    const payment = page.locator(".matrix tr", { hasText: "payment" });
    assert.equal(await payment.locator(".passes").count(), 2);
    assert.equal(await payment.locator("th").textContent(), `${payments[language]} payment`);
    assert.equal(await page.locator(".matrix tr", { hasText: "refund" }).locator(".passes").count(), 0);
    await page.waitForSelector("meter");
    await page.waitForSelector(".note.danger a");
    await page.click('[data-copy="key-id"]');
    await page.waitForFunction(() => document.getElementById("status").textContent);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), apiKeyId);

    await page.click('.tabs a[href$="/activity"]');
    await page.waitForSelector(".chart path.denied");
    await assertAccessible(page, `activity, ${language}`);
    assert.match(await page.getAttribute(".chart svg", "aria-label"), /4.*1/);
    await page.click(".chart ~ details summary");
    assert.equal(await page.locator(".chart ~ details tbody tr").count(), 1);
    await page.click('.switch a[href$="by=hour"]');
    await page.waitForSelector('.switch a[href$="by=hour"][aria-current]');
    await assertAccessible(page, `activity by hour, ${language}`);
    // A denied address is allowed by its link, after a review.
    await page.click('a[href*="allow="]');
    await page.waitForSelector("#ip");
    assert.equal(await page.inputValue("#ip"), "203.0.113.0/24\n198.51.100.9");

    await page.goto(`${key}/history`);
    await page.waitForSelector("#history li");
    await assertAccessible(page, `history, ${language}`);
    await page.click('.tabs a[href$="/use"]');
    await page.waitForSelector("details[open] code");
    await assertAccessible(page, `use, ${language}`);
    await page.click("details:nth-of-type(3) summary");
    await page.click('[data-copy="code-python"]');
    await page.waitForFunction(() => document.getElementById("status").textContent);
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /https:\/\/api\.acme\.example\/v2/);
    assertWell();
    await context.close();
  }
}
await browser.close();
