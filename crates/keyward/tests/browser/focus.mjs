// The order of the focus on the pages that owners use most, the sizes of targets on every page, and forced
// colours.
import assert from "node:assert/strict";
import { api, assertTargets, dev, openBrowser, openPage, signIn } from "./browser.mjs";

const list = `${dev.publicUrl}/workspaces/${dev.workspaceId}/keys`;
const created = await api("POST", "", { name: "Checkout", scopes: ["payment:read"], mode: 1, ipWhitelist: ["203.0.113.0/24"] });
const disabled = await api("POST", "", { name: "Old", mode: 1 });
await api("POST", `/${disabled.apiKeyId}/disable`);
const key = `${list}/${created.apiKeyId}`;

const browser = await openBrowser();

// What Tab reaches, as short names, without the header, which is the same everywhere.
async function order(page) {
  const names = [];
  await page.focus(".skip");
  for (let at = 0; at < 120; at += 1) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const { activeElement: at } = document;
      if (at === document.body) {
        return null;
      }
      if (!at.closest("main")) {
        return "";
      }
      const style = getComputedStyle(at.closest(".segment") ?? at);
      const isSeen = style.outlineStyle !== "none" || getComputedStyle(at).outlineStyle !== "none";
      const href = at.getAttribute("href")?.split("/").at(-1).replace(/\?.*/, "");
      const action = (at.getAttribute("formaction") ?? at.form?.getAttribute("action"))?.split("/").at(-1);
      const name = at.id || at.name || at.dataset.copy || href || (at.type === "submit" && action) || at.className || at.localName;
      return isSeen ? name : `${name} has no visible focus`;
    });
    if (name === null) {
      break;
    }
    if (name) {
      names.push(name);
    }
  }
  return names;
}

{
  const { page, assertWell } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  await signIn(page);
  assert.deepEqual(await order(page), [
    "new", "q", "status-filter", "mode-filter",
    "card-expiresDays", "card-neverUsed", "card-idleDays", "card-neverExpires", "card-deniedDays", "card-hasScopes",
    "input", "sort-name", "sort-last-used", "sort-expires", "sort-created",
    "key", disabled.apiKeyId, "key", created.apiKeyId,
    "disable", "expire",
  ], "list");

  await page.goto(`${list}/new`);
  const form = await order(page);
  const at = (name) => {
    const found = form.indexOf(name);
    assert.ok(found >= 0, `${name} in ${form}`);
    return found;
  };
  const places = ["name", "mode", "access.payment", "ip", "expiry", "secret", "keys"].map(at);
  assert.deepEqual(places, [...places].sort((one, other) => one - other), `${form}`);
  assert.equal(form.at(-1), "keys", "at last, cancel");
  assert.ok(form.every((name) => !name.includes("no visible focus")), `${form}`);

  await page.goto(key);
  assert.deepEqual(await order(page), [
    "keys", "key-id", "edit", "rotate", "disable", "delete",
    created.apiKeyId, "activity", "history", "use", "scroll",
  ], "key");

  await page.goto(`${list}/new`);
  await page.fill("#name", "Revealed");
  await page.click("#key-form button.primary");
  await page.waitForSelector("#secret");
  const id = new URL(page.url()).pathname.split("/").at(-2);
  assert.deepEqual(await order(page), ["secret", "secret", "button", "saved", "curl", "curl"], "reveal");
  await page.check("#saved");
  assert.deepEqual(await order(page), ["secret", "secret", "button", "saved", id, "curl", "curl"], "reveal, saved");
  assertWell();
}

// Every page has targets of at least 24 × 24 px, on a wide screen and on a phone.
const pages = [
  list, `${list}?neverUsed=true`, `${list}/new`, key, `${key}/activity`, `${key}/activity?by=hour`, `${key}/history`,
  `${key}/use`, `${key}/edit`, `${key}/rotate`, `${key}/delete`, `${key}/secret`, `${list}/${disabled.apiKeyId}`,
  `${list}/no-such-key`, `${dev.publicUrl}/workspaces/${dev.workspaceId}/try`,
  `${dev.publicUrl}/workspaces/${dev.workspaceId}/webhooks`, `${dev.publicUrl}/workspaces/${dev.workspaceId}/settings`,
];
for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
  const { page, assertWell } = await openPage(browser, { viewport }, [404]);
  await page.goto(`${dev.publicUrl}/`);
  await assertTargets(page, "sign in");
  await signIn(page);
  for (const url of pages) {
    await page.goto(url);
    await assertTargets(page, `${url} at ${viewport.width} px`);
  }
  assertWell();
}

// With forced colours, all text is seen, and every state has more than a colour.
{
  const { page, assertWell } = await openPage(browser, { forcedColors: "active", viewport: { width: 1280, height: 800 } }, [404]);
  await signIn(page);
  for (const url of pages) {
    await page.goto(url);
    const unseen = await page.evaluate(() => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found = [];
      while (texts.nextNode()) {
        const text = texts.currentNode.data.trim();
        const element = texts.currentNode.parentElement;
        if (!text || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
          continue;
        }
        let ground = element;
        while (ground && getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") {
          ground = ground.parentElement;
        }
        const behind = ground ? getComputedStyle(ground).backgroundColor : "rgb(255, 255, 255)";
        if (getComputedStyle(element).color === behind) {
          found.push(text);
        }
      }
      return found;
    });
    assert.deepEqual(unseen, [], `${url}: text that is not seen`);
  }
  // A status has its icon and its words, and a border that is seen.
  await page.goto(list);
  const badges = page.locator(".keys .badge");
  assert.ok((await badges.count()) >= 2);
  for (const badge of await badges.all()) {
    assert.notEqual((await badge.textContent()).trim(), "");
    assert.equal(await badge.locator("svg").count(), 1);
    assert.equal(await badge.evaluate((seen) => getComputedStyle(seen).borderTopStyle), "solid");
  }
  const differs = async (chosen, other, property) => {
    const [one, two] = await Promise.all([chosen, other].map((selector) =>
      page.locator(selector).first().evaluate((seen, name) => getComputedStyle(seen)[name], property)));
    assert.notEqual(one, two, `${chosen}: ${property}`);
  };
  await differs(".sections [aria-current]", ".sections a:not([aria-current])", "borderBlockEndColor");
  await page.goto(`${list}?neverUsed=true`);
  await differs(".glance [aria-current]", ".glance a:not([aria-current])", "borderBlockStartColor");
  await page.goto(`${list}/new`);
  await differs(".segment:has(:checked)", ".segment:not(:has(:checked))", "outlineStyle");
  await page.goto(`${key}`);
  await differs(".tabs [aria-current]", ".tabs a:not([aria-current])", "borderBlockEndColor");
  assertWell();
}
await browser.close();
