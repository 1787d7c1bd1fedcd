// What the sources promise, done by readers in windows of their own.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
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

    test("access that is granted on one instance is there on the other with the next load", async () => {
      const [olivia, alice] = [await enter("olivia"), await enter("alice")];
      const path = "clusters/production-us-east/access";
      const seen = (text) => alice.row("Alice").getByText(text, { exact: true }).waitFor();
      await alice.open(path, service.second);
      await seen("View");
      await olivia.open(path);
      await olivia.write(olivia.field("Member or team"), "alice");
      await olivia.choose(olivia.field("Access"), "Deploy");
      await olivia.write(olivia.field("Until"), "2099-03-31");
      await olivia.press(olivia.button("Add Member"));
      await confirmed(olivia, "Set the access");
      await olivia.says("It was changed.");
      await alice.open(path, service.second);
      await seen("Deploy");
      await seen("granted to the member");
      await olivia.choose(olivia.field("Access of Alice"), "None");
      await olivia.press(olivia.button("Save the access of Alice"));
      await olivia.says("Who loses what");
      await olivia.press(olivia.button("Set the access"));
      await olivia.says("It was changed.");
      await alice.open(path, service.second);
      await alice.says("It does not exist, or you may not see it.");
      await olivia.open("members/alice");
      await olivia.says("2099-04-01 00:00 UTC");
      await Promise.all([olivia.leave(), alice.leave()]);
    });

    test("a role is changed in its dropdown, and the effect is shown before", async () => {
      const [olivia, bob] = [await enter("olivia"), await enter("bob")];
      await bob.open("clusters");
      await bob.says("These may:");
      await olivia.open("members?search=bob");
      await olivia.choose(olivia.field("Role of Bob"), "Admin");
      await olivia.press(olivia.button("Save the role of Bob"));
      await olivia.says("Who gains what");
      await olivia.press(olivia.button("Change the role"));
      await olivia.says("It was changed.");
      await bob.open("clusters", service.second);
      await bob.button("Connect").waitFor();
      await Promise.all([olivia.leave(), bob.leave()]);
    });

    test("somebody is invited until a day, accepts, and is a member", async () => {
      const [olivia, gina] = [await enter("olivia"), await enter("gina")];
      await olivia.open("members");
      await olivia.write(olivia.field("Address"), "gina@globex.example");
      await olivia.choose(olivia.page.locator("#invite-role"), "Viewer");
      await olivia.write(olivia.page.locator("#invite-until"), "2099-06-30");
      await olivia.press(olivia.button("Invite"));
      const link = await olivia.page.locator(".secret code").innerText();
      assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/invitation\?code=invitation_/);
      await gina.open(new URL(link).pathname + new URL(link).search);
      await gina.press(gina.button("Accept"));
      await gina.says("You are a member now.");
      await olivia.open("members?search=gina");
      await olivia.row("Gina").getByText("2099-07-01 00:00 UTC").waitFor();
      await olivia.press(olivia.button("Remove Gina"));
      await olivia.says("Who loses what");
      await olivia.press(olivia.button("Remove"));
      await olivia.says("It was removed.");
      await Promise.all([olivia.leave(), gina.leave()]);
    });

    test("production is locked; a deployment is asked for, approved and started", async () => {
      const [olivia, oscar] = [await enter("olivia"), await enter("oscar")];
      await olivia.open("environments/shop-dev");
      await olivia.choose(olivia.field("Level"), "Locked");
      await olivia.press(olivia.button("Set the protection"));
      await olivia.says("Who loses what");
      await olivia.press(olivia.button("Set the protection"));
      await olivia.says("locked: Owners deploy, after 1 approval");
      await oscar.open("environments/shop-dev", service.second);
      await oscar.write(oscar.field("Release"), "v42");
      await oscar.press(oscar.button("Ask for a deployment"));
      await oscar.says("It waits for approval.");
      await olivia.open("deployments");
      await olivia.press(olivia.button("Approve v42"));
      await olivia.says("You approved the deployment.");
      await oscar.open("deployments", service.second);
      await oscar.press(oscar.button("Start v42"));
      await oscar.says("The deployment was started.");
      await Promise.all([olivia.leave(), oscar.leave()]);
    });

    test("in an emergency, the glass is broken, with a reason that the audit log keeps", async () => {
      const olivia = await enter("olivia");
      await olivia.open("environments/ledger-vault");
      await olivia.unfold(olivia.page.locator("summary"));
      await olivia.write(olivia.page.locator("#glass-release"), "v43");
      await olivia.write(olivia.field("Why it cannot wait"), "the shop is down");
      await olivia.press(olivia.button("Deploy without approval"));
      await olivia.says("The deployment was started.");
      await olivia.open("audit?kind=break_glass&who=Olivia&about=Ledger+Vault");
      await olivia.says("the shop is down");
      await olivia.leave();
    });

    test("of two who change a member, the second is told", async () => {
      const [olivia, oscar] = [await enter("olivia"), await enter("oscar")];
      await Promise.all([olivia.open("members?search=victor"), oscar.open("members?search=victor", service.second)]);
      await olivia.choose(olivia.field("Role of Victor"), "Developer");
      await olivia.press(olivia.button("Save the role of Victor"));
      await confirmed(olivia, "Change the role");
      await olivia.says("It was changed.");
      await oscar.choose(oscar.field("Role of Victor"), "Billing");
      await oscar.press(oscar.button("Save the role of Victor"));
      await confirmed(oscar, "Change the role");
      await oscar.says("Somebody else changed this meanwhile");
      await oscar.open("members?search=victor", service.second);
      assert.equal(await oscar.field("Role of Victor").inputValue(), "developer");
      await Promise.all([olivia.leave(), oscar.leave()]);
    });

    test("a session that ended asks to sign in, and leads back", async () => {
      const victor = await enter("victor");
      await victor.open("teams");
      await victor.page.context().clearCookies();
      await victor.open("teams");
      await victor.press(victor.page.getByRole("link", { name: "Victor" }));
      assert.equal(new URL(victor.page.url()).pathname, "/organizations/acme-corp/teams");
      await victor.leave();
    });
  });
}

/** Makes a change whose effect may be shown first. */
async function confirmed(reader, button) {
  if (await reader.page.getByText("Nothing was changed yet").count()) await reader.press(reader.button(button));
}
