// A platform's portal on other origins: a listed one of the same site, a listed one of another site, and
// one that isn't listed.
import assert from "node:assert/strict";
import { api, dev, openBrowser, openPage } from "./browser.mjs";

const [listedPort, otherPort] = process.argv.slice(2);
// A site is a scheme and a name; ports don't count.
const sameSite = `http://127.0.0.1:${listedPort}`;
const crossSite = `http://localhost:${listedPort}`;
const notListed = `http://127.0.0.1:${otherPort}`;

const facts = { keyward: dev.publicUrl, token: dev.token, workspace: dev.workspaceId, clientHash: dev.clientHash };
const keys = `/web/v1/workspaces/${dev.workspaceId}/api-keys`;

const browser = await openBrowser();

async function openPortal(origin, expected = []) {
  const hosts = [new URL(origin).host];
  const opened = await openPage(browser, {}, expected, hosts);
  const said = [];
  opened.page.on("console", (message) => said.push(message.text()));
  await opened.page.goto(`${origin}/#${encodeURIComponent(JSON.stringify(facts))}`);
  return { ...opened, said };
}

async function create(page) {
  await page.click("#create");
  await page.waitForFunction(() => document.querySelector("#answer").textContent !== "");
  return JSON.parse(await page.textContent("#answer"));
}

async function namesOfKeys() {
  return (await api("GET", "?size=100")).items.map(({ name }) => name);
}

async function sessionCookies(context) {
  return (await context.cookies(dev.publicUrl)).filter(({ name }) => name === "keyward_session");
}

// A listed origin calls the API, and reads all that it needs of the answers.
for (const origin of [sameSite, crossSite]) {
  const { context, page, assertWell } = await openPortal(origin, [400, 401, 404, 412]);
  const created = await create(page);
  assert.equal(created.status, 201);
  assert.match(created.body.data.secret, /^sk_live_/);
  assert.equal(created.headers["X-Request-Id"], "portal-1");
  assert.equal(created.headers["Content-Language"], "vi");
  const path = created.headers.Location;
  assert.equal(path, `${keys}/${created.body.data.apiKeyId}`);
  assert.ok((await namesOfKeys()).includes(`Created at ${new URL(origin).host}`));

  const call = (...call) => page.evaluate((call) => window.callApi(...call), call);
  const got = await call("GET", path);
  assert.equal(got.status, 200);
  assert.equal(got.headers.ETag, '"1"');
  const renamed = await call("PATCH", path, { body: { name: "Renamed" }, headers: { "If-Match": got.headers.ETag } });
  assert.equal(renamed.status, 200);
  assert.equal(renamed.headers.ETag, '"2"');
  assert.equal(renamed.headers["X-Keyward-Propagation"], "complete");
  const late = await call("PATCH", path, { body: { name: "Late" }, headers: { "If-Match": got.headers.ETag } });
  assert.equal(late.body.code, "4120");
  const invalid = await call("POST", keys, { body: { name: "", scopes: ["none"] } });
  assert.equal(invalid.status, 400);
  assert.deepEqual(invalid.body.errors.map(({ field }) => field), ["name", "scopes[0]"]);
  const refused = await call("GET", keys, { headers: { Authorization: "Bearer x" } });
  assert.equal(refused.body.code, "4010");
  assert.equal((await call("GET", "/web/v1/nothing")).body.code, "4041");
  assert.equal((await call("DELETE", path)).status, 204);

  // The browser asks once whether it may.
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  let preflights = 0;
  session.on("Network.requestWillBeSent", ({ request }) => {
    preflights += request.method === "OPTIONS" ? 1 : 0;
  });
  const found = `${keys}?q=${encodeURIComponent(origin)}`;
  for (const time of [1, 2, 3]) {
    assert.equal((await call("GET", found)).status, 200, `time ${time}`);
  }
  assert.equal(preflights, 1);

  assertWell();
  // The page is not for scripts of others, whoever is listed.
  const read = await page.evaluate((url) => fetch(url).catch(String), `${dev.publicUrl}/`);
  assert.match(read, /^TypeError/);
  await context.close();
}

// Another origin can't, and its browser says why.
{
  const { context, page, said } = await openPortal(notListed);
  assert.match(await create(page), /^TypeError/);
  assert.ok(said.some((text) => text.includes("blocked by CORS policy")), said.join());
  assert.equal((await namesOfKeys()).some((name) => name.includes(`:${otherPort}`)), false);
  await context.close();
}

// A listed origin of any site signs a browser in and leads it to the keys; the way back leads to the portal.
for (const origin of [sameSite, crossSite]) {
  const { context, page, assertWell } = await openPortal(origin);
  await page.click("#open");
  await page.waitForURL(/\/keys$/);
  await page.waitForSelector(".workspace");
  assert.equal(new URL(page.url()).origin, dev.publicUrl);
  assert.equal(await page.textContent(".workspace"), dev.workspaceId);
  const [cookie, ...others] = await sessionCookies(context);
  assert.deepEqual([cookie.sameSite, cookie.httpOnly, others.length], ["Strict", true, 0]);
  await page.goBack();
  assert.equal(new URL(page.url()).origin, origin);
  assertWell();
  await context.close();
}

// Another origin signs nobody in.
{
  const { context, page } = await openPortal(notListed);
  await page.click("#open");
  await page.waitForURL(`${dev.publicUrl}/session`);
  assert.match(await page.textContent("main h1"), /does not belong to your session/);
  assert.deepEqual(await sessionCookies(context), []);
  await context.close();
}

// A listed origin of the same site frames the page, signed in and working.
{
  const { context, page, assertWell } = await openPortal(sameSite);
  await page.click("#open-here");
  const frame = page.frame("keys");
  await frame.waitForURL(/\/keys$/);
  await frame.click("main a.button");
  await frame.fill("#name", "Created in a frame");
  await frame.click("#key-form button.primary");
  await frame.waitForSelector("#secret");
  assert.ok((await namesOfKeys()).includes("Created in a frame"));
  assertWell();
  await context.close();
}

// Of another site, it is framed too, but the browser keeps the session away from it.
{
  const { context, page } = await openPortal(crossSite);
  await page.click("#open-here");
  const frame = page.frame("keys");
  await frame.waitForURL(/\/keys$/);
  await frame.waitForSelector("#token");
  assert.deepEqual(await sessionCookies(context), []);
  await context.close();
}

// Another origin can't frame it.
{
  const { context, page } = await openPortal(notListed);
  const blocked = page.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
  await page.evaluate((url) => {
    document.querySelector("iframe").src = url;
  }, `${dev.publicUrl}/`);
  await blocked;
  assert.equal(await page.frame("keys").locator("#token").count(), 0);
  await context.close();
}

await browser.close();
