// Every page, in light and dark: nothing is in the way of anybody.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { WAYS, openBrowser, signIn, startService } from "./console.mjs";

const PAGES = [
  "/",
  "/invitation",
  "members",
  "members/alice",
  "teams",
  "teams/on-call",
  "roles",
  "roles/shipper",
  "clusters",
  "clusters/staging-us-east/access",
  "projects",
  "projects/shop",
  "environments/shop-production",
  "environments/ledger-vault",
  "deployments",
  "tokens",
  "audit",
  "review",
  "review?form=table",
  "review?team=nobody",
  "review/reach",
  "review/reach/shop-production",
  "review/reach/shop-production/carol",
  "review/changes?from=0",
  "review/findings",
  "review/unused",
  "review/reviews",
  "/organizations/nobodys/members",
];

let browser;
let service;
before(async () => {
  browser = await openBrowser();
  service = await startService();
  const olivia = await signIn(browser, service, "olivia");
  await olivia.open("review/reviews");
  await olivia.press(olivia.button("Open a review"));
  PAGES.push(new URL(olivia.page.url()).pathname);
  await olivia.leave();
});
after(async () => {
  await browser.close();
  await service.end();
});

for (const dark of [false, true]) {
  for (const width of [1600, 360]) {
    test(`axe-core finds nothing in ${dark ? "dark" : "light"} at ${width} pixels`, async () => {
      for (const account of ["olivia", "victor"]) {
        const reader = await signIn(browser, service, account, { ...WAYS[0], dark, width });
        for (const path of PAGES) {
          await reader.open(path);
          await reader.isAccessible();
        }
        await reader.leave();
      }
    });
  }
}

test("axe-core finds nothing where an effect is shown, and where something was not done", async () => {
  for (const dark of [false, true]) {
    const olivia = await signIn(browser, service, "olivia", { ...WAYS[0], dark });
    await olivia.open("members?search=alice");
    await olivia.choose(olivia.field("Role of Alice"), "Viewer");
    await olivia.press(olivia.button("Save the role of Alice"));
    await olivia.says("Who loses what");
    await olivia.isAccessible();
    await olivia.open("teams/night-shift");
    await olivia.write(olivia.field("Member"), "nobody of this name");
    await olivia.press(olivia.button("Add"));
    await olivia.says("This was not done.");
    assert.equal(await olivia.field("Member").inputValue(), "nobody of this name");
    await olivia.isAccessible();
    await olivia.leave();
  }
});

test("the first thing that the Tab key reaches skips to the content", async () => {
  const olivia = await signIn(browser, service, "olivia");
  await olivia.open("members");
  await olivia.page.keyboard.press("Tab");
  await olivia.page.keyboard.press("Enter");
  assert.equal(await olivia.page.evaluate(() => document.activeElement.id), "main");
  await olivia.leave();
});

test("the pictures of the README", async () => {
  const picture = async (reader, name) => {
    await reader.page.setViewportSize({ width: 1100, height: 760 });
    await reader.page.screenshot({ path: join(process.env.SCREENSHOTS, name) });
  };
  const olivia = await signIn(browser, service, "olivia");
  await olivia.open("clusters/staging-us-east/access");
  await picture(olivia, "access.png");
  await olivia.open("members?search=alice");
  await olivia.choose(olivia.field("Role of Alice"), "Viewer");
  await olivia.press(olivia.button("Save the role of Alice"));
  await picture(olivia, "effect.png");
  await olivia.open("review");
  await picture(olivia, "review.png");
  await olivia.leave();
});
