// A review of access, as its reviewers and an auditor use it: opened, decided, closed, and its evidence exported and checked.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { PLACES, openBrowser, signIn, startService } from "./console.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

for (const { way, server } of PLACES) {
  describe(way.name, () => {
    let service;
    before(async () => {
      service = await startService(server);
    });
    after(() => service.end());
    const enter = (account) => signIn(browser, service, account, way);

    test("access is reviewed, and the evidence of it is what its manifest says", async () => {
      const [carol, olivia] = [await enter("carol"), await enter("olivia")];
      await carol.open("review/reviews");
      await carol.press(carol.button("Open a review"));
      await carol.says("The review was opened.");
      const review = new URL(carol.page.url()).pathname;
      await carol.open(`${review}?holder=Victor`);
      await carol.choose(carol.page.getByLabel(/^Decision on line \d+, of Victor$/).first(), "Remove");
      await carol.press(carol.page.getByRole("button", { name: /^Decide on line \d+, of Victor$/ }).first());
      await carol.says("Your decision was stored.");
      await carol.open(review);
      await carol.press(carol.button(/^Keep \d+ lines$/));
      await carol.says("Your decisions were stored: these lines are kept.");
      await olivia.open(review, service.second);
      const accept = olivia.page.locator("[name=accept]");
      if (way.keyboard) {
        await olivia.reach(accept);
        await olivia.page.keyboard.press("Space");
      } else {
        await accept.check();
      }
      await olivia.press(olivia.button("Close the review"));
      await olivia.says("The review was closed.");
      await carol.open(`${review}?holder=Victor`);
      await carol.says("It was made.");
      await exported(olivia);
      await Promise.all([carol.leave(), olivia.leave()]);
    });

    test("who can reach production, and why", async () => {
      const nora = await enter("nora");
      await nora.open("review");
      await nora.says("Deploys after approval");
      if (way.javaScript) await nora.isAccessible();
      await nora.open("review/reach/shop-production");
      await nora.says("on the cluster by an own grant");
      await nora.press(nora.page.getByRole("link", { name: "Carol" }));
      await nora.says("gates");
      if (way.javaScript) await nora.isAccessible();
      await nora.leave();
    });
  });
}

/** Exports the evidence, and checks the digest of each of its files. */
async function exported(reader) {
  await reader.open("review/reviews");
  const [download] = await Promise.all([reader.page.waitForEvent("download"), reader.use(reader.button("Export evidence"))]);
  assert.equal(download.suggestedFilename(), "evidence.zip");
  const files = unzip(await readFile(await download.path()));
  const manifest = JSON.parse(files.get("manifest.json"));
  assert.equal(manifest.askedBy, "olivia");
  assert.ok(manifest.files.length > 10);
  assert.equal(manifest.files.length + 1, files.size);
  for (const { name, sha256, bytes } of manifest.files) {
    const content = files.get(name);
    assert.equal(content.length, bytes, name);
    assert.equal(createHash("sha256").update(content).digest("hex"), sha256, name);
  }
  const decided = JSON.parse(files.get("decisions.json")).filter((line) => line.decision === "remove");
  assert.deepEqual(decided.map(({ holder, decided_by, outcome }) => [holder, decided_by, outcome]), [["victor", "carol", "made"]]);
}

/** The files of a ZIP archive, by its directory at the end. */
function unzip(archive) {
  const files = new Map();
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [packed, name, extra, comment] = [20, 28, 30, 32].map((place, index) =>
      index === 0 ? archive.readUInt32LE(at + place) : archive.readUInt16LE(at + place),
    );
    const offset = archive.readUInt32LE(at + 42);
    const content = offset + 30 + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
    const file = archive.subarray(at + 46, at + 46 + name).toString();
    files.set(file, inflateRawSync(archive.subarray(content, content + packed)));
    at += 46 + name + extra + comment;
  }
  return files;
}
