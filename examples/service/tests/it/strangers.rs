//! Ids of another organization answer as ids that nobody has, on every call.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Answer, Instance, Place};

/// A call with ids to fill in.
struct Call {
    method: &'static str,
    path: &'static str,
    body: Option<Value>,
}

fn get(path: &'static str) -> Call {
    Call { method: "GET", path, body: None }
}

fn delete(path: &'static str) -> Call {
    Call { method: "DELETE", path, body: None }
}

fn post(path: &'static str, body: Value) -> Call {
    Call { method: "POST", path, body: Some(body) }
}

fn patch(path: &'static str, body: Value) -> Call {
    Call { method: "PATCH", path, body: Some(body) }
}

/// Every call that names something. `{cluster}` and the like are filled in.
fn calls() -> Vec<Call> {
    let mut calls = calls_of_reviews();
    calls.extend(calls_of_the_rest());
    calls
}

fn calls_of_reviews() -> Vec<Call> {
    vec![
        post("/api/review.open", json!({ "organizationId": "{organization}" })),
        get("/api/review.list?organizationId={organization}"),
        get("/api/review.get?reviewId={review}"),
        post(
            "/api/review.decide",
            json!({ "reviewId": "{review}", "decisions": [{ "line": 1, "decision": "keep", "access": "admin" }] }),
        ),
        post("/api/review.close", json!({ "reviewId": "{review}", "acceptUndecided": true })),
        get("/api/review.export?organization={organization}"),
    ]
}

fn calls_of_the_rest() -> Vec<Call> {
    let protection = json!("locked");
    vec![
        get("/api/cluster.list?organizationId={organization}"),
        post("/api/cluster.connect", json!({ "organizationId": "{organization}", "name": "x" })),
        patch("/api/cluster.update", json!({ "clusterId": "{cluster}", "name": "x" })),
        delete("/api/cluster.disconnect?clusterId={cluster}"),
        post("/api/cluster.grantAccess", json!({ "clusterId": "{cluster}", "userId": "{user}", "permission": "view" })),
        post("/api/cluster.grantAccess", json!({ "clusterId": "globex-eu", "teamId": "{team}", "permission": "view" })),
        post("/api/cluster.revokeAccess", json!({ "clusterId": "{cluster}", "teamId": "{team}" })),
        get("/api/cluster.listAccess?clusterId={cluster}"),
        get("/api/environment.list?organizationId={organization}"),
        post("/api/environment.create", json!({ "projectId": "{project}", "clusterId": "{cluster}", "name": "x" })),
        post("/api/environment.create", json!({ "projectId": "portal", "clusterId": "{cluster}", "name": "x" })),
        patch("/api/environment.update", json!({ "environmentId": "{environment}", "name": "x" })),
        patch("/api/environment.setProtection", json!({ "environmentId": "{environment}", "protection": protection })),
        patch("/api/environment.retarget", json!({ "environmentId": "{environment}", "clusterId": "globex-eu" })),
        patch("/api/environment.retarget", json!({ "environmentId": "portal-production", "clusterId": "{cluster}" })),
        delete("/api/environment.delete?environmentId={environment}"),
        get("/api/environment.listAccess?environmentId={environment}"),
        get("/api/environment.listDeployers?environmentId={environment}"),
        get("/api/environment.listApprovers?environmentId={environment}"),
        get("/api/orgTeam.list?organizationId={organization}"),
        patch(
            "/api/orgTeam.update",
            json!({ "organizationId": "{organization}", "userId": "{user}", "role": "viewer" }),
        ),
        patch("/api/orgTeam.update", json!({ "organizationId": "globex", "userId": "{user}", "role": "viewer" })),
        patch("/api/orgTeam.update", json!({ "organizationId": "globex", "userId": "hank", "role": "{role}" })),
        patch(
            "/api/orgTeam.setExpiry",
            json!({ "organizationId": "{organization}", "userId": "{user}", "expiresAt": null }),
        ),
        delete("/api/orgTeam.remove?organizationId={organization}&userId={user}"),
        delete("/api/orgTeam.remove?organizationId=globex&userId={user}"),
        post("/api/orgTeam.transferOwnership", json!({ "organizationId": "globex", "userId": "{user}" })),
        post(
            "/api/orgTeam.addServiceAccount",
            json!({ "organizationId": "{organization}", "name": "x", "role": "viewer" }),
        ),
        get("/api/organization.get?organizationId={organization}"),
        get("/api/organization.findings?organizationId={organization}"),
        patch("/api/organization.update", json!({ "organizationId": "{organization}", "name": "x" })),
        delete("/api/organization.delete?organizationId={organization}"),
        get("/api/project.list?organizationId={organization}"),
        post("/api/project.create", json!({ "organizationId": "{organization}", "name": "x" })),
        patch("/api/project.update", json!({ "projectId": "{project}", "visibility": "members" })),
        delete("/api/project.delete?projectId={project}"),
        post("/api/project.grantRole", json!({ "projectId": "{project}", "userId": "hank", "role": "viewer" })),
        post("/api/project.grantRole", json!({ "projectId": "portal", "teamId": "{team}", "role": "viewer" })),
        post("/api/project.revokeRole", json!({ "projectId": "portal", "userId": "{user}" })),
        get("/api/project.listAccess?projectId={project}"),
        get("/api/role.list?organizationId={organization}"),
        post(
            "/api/role.create",
            json!({ "organizationId": "{organization}", "name": "x", "rank": "viewer", "permissions": [] }),
        ),
        patch("/api/role.update", json!({ "roleId": "{role}", "permissions": [] })),
        delete("/api/role.delete?roleId={role}"),
        get("/api/team.list?organizationId={organization}"),
        post("/api/team.create", json!({ "organizationId": "{organization}", "name": "x" })),
        patch("/api/team.update", json!({ "teamId": "{team}", "name": "x" })),
        delete("/api/team.delete?teamId={team}"),
        get("/api/team.listMembers?teamId={team}"),
        post("/api/team.addMember", json!({ "teamId": "{team}", "userId": "hank" })),
        post("/api/team.removeMember", json!({ "teamId": "{team}", "userId": "{user}" })),
        post("/api/deployment.request", json!({ "environmentId": "{environment}", "release": "v1" })),
        post("/api/deployment.breakGlass", json!({ "environmentId": "{environment}", "release": "v1", "reason": "x" })),
        get("/api/deployment.get?deploymentId={deployment}"),
        get("/api/deployment.list?environmentId={environment}"),
        post("/api/deployment.approve", json!({ "deploymentId": "{deployment}" })),
        post("/api/deployment.reject", json!({ "deploymentId": "{deployment}" })),
        post("/api/deployment.start", json!({ "deploymentId": "{deployment}" })),
        post("/api/deployment.cancel", json!({ "deploymentId": "{deployment}" })),
        post(
            "/api/invitation.create",
            json!({ "organizationId": "{organization}", "email": "a@b.example", "role": "viewer" }),
        ),
        post("/api/invitation.create", json!({ "organizationId": "globex", "email": "a@b.example", "role": "{role}" })),
        get("/api/invitation.list?organizationId={organization}"),
        delete("/api/invitation.revoke?organizationId=globex&invitationId={invitation}"),
        post("/api/invitation.accept", json!({ "secret": "{invitation}" })),
        post("/api/token.revoke", json!({ "tokenId": "{token}" })),
        get("/api/token.list?userId={user}"),
        post("/api/token.revoke", json!({ "tokenId": "{token}", "userId": "{user}" })),
        get("/api/auditLog.list?organizationId={organization}"),
        get("/api/access.actions?resourceType=environment&resourceId={environment}"),
        get("/api/access.actions?resourceType=member&organizationId=globex&resourceId={user}"),
        post(
            "/api/access.preview",
            json!({ "organizationId": "globex", "change": { "set_cluster_access": { "cluster": "{cluster}", "holder": { "account": "hank" }, "to": null } } }),
        ),
    ]
}

/// Calls that name nothing of somebody else's.
const OF_NOBODY_ELSE: [&str; 6] = [
    "/api/account.me",
    "/api/account.signOut",
    "/api/organization.create",
    "/api/organization.list",
    "/api/token.create",
    "/api/invitation.accept",
];

fn filled(text: &str, ids: &[(&str, String)]) -> String {
    ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_organization_answers_as_one_that_nobody_has() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let request = json!({ "environmentId": "shop-production", "release": "v1" });
        let deployment = instance.post("carol", "/api/deployment.request", request).await.done()["id"].clone();
        let invitation = json!({ "email": "x@y.example", "role": "viewer" });
        let invitation = instance.post("carol", "/api/invitation.create", invitation).await.done()["id"].clone();
        let tokens = instance.get("olivia", "/api/token.list").await.done();
        let review = instance.post("olivia", "/api/review.open", json!({})).await.done()["id"].clone();
        let theirs = [
            ("organization", "acme-corp".to_owned()),
            ("cluster", "vault".to_owned()),
            ("project", "shop".to_owned()),
            ("environment", "shop-production".to_owned()),
            ("team", "night-shift".to_owned()),
            ("role", "shipper".to_owned()),
            ("user", "olivia".to_owned()),
            ("deployment", deployment.as_str().unwrap().to_owned()),
            ("review", review.as_str().unwrap().to_owned()),
            ("invitation", invitation.as_str().unwrap().to_owned()),
            ("token", tokens["items"][0]["id"].as_str().unwrap().to_owned()),
        ];
        let nobodys: Vec<_> = theirs.iter().map(|(name, _)| (*name, shipgate_service::ids::new(name))).collect();
        let gina = instance.sign_in("gina").await;
        for Call { method, path, body } in calls() {
            let mut answers = Vec::new();
            for ids in [&theirs[..], &nobodys] {
                let body = body.as_ref().map(|body| serde_json::from_str(&filled(&body.to_string(), ids)).unwrap());
                answers.push(gina.call(method, &filled(path, ids), body).await);
            }
            let [of_theirs, of_nobodys] = <[Answer; 2]>::try_from(answers).unwrap();
            assert_eq!(of_theirs, of_nobodys, "{method} {path} {body:?}");
            assert!(of_theirs.status >= 400, "{method} {path} {body:?}: {of_theirs:?}");
        }
        assert_eq!(instance.service.organizations.revision("acme-corp"), 0, "nothing was changed");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_the_api_is_tried_by_a_stranger() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let document = instance.request("GET", "/api/openapi.json").send().await.unwrap().json::<Value>().await.unwrap();
    let tried = calls().into_iter().map(|call| call.path.split('?').next().unwrap_or_default());
    let tried: BTreeSet<_> = tried.chain(OF_NOBODY_ELSE).collect();
    let untried: Vec<_> =
        document["paths"].as_object().unwrap().keys().filter(|path| !tried.contains(path.as_str())).collect();
    assert_eq!(untried, [""; 0], "add a call to `calls`");
    instance.end().await;
}
