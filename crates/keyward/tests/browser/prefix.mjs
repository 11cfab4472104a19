// Everything works under a path prefix that a proxy removes.
import assert from "node:assert/strict";
import http from "node:http";
import { dev, openBrowser, openPage, signIn } from "./browser.mjs";

const { hostname, port } = new URL(dev.publicUrl);
const proxy = http.createServer((request, response) => {
  if (!request.url.startsWith("/a/b/")) {
    response.writeHead(404).end();
    return;
  }
  const { method, headers } = request;
  const onward = http.request({ hostname, port, method, headers, path: request.url.slice("/a/b".length) });
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders);
    answer.pipe(response);
  });
  request.pipe(onward);
});
await new Promise((listening) => proxy.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${proxy.address().port}`;

const browser = await openBrowser();
const { context, page, assertWell } = await openPage(browser, { baseURL: origin });
await signIn(page, `${origin}/a/b`);
assert.deepEqual((await context.cookies()).map(({ path }) => path), ["/a/b"]);
await page.click("main a.button");
await page.fill("#name", "Under a prefix");
await page.check('[name="access.payment"][value="read"]');
await page.waitForSelector("#summary .can li");
await page.click("#key-form button.primary");
await page.waitForSelector("#secret");
await page.check("#saved");
await page.click("#done button");
await page.waitForSelector(".tabs");
await page.click('form[action$="/disable"] button');
await page.waitForSelector(".badge.disabled");
await page.selectOption("#language", "vi");
await page.waitForSelector('html[lang="vi"]');
assert.match(new URL(page.url()).pathname, /^\/a\/b\/workspaces\/.*\/keys\/sk_live_/);
await page.click('form[action$="sign-out"] button');
await page.waitForSelector("#token");
assert.equal(new URL(page.url()).pathname, "/a/b/");

assertWell();
await browser.close();
proxy.close();
