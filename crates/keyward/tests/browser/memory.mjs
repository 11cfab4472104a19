// What someone has filled in is never lost, and a secret in the search never gets into an address.
import assert from "node:assert/strict";
import { api, assertAccessible, dev, languages, openBrowser, openPage, signIn } from "./browser.mjs";

const created = await api("POST", "", { name: "Mine", scopes: ["payment:read"], mode: 1 });
const { secret, apiKeyId } = created;
const list = `${dev.publicUrl}/workspaces/${dev.workspaceId}/keys`;
const browser = await openBrowser();

for (const [locale, language] of languages) {
  const { context, page, assertWell } = await openPage(browser, { locale }, [401]);
  const addresses = [];
  page.on("request", (request) => addresses.push(request.url()));
  await signIn(page);

  // A secret in the search: it is not searched for, and the answer names the key.
  await page.locator("#q").pressSequentially("sk_live");
  await page.evaluate((text) => {
    const search = document.getElementById("q");
    search.value = text;
    search.dispatchEvent(new Event("input", { bubbles: true }));
  }, ` ${secret} `);
  await page.waitForSelector("main .note");
  assert.match(await page.textContent("main"), /Mine/);
  assert.equal(page.url(), list);
  assert.deepEqual(addresses.filter((address) => address.includes(secret)), []);
  assert.equal((await page.content()).includes(secret), false);
  await assertAccessible(page, `a secret in the search, ${language}`);
  // In an address nevertheless: it does not stay there.
  await page.goto(`${list}?q=${secret}`);
  await page.waitForSelector("main .warning");
  assert.equal(page.url(), list);
  assert.equal((await page.content()).includes(secret), false);
  await assertAccessible(page, `a secret in an address, ${language}`);

  // Going back, and another language: the form is as it was.
  const other = languages.find(([, tag]) => tag !== language)[1];
  await page.goto(`${list}/new`);
  await page.fill("#name", "Half filled");
  await page.check('[name="access.refund"][value="write"]');
  const isFilled = async () => {
    await page.waitForSelector("#name");
    assert.equal(await page.inputValue("#name"), "Half filled", language);
    assert.equal(await page.isChecked('[name="access.refund"][value="write"]'), true);
  };
  await page.goto(list);
  await page.goBack();
  await isFilled();
  await page.selectOption("#language", other);
  await page.waitForSelector(`html[lang="${other}"]`);
  await isFilled();
  await page.selectOption("#language", language);
  await page.waitForSelector(`html[lang="${language}"]`);

  // The session ends while the form is filled in.
  await context.clearCookies({ name: /session/ });
  await page.click("#key-form button.primary");
  await page.waitForSelector("#token");
  await assertAccessible(page, `session ended, ${language}`);
  await page.fill("#token", dev.token);
  await page.fill("#client-hash", dev.clientHash);
  await page.click("main button.primary");
  await assertAccessible(page, `continue, ${language}`);
  await page.click("main button.primary");
  await isFilled();
  await page.click("#key-form button.primary");
  await page.waitForSelector("#secret");
  await page.check("#saved");
  await page.click("#done button");
  await page.waitForSelector(".tabs");
  // The next form is empty.
  await page.goto(`${list}/new`);
  assert.equal(await page.inputValue("#name"), "");
  assertWell();
  await context.close();
}
assert.equal((await api("GET", `/${apiKeyId}`)).lastUsedAt, null, "looking for a key uses it not");

// Without scripts, the form comes back too.
const { context, page, assertWell } = await openPage(browser, { javaScriptEnabled: false }, [401]);
await signIn(page);
await page.goto(`${list}/${apiKeyId}/edit`);
await page.fill("#name", "Edited");
await context.clearCookies({ name: /session/ });
await page.click('[name="do"][value="review"]');
await page.fill("#token", dev.token);
await page.fill("#client-hash", dev.clientHash);
await page.click("main button.primary");
await page.click("main button.primary");
assert.equal(await page.inputValue("#name"), "Edited");
assertWell();
await browser.close();
