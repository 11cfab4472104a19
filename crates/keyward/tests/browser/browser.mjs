// A browser that detects console errors, requests to other hosts, violations of the content
// security policy, and accessibility faults.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { ownFonts } from "./fonts.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// The data that `keyward dev` wrote for scripts: dev.json. Not every script has that server.
const file = process.env.KEYWARD_TEST_DEV_FILE;
export const dev = file && JSON.parse(readFileSync(file, "utf8"));

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.KEYWARD_TEST_CHROMIUM ?? "/usr/bin/chromium",
    env: { ...process.env, ...ownFonts },
    args: ["--no-sandbox", "--font-render-hinting=none", "--disable-lcd-text"],
  });
}

// A page with its own session. `expected` are error statuses, or parts of errors, that the flow causes, `hosts`
// other hosts that it may call.
export async function openPage(browser, options = {}, expected = [], hosts = []) {
  const context = await browser.newContext({
    locale: "en-US",
    timezoneId: "UTC",
    viewport: { width: 1000, height: 800 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const faults = [];
  const host = new URL(options.baseURL ?? dev.publicUrl).host;
  page.on("pageerror", (error) => faults.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    const isExpected = expected.some((one) => message.text().includes(typeof one === "string" ? one : `status of ${one}`));
    if (["error", "warning"].includes(message.type()) && !isExpected) {
      faults.push(`console: ${message.text()}`);
    }
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["blob:", "data:"].includes(url.protocol) && ![host, ...hosts].includes(url.host)) {
      faults.push(`request to another host: ${request.url()}`);
    }
  });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const assertWell = () => assert.deepEqual(faults, []);
  return { context, page, assertWell };
}

// No accessibility fault, and nothing wider than the window.
export async function assertAccessible(page, name) {
  const isTooWide = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  assert.equal(isTooWide, false, `${name}: wider than the window`);
  // In addition to the page's own policy, which only allows its own scripts.
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setBypassCSP", { enabled: true });
  await session.send("Runtime.evaluate", { expression: axeSource });
  const found = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await globalThis.axe.run(document, { runOnly: tags });
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
  });
  await session.detach();
  assert.deepEqual(found, [], name);
}

// The locale of a browser and the language of the page, for each language.
export const languages = [
  ["en-US", "en"],
  ["zh-CN", "zh"],
  ["zh-TW", "zh-Hant"],
  ["ja-JP", "ja"],
  ["vi-VN", "vi"],
];

// How far the page has moved by itself since it was opened (cumulative layout shift).
export async function layoutShift(page) {
  await page.waitForLoadState("networkidle");
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => {
          resolve(list.getEntries().reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0));
        }).observe({ type: "layout-shift", buffered: true });
        // Without any shift, there is no entry.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(0)));
      }),
  );
}

// Presses Tab until the focus is there.
export async function tabTo(page, selector) {
  for (let at = 0; at < 80; at += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) {
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(outline, "none", `${selector} has no visible focus`);
      return;
    }
  }
  assert.fail(`no way to ${selector} by Tab`);
}

// The demo workspace's API as its owner.
export async function api(method, path, body) {
  const answer = await fetch(`${dev.publicUrl}/web/v1/workspaces/${dev.workspaceId}/api-keys${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${dev.token}`,
      "X-Client-Hash": dev.clientHash,
      "X-Workspace-Id": dev.workspaceId,
      ...(body && { "Content-Type": "application/json" }),
    },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.status === 204 ? null : (await answer.json()).data;
}

// Signs a browser in with the token, as without a link.
export async function signIn(page, root = dev.publicUrl) {
  await page.goto(`${root}/`);
  await page.fill("#workspace", dev.workspaceId);
  await page.fill("#token", dev.token);
  await page.fill("#client-hash", dev.clientHash);
  await page.click("main button.primary");
  await page.waitForURL(/\/keys$/);
}

// Everything that is clicked has at least 24 × 24 px (WCAG 2.2, 2.5.8), but links within text.
export async function assertTargets(page, name) {
  const small = await page.evaluate(() => {
    const all = document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary, label:has(input)");
    const isSmall = (element) => {
      const seen = element.closest("label") ?? element;
      const { width, height, right } = seen.getBoundingClientRect();
      const isShown = element.checkVisibility({ visibilityProperty: true, opacityProperty: false });
      const isHidden = width <= 1 || right <= 0;
      const isInText = element.localName === "a" && getComputedStyle(element).display === "inline";
      return isShown && !isHidden && !isInText && (width < 23.5 || height < 23.5);
    };
    return [...all].filter(isSmall).map((element) => element.outerHTML.slice(0, 160));
  });
  assert.deepEqual(small, [], `${name}: targets that are too small`);
}
