// What is not seen every day: the settings of the workspace, limits of a plan, an exposed key, all keys selected,
// and a browser that is offline; in every language. Before this script, the workspace got the plan "pro".
import assert from "node:assert/strict";
import { api, assertAccessible, assertTargets, dev, languages, openBrowser, openPage, signIn } from "./browser.mjs";

const list = `${dev.publicUrl}/workspaces/${dev.workspaceId}/keys`;
const exposed = await api("POST", "", { name: "Leaked", scopes: ["payment:read"], mode: 1 });
await api("POST", "", { name: "Other", scopes: ["payment:read"], mode: 1 });
await api("POST", "", { name: "Third", mode: 1 });
const revoked = await fetch(`${dev.publicUrl}/public/v1/revocations`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ secrets: [exposed.secret] }),
});
assert.ok(revoked.ok, `${revoked.status}`);
for (let tries = 0; (await api("GET", `/${exposed.apiKeyId}`)).status !== "DISABLED"; tries += 1) {
  assert.ok(tries < 100, "the key is disabled");
  await new Promise((resolve) => setTimeout(resolve, 100));
}

const browser = await openBrowser();
for (const [locale, language] of languages) {
  const { context, page, assertWell } = await openPage(browser, { locale, viewport: { width: 1280, height: 800 } }, [400, "ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest"]);
  const status = page.locator("#status");
  const well = async (name) => {
    await assertAccessible(page, `${name}, ${language}`);
    await assertTargets(page, `${name}, ${language}`);
  };
  await signIn(page);

  // The settings, from the head of every page.
  await page.click('header nav a[href$="/settings"]');
  await page.waitForSelector('header nav a[href$="/settings"][aria-current="page"]');
  assert.match(await page.textContent("#plan"), /pro/);
  assert.equal(await page.locator("main meter").count(), 2);
  assert.match(await page.textContent("main"), language === "vi" ? /2\.500/ : /2,500/);
  await well("settings");

  // The usual form fits on the screen; then the limits of the plan.
  await page.goto(`${list}/new`);
  await page.waitForSelector("#name");
  const bottom = await page.locator("#key-form button.primary").evaluate((button) => button.getBoundingClientRect().bottom);
  assert.ok(bottom <= 800, `${language}: the button is at ${bottom}`);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  assert.ok(height <= 800, `${language}: the form has ${height} px`);
  assert.match(await page.textContent("details .plan"), /requests.*100/s);
  await page.fill("#name", "Limited");
  await page.click("details:has(.limits) summary");
  await page.fill('[name="limit.requests"]', "101");
  await page.click("#key-form button.primary");
  await page.waitForSelector("#limit-requests-problem .problem");
  assert.equal(await page.inputValue('[name="limit.requests"]'), "101");
  await well("a limit above the plan");
  await page.fill('[name="limit.requests"]', "20");
  await page.click("#key-form button.primary");
  await page.waitForSelector("#secret");
  const id = new URL(page.url()).pathname.split("/").at(-2);
  assert.equal((await api("GET", `/${id}`)).limits[0].max, 20);
  await page.check("#saved");
  await page.click("#done button");
  await page.waitForSelector("#limits");
  await well("a key with limits");
  await page.goto(`${list}/${id}/edit`);
  assert.equal(await page.inputValue('[name="limit.requests"]'), "20");
  await well("edit with limits");
  await page.fill('[name="limit.requests"]', "");
  await page.click('[name="do"][value="review"]');
  await page.click('[name="do"][value="save"]');
  await page.waitForSelector(".tabs");
  assert.deepEqual((await api("GET", `/${id}`)).limits ?? [], []);
  await api("DELETE", `/${id}`);

  // An exposed key says so in the list and on its pages, with the action that helps.
  await page.goto(list);
  const row = page.locator(".keys tbody tr", { hasText: "Leaked" });
  await well("an exposed key in the list");
  assert.equal(await page.locator(".keys a.badge").count(), 1);
  await row.locator("a.badge").click();
  await page.waitForSelector(".exposed time");
  assert.equal(await page.locator('.exposed a[href$="/rotate"]').count(), 1);
  await well("an exposed key");

  // All keys of the page at once.
  await page.goto(list);
  const box = page.locator("[data-select-all] input");
  const state = () => box.evaluate(({ checked, indeterminate }) => [checked, indeterminate]);
  const count = page.locator("#selected");
  const none = await count.textContent();
  assert.deepEqual(await state(), [false, false]);
  await page.locator(".keys tbody .select").first().click();
  assert.deepEqual(await state(), [false, true]);
  assert.match(await count.textContent(), /1/);
  await page.locator("[data-select-all]").click();
  assert.deepEqual(await state(), [true, false]);
  assert.match(await count.textContent(), /3/);
  await well("all keys selected");
  await page.locator("[data-select-all]").click();
  assert.deepEqual(await state(), [false, false]);
  assert.equal(await count.textContent(), none);
  await page.locator("[data-select-all]").click();
  await page.click("#sort-name");
  await page.waitForURL(/sort=name/);
  await page.waitForFunction(() => !document.querySelector("[data-select-all] input").checked);
  await page.locator("[data-select-all]").click();
  await page.click("#several button");
  await page.waitForSelector('input[name="confirmed"]', { state: "attached" });
  assert.equal(await page.locator('input[name="key"]').count(), 3);

  // Offline: it is said, a list keeps what it has, and a form what is filled in.
  await page.goto(list);
  await page.waitForSelector(".keys");
  await context.setOffline(true);
  await page.waitForSelector("#status.failed");
  assert.equal(await status.textContent(), await status.getAttribute("data-offline"));
  await page.fill("#q", "other");
  assert.equal(await page.locator(".keys tbody tr").count(), 3);
  await context.setOffline(false);
  await page.waitForFunction(() => {
    const told = document.getElementById("status");
    return told.textContent === told.dataset.online;
  });
  await page.goto(`${list}/new`);
  await page.fill("#name", "Written offline");
  await context.setOffline(true);
  await page.waitForSelector("#status.failed");
  await well("offline");
  await context.setOffline(false);
  await page.waitForSelector("#status:not(.failed)");
  assert.equal(await page.inputValue("#name"), "Written offline");
  // The browser does not say that it is offline, but nothing arrives.
  await page.goto(list);
  await page.waitForSelector(".keys");
  await page.route("**/keys?*", (route) => route.abort("internetdisconnected"));
  await page.fill("#q", "other");
  await page.waitForSelector("#status.failed");
  assert.equal(await status.textContent(), await page.getAttribute("[hx-target='#list']", "data-failed"));
  assert.equal(await page.locator(".keys tbody tr").count(), 3);
  await well("a list that was not loaded");
  await page.unroute("**/keys?*");
  await page.fill("#q", "othe");
  await page.waitForFunction(() => document.querySelectorAll(".keys tbody tr").length === 1);
  assert.equal(await status.textContent(), "");
  assertWell();
  await context.close();
}

// Without scripts, nothing offers what only scripts do.
const { page, assertWell } = await openPage(browser, { javaScriptEnabled: false });
await signIn(page);
assert.equal(await page.isVisible("[data-select-all]"), false);
assertWell();
await browser.close();
