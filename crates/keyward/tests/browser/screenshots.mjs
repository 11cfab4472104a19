// Compares the pages with screenshots: light, dark, and on a phone. KEYWARD_UPDATE_SCREENSHOTS=1
// updates them.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { api, assertAccessible, dev, openBrowser, openPage, signIn } from "./browser.mjs";
import { assertOwnFonts } from "./fonts.mjs";

// Browser releases render the same fonts slightly differently.
const DIFFERENT_SHARE_MAX = 0.02;
const folder = new URL("screenshots/", import.meta.url);
const seen = new URL(`file://${process.env.KEYWARD_TEST_OUTPUT}/`);
mkdirSync(seen, { recursive: true });

const looks = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { colorScheme: "light", viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
};

await api("POST", "", { name: "Reporting", scopes: ["report:read"], mode: 2 });
await api("POST", "", { name: "Checkout", scopes: ["payment:read", "payment:write"], ipWhitelist: ["203.0.113.0/24"] });
const { items } = await api("GET", "");
const checkout = items.find(({ name }) => name === "Checkout").apiKeyId;
await api("POST", `/${items.find(({ name }) => name === "Reporting").apiKeyId}/disable`);

const problems = [];

// Instants, ids and secrets differ each time, and their widths affect line breaks, so masking is
// not enough.
function writeTheSameEachTime() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    time.textContent = "1 min. ago";
  }
  for (const time of document.querySelectorAll("time:not([data-relative])")) {
    time.textContent = "Jan 1, 2026, 12:00 PM UTC";
  }
  const random = /(sk_(?:live_|test_)?|whk_|whpk_)(\S+)/g;
  const same = (text) => text.replace(random, (_, prefix, rest) => prefix + rest.replace(/[A-Za-z0-9+/]/g, "0"));
  for (const code of document.querySelectorAll("code")) {
    code.textContent = same(code.textContent);
  }
  for (const secret of document.querySelectorAll("input.secret")) {
    secret.value = same(secret.value);
  }
}

async function compare(page, name) {
  await assertAccessible(page, name);
  await assertOwnFonts(page, name);
  await page.evaluate(writeTheSameEachTime);
  const file = `${name}.png`;
  const shot = await page.screenshot({ fullPage: true, animations: "disabled" });
  writeFileSync(new URL(file, seen), shot);
  const kept = new URL(file, folder);
  if (process.env.KEYWARD_UPDATE_SCREENSHOTS) {
    writeFileSync(kept, shot);
    return;
  }
  if (!existsSync(kept)) {
    problems.push(`${file} is not kept`);
    return;
  }
  const [now, before] = [PNG.sync.read(shot), PNG.sync.read(readFileSync(kept))];
  if (now.width !== before.width || Math.abs(now.height - before.height) > 24) {
    problems.push(`${file}: ${now.width}x${now.height}, kept ${before.width}x${before.height}`);
    return;
  }
  const height = Math.min(now.height, before.height);
  const cut = ({ width, data }) => data.subarray(0, width * height * 4);
  const different = pixelmatch(cut(now), cut(before), null, now.width, height, { threshold: 0.2 });
  const share = different / (now.width * height);
  if (share > DIFFERENT_SHARE_MAX) {
    problems.push(`${file}: ${(share * 100).toFixed(1)} % differs`);
  }
}

const browser = await openBrowser();
for (const [look, options] of Object.entries(looks)) {
  const { page, assertWell } = await openPage(browser, options);
  await signIn(page);
  const keys = page.url();
  await page.waitForSelector(".keys tbody");
  await compare(page, `list-${look}`);
  await page.goto(`${keys}/new`);
  await page.fill("#name", "Checkout");
  await page.check('[name="access.payment"][value="write"]');
  await page.fill("#ip", "203.0.113.0/24");
  await page.waitForSelector("#ip-check p:nth-of-type(2)");
  await page.waitForSelector("#summary .can li");
  await page.evaluate(() => document.activeElement.blur());
  await compare(page, `create-${look}`);
  await page.goto(`${keys}/${checkout}`);
  await compare(page, `key-${look}`);
  await page.goto(`${keys}/${checkout}/activity`);
  await compare(page, `activity-${look}`);
  await page.goto(`${keys}/new`);
  await page.fill("#name", `Looked at: ${look}`);
  await page.click("#key-form button.primary");
  await page.waitForURL(/\/keys\/sk_[^/]+\/secret$/);
  await compare(page, `reveal-${look}`);
  const id = new URL(page.url()).pathname.split("/").at(-2);
  await page.check("#saved");
  await api("DELETE", `/${id}`);
  await page.click('header nav a[href$="/webhooks"]');
  await page.fill("#url", "https://hooks.example.com/keyward");
  await page.check('[name="eventType"][value="api_key.disabled"]');
  await page.click("#webhook-form button.primary");
  await page.waitForURL(/\/webhooks\/whk_[^/]+\/secret$/);
  await page.check("#saved");
  await page.click("#done button");
  await page.waitForSelector("#deliveries");
  await compare(page, `webhook-${look}`);
  await page.click('header nav a[href$="/webhooks"]');
  await page.waitForSelector("table a");
  await compare(page, `webhooks-${look}`);
  await page.click("table a");
  await page.click('a[href$="/remove"]');
  await page.click("button.danger");
  await page.waitForSelector("#status:not(:empty)");
  assertWell();
}

// For the README and the docs: a workspace in use.
if (process.env.KEYWARD_UPDATE_SCREENSHOTS) {
  const names = ["Mobile app", "Support desk", "Partner feed", "Ledger sync", "Nightly export", "Refund bot", "Invoicing", "Fraud scoring", "Payout runner", "Data warehouse", "Shop plugin", "Terraform"];
  const all = ["payment:read", "payment:write", "refund:read", "refund:write", "customer:read", "report:read", "payout:read"];
  const soon = new Date(Date.now() + 6 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
  for (const [at, name] of names.entries()) {
    const { secret } = await api("POST", "", {
      name,
      description: at % 3 === 0 ? "Ask the team of payments" : undefined,
      scopes: at % 5 === 4 ? [] : all.slice(at % 3, 2 + (at % 6)),
      mode: at % 4 === 3 ? 2 : 1,
      ipWhitelist: at % 2 === 0 ? ["203.0.113.0/24"] : [],
      ...(at % 5 === 1 && { expiresAt: soon }),
    });
    for (let call = 0; call < (at % 4) * 3; call += 1) {
      await fetch(`${dev.internalUrl}/internal/v1/api-keys/verify`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ secret, ip: call === 8 ? "198.51.100.9" : "203.0.113.7" }),
      });
    }
  }
  // Uses are written together, after a second.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { page } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  await signIn(page);
  const shot = (name) => page.screenshot({ path: new URL(`../../../../docs/${name}.png`, import.meta.url).pathname });
  await page.waitForSelector(".keys tbody");
  await shot("page");
  await page.locator(".keys .name", { hasText: "Data warehouse" }).or(page.locator(".keys .name").first()).first().click();
  await page.waitForSelector(".matrix");
  await shot("page-key");
  await page.click('.tabs a[href$="/activity"]');
  await page.waitForSelector("#calls");
  await shot("page-activity");
}
await browser.close();
assert.deepEqual(problems, [], `what was seen is in ${seen.pathname}`);
