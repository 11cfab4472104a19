// Everything that an owner does with keys, in one language.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { api, assertAccessible, dev, openBrowser, openPage } from "./browser.mjs";

const [locale, language] = process.argv.slice(2);
const browser = await openBrowser();
const { context, page, assertWell } = await openPage(browser, { locale, acceptDownloads: true }, [400, 412]);
await context.grantPermissions(["clipboard-read", "clipboard-write"]);
const status = page.locator("#status");
const path = () => new URL(page.url()).pathname;

// The one-time link signs in, and the language is the browser's.
await page.goto(dev.pageUrl);
assert.equal(path(), `/workspaces/${dev.workspaceId}/keys`);
assert.equal(await page.getAttribute("html", "lang"), language);
await page.waitForSelector(".empty pre");
await assertAccessible(page, "empty list");

// Create: problems are shown, and the values stay.
await page.click(".empty a.button");
await assertAccessible(page, "create");
await page.waitForSelector("#summary .warning");
await page.click("#key-form button.primary");
await page.waitForSelector("#name-problem .problem");
await assertAccessible(page, "create, refused");
// A preset chooses permissions and keeps what is filled in; in an address it does so without scripts.
await page.fill("#name", "Kept");
await page.click('[href="?preset=read"]');
await page.waitForFunction(() => document.querySelectorAll("#summary .can li").length === 8);
assert.equal(await page.inputValue("#name"), "Kept");
await page.click('[href="?preset=nothing"]');
await page.waitForSelector("#summary .warning");
await page.goto(`${dev.publicUrl}/workspaces/${dev.workspaceId}/keys/new?preset=everything`);
assert.equal(await page.isChecked('[name="access.refund"][value="write"]'), true);
// Private addresses are no addresses of the internet.
await page.fill("#ip", "10.0.0.0/8");
await page.waitForSelector("#ip-check .warning");
await assertAccessible(page, "create, with a warning");
await page.goto(`${dev.publicUrl}/workspaces/${dev.workspaceId}/keys/new`);
await page.fill("#name", "Browser key");
await page.check('[name="access.payment"][value="read"]');
await page.waitForSelector("#summary .can li");
await page.fill("#ip", "1.2.3.4/24");
await page.waitForSelector("#ip-check .problem");
await page.fill("#ip", "");
await page.click("[data-add-address]");
await page.waitForSelector("#ip-check:not(:has(.problem))");
assert.equal(await page.inputValue("#ip"), "127.0.0.1");
await page.click("#key-form button.primary");

// Reveal: once.
await page.waitForURL(/\/keys\/sk_live_[0-9A-Za-z]{22}\/secret$/);
const secret = await page.inputValue("#secret");
assert.match(secret, /^sk_live_[0-9A-Za-z]{49}$/);
await assertAccessible(page, "reveal");
await page.click('[data-copy="secret"]');
await page.waitForFunction(() => document.getElementById("status").textContent);
assert.equal(await status.textContent(), await page.getAttribute("#reveal", "data-copied"));
assert.equal(await page.evaluate(() => document.activeElement.id), "saved", "what comes next");
await page.keyboard.press("Space");
assert.equal(await page.isDisabled("#done button"), false, "Enter is enough now");
await page.keyboard.press("Space");
assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
await page.evaluate(() => {
  Object.defineProperty(navigator, "clipboard", { value: undefined });
});
await page.click('[data-copy="secret"]');
assert.equal(await status.textContent(), await status.getAttribute("data-copy-refused"));
assert.equal(await page.evaluate(() => getSelection().toString()), secret);
const [download] = await Promise.all([page.waitForEvent("download"), page.click("[data-download]")]);
assert.equal(readFileSync(await download.path(), "utf8"), `API_KEY=${secret}\n`);
assert.equal(await page.isDisabled("#done button"), true);
const call = await fetch(`${dev.internalUrl}/internal/v1/api-keys/verify`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ secret, ip: "127.0.0.1" }),
});
assert.equal((await call.json()).data.decision, "VALID");
await page.waitForSelector("#first-use .passes time");
await assertAccessible(page, "reveal, used");
let warned = 0;
page.on("dialog", async (dialog) => {
  warned += 1;
  await dialog.accept();
});
await page.reload();
assert.equal(warned, 1, "leaving warns");
assert.equal((await page.content()).includes(secret), false, "a reload shows it no more");
await page.waitForSelector('a[href$="/rotate"]');
await assertAccessible(page, "shown already");
await page.goBack();
assert.equal((await page.content()).includes(secret), false, "nor does going back");

// The list: the filter is in the address.
const id = (await api("GET", "")).items[0].apiKeyId;
const key = `${dev.publicUrl}/workspaces/${dev.workspaceId}/keys/${id}`;
await page.goto(`${dev.publicUrl}/`);
await assertAccessible(page, "list");
const count = await page.textContent("#count");
await page.fill("#q", "nothing like it");
await page.waitForSelector("#list:not(:has(.keys))");
assert.notEqual(await page.textContent("#count"), count, "the count is told anew");
assert.match(page.url(), /q=nothing\+like\+it|q=nothing%20like%20it/);
await page.reload();
assert.equal(await page.inputValue("#q"), "nothing like it");
await page.fill("#q", "browser");
await page.waitForSelector(".keys tbody tr");
await page.selectOption("#status-filter", "ACTIVE");
await page.waitForURL(/status=ACTIVE/);
await page.waitForSelector("#list:not(.htmx-request):not(.htmx-swapping):not(.htmx-settling)");
await page.click(".keys .name");
await page.waitForSelector(".tabs");
await assertAccessible(page, "detail");

// Test the key, as a gateway would; nothing is stored.
const tryIt = async (asked, address, scope) => {
  await page.goto(`${dev.publicUrl}/workspaces/${dev.workspaceId}/try`);
  await page.fill("#secret", asked);
  await page.fill("#address", address);
  await page.selectOption("#scope", scope);
  await page.click("main button.primary");
  await page.waitForSelector(".verdict code");
  assert.equal((await page.content()).includes(asked), false);
  return page.textContent(".verdict code");
};
assert.equal(await tryIt(secret, "127.0.0.1", "payment:read"), "VALID");
assert.equal(await page.locator(".checks .passes").count(), 7);
assert.equal(await tryIt(secret, "192.0.2.1", ""), "IP_NOT_ALLOWED");
assert.equal(await tryIt(secret, "127.0.0.1", "payment:write"), "INSUFFICIENT_SCOPE");
assert.equal(await tryIt("sk_live_x", "127.0.0.1", ""), "MALFORMED");
await assertAccessible(page, "try");

// Edit: shown before it is saved; both versions after a change by someone else.
await page.goto(`${key}/edit`);
await assertAccessible(page, "edit");
await page.fill("#name", "Renamed");
await page.check('[name="access.payment"][value="write"]');
await page.click('[name="do"][value="review"]');
await page.waitForSelector("table");
assert.equal(await page.locator("tbody tr").count(), 2);
await assertAccessible(page, "review");
await page.click('[name="do"][value="save"]');
await page.waitForSelector(".tabs");
assert.notEqual(await status.textContent(), "");
await page.goto(`${key}/edit`);
await api("PATCH", `/${id}`, { name: "Theirs" });
await page.fill("#name", "Mine");
await page.click('[name="do"][value="review"]');
await page.waitForSelector("table");
const row = await page.textContent("tbody tr");
assert.match(row, /Theirs/);
assert.match(row, /Mine/);
await assertAccessible(page, "conflict");
await page.click('[name="do"][value="save"]');
await page.waitForSelector(".tabs");
assert.equal((await api("GET", `/${id}`)).name, "Mine");

// Rotate with an overlap, then end it.
await page.click('a[href$="/rotate"]');
await assertAccessible(page, "rotate");
await page.check('[name="overlapSeconds"][value="3600"]');
await page.click("main button.primary");
await page.waitForSelector("#secret");
const newer = await page.inputValue("#secret");
assert.notEqual(newer, secret);
await page.check("#saved");
await page.click("#done button");
await page.waitForSelector('form[action$="/end-overlap"]');
assert.equal(warned, 1, "leaving does not warn when it is saved");
await assertAccessible(page, "overlap");
assert.equal(await tryIt(secret, "127.0.0.1", ""), "VALID");
await page.goto(key);
await page.click('form[action$="/end-overlap"] button');
await page.waitForSelector("#status:not(:empty)");
assert.equal(await tryIt(secret, "127.0.0.1", ""), "UNKNOWN");

// Disable and enable.
await page.goto(key);
await page.click('form[action$="/disable"] button');
await page.waitForSelector("#status:not(:empty)");
await page.waitForSelector(".badge.disabled");
assert.equal(new URL(page.url()).search, "", "the address keeps no notice");
await page.reload();
assert.equal(await status.textContent(), "");
assert.equal(await tryIt(newer, "127.0.0.1", ""), "DISABLED");
await page.goto(key);
await page.click('form[action$="/enable"] button');
await page.waitForSelector("#status:not(:empty)");

// A recently used key is deleted with its name.
const verified = await fetch(`${dev.internalUrl}/internal/v1/api-keys/verify`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ secret: newer, ip: "127.0.0.1" }),
});
assert.equal((await verified.json()).data.decision, "VALID");
do {
  await page.goto(`${key}/delete`);
} while ((await page.locator("#name").count()) === 0);
await assertAccessible(page, "delete");
await page.fill("#name", "Another");
await page.click("button.danger");
await page.waitForSelector("#name-problem .problem");
await page.fill("#name", "Mine");
await page.click("button.danger");
await page.waitForSelector("#status:not(:empty)");
assert.notEqual(await status.textContent(), "");

// Another language applies as soon as it is chosen. Then sign out.
const other = language === "en" ? "ja" : "en";
await page.selectOption("#language", other);
await page.waitForSelector(`html[lang="${other}"]`);
await page.click('form[action$="sign-out"] button');
await page.waitForSelector("#token");
await assertAccessible(page, "sign in");

assertWell();
await browser.close();
