// Everything that an owner does with webhooks.
import assert from "node:assert/strict";
import http from "node:http";
import { api, assertAccessible, openBrowser, openPage, signIn } from "./browser.mjs";

// A receiver on this machine, to which `keyward dev` may send. Its answer is hostile.
let status = 200;
const received = [];
const receiver = http.createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    received.push({ type: JSON.parse(body).type, signatures: request.headers["webhook-signature"].split(" ") });
    response.writeHead(status).end("<script>document.title = 'theirs'</script>");
  });
});
await new Promise((listening) => receiver.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${receiver.address().port}/in?token=canary`;

const browser = await openBrowser();
const { page, assertWell } = await openPage(browser, {}, [400]);
await signIn(page);
await page.click('header nav a[href$="/webhooks"]');
await page.waitForSelector("#webhook-form");
await assertAccessible(page, "no webhooks");

// Add: problems are shown, and the values stay.
await page.fill("#url", "ftp://127.0.0.1/");
await page.check('[name="eventType"][value="api_key.created"]');
await page.click("#webhook-form button.primary");
await page.waitForSelector("#url-problem .problem");
assert.equal(await page.inputValue("#url"), "ftp://127.0.0.1/");
assert.equal(await page.isChecked('[name="eventType"][value="api_key.created"]'), true);
await assertAccessible(page, "webhook, refused");
await page.fill("#url", url);
await page.click("#webhook-form button.primary");

// The secret is shown once.
await page.waitForURL(/\/webhooks\/whk_[0-9A-Za-z]{22}\/secret$/);
const secret = await page.inputValue("#secret");
assert.match(secret, /^whsec_/);
await assertAccessible(page, "webhook, secret");
await page.check("#saved");
await page.click("#done button");
await page.waitForSelector("#deliveries");
const webhook = page.url().replace(/\?.*$/, "");
assert.equal((await page.content()).includes(secret), false);
await page.goto(`${webhook}/secret`);
assert.equal((await page.content()).includes(secret), false);
await assertAccessible(page, "webhook, shown already");

// A test message, and its answer as text.
await page.goto(webhook);
await page.click('form[action$="/test"] button');
await page.waitForSelector(".verdict pre");
assert.match(await page.textContent(".verdict"), /200/);
assert.match(await page.textContent(".verdict pre"), /<script>/);
assert.equal(await page.locator("main script").count(), 0);
assert.notEqual(await page.title(), "theirs");
await assertAccessible(page, "webhook, tested");

// An event, a failure, and the event once more.
const shown = async (words) => {
  for (let tries = 0; tries < 50; tries += 1) {
    await page.goto(webhook);
    if (await page.locator("#deliveries tbody tr", { hasText: words }).count()) {
      return;
    }
    await page.waitForTimeout(200);
  }
  assert.fail(`no delivery says ${words}`);
};
await api("POST", "", { name: "For the webhook", scopes: [], mode: 1 });
await shown("Delivered");
assert.deepEqual(received.map(({ type }) => type), ["webhook.test", "api_key.created"]);
await assertAccessible(page, "webhook, delivered");
await page.fill("#from", "x");
await page.click('form[action$="/replay"] button');
await page.waitForSelector("#from-problem .problem");
status = 500;
await page.fill("#from", "1");
await page.click('form[action$="/replay"] button');
await page.waitForFunction(() => /: 1$/.test(document.getElementById("status").textContent));
await shown("status 500");
await page.click("#deliveries summary");
await assertAccessible(page, "webhook, failing");

// New keys.
await page.click('form[action$="/rotate"] button');
await page.waitForURL(/\/secret$/);
assert.notEqual(await page.inputValue("#secret"), secret);
await page.check("#saved");
await page.click("#done button");
await page.waitForSelector("#deliveries");
await page.click('form[action$="/test"] button');
await page.waitForSelector(".verdict");
assert.equal(received.at(-1).signatures.length, 4, "signed with the old keys too");

// The list, and the end.
await page.click('header nav a[href$="/webhooks"]');
await page.waitForSelector("table a");
assert.equal((await page.content()).includes("canary"), false);
await assertAccessible(page, "webhooks");
await page.click("table a");
await page.click('a[href$="/remove"]');
await assertAccessible(page, "webhook, remove");
await page.click("button.danger");
await page.waitForSelector("#status:not(:empty)");
assert.equal(await page.locator("table").count(), 0);

assertWell();
await browser.close();
receiver.close();
