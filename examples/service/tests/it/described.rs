//! Answers are as the description of the API says.

use serde_json::{Value, json};

use crate::harness::{Instance, Place};

/// The calls whose answers are compared, each by somebody.
fn calls() -> Vec<(&'static str, &'static str, &'static str, Option<Value>)> {
    let get = |who, path| (who, "GET", path, None);
    let post = |who, path, body| (who, "POST", path, Some(body));
    vec![
        get("olivia", "/api/account.me"),
        get("olivia", "/api/organization.list"),
        get("olivia", "/api/organization.get"),
        get("olivia", "/api/organization.findings"),
        get("olivia", "/api/orgTeam.list?limit=3"),
        get("olivia", "/api/role.list"),
        get("olivia", "/api/team.list"),
        get("olivia", "/api/team.listMembers?teamId=on-call"),
        get("olivia", "/api/cluster.list"),
        get("olivia", "/api/cluster.listAccess?clusterId=vault"),
        get("olivia", "/api/project.list"),
        get("olivia", "/api/project.listAccess?projectId=ledger"),
        get("olivia", "/api/environment.list"),
        get("olivia", "/api/environment.listAccess?environmentId=shop-production"),
        get("olivia", "/api/environment.listDeployers?environmentId=shop-production"),
        get("olivia", "/api/environment.listApprovers?environmentId=shop-production"),
        get("olivia", "/api/token.list"),
        get("olivia", "/api/access.actions?resourceType=cluster&resourceId=vault"),
        post("carol", "/api/team.create", json!({ "name": "Night watch" })),
        post("carol", "/api/deployment.request", json!({ "environmentId": "shop-production", "release": "v1" })),
        get("olivia", "/api/deployment.list?environmentId=shop-production"),
        post("carol", "/api/invitation.create", json!({ "email": "x@y.example", "role": "developer" })),
        get("olivia", "/api/invitation.list"),
        get("olivia", "/api/auditLog.list"),
        post(
            "olivia",
            "/api/access.preview",
            json!({ "change": { "remove_member": { "organization": "acme-corp", "account": "bob" } } }),
        ),
        // Problems.
        get("bob", "/api/auditLog.list"),
        get("gina", "/api/cluster.listAccess?clusterId=vault"),
        get("olivia", "/api/cluster.listAccess?clusterId=vault&limit=0"),
        post("bob", "/api/team.create", json!({ "name": "Bob's" })),
        post("bob", "/api/team.create", json!({ "title": "Bob's" })),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_as_the_description_says() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let document = instance.request("GET", "/api/openapi.json").send().await.unwrap().json::<Value>().await.unwrap();
    for (who, method, path, body) in calls() {
        let answer = instance.call(who, method, path, body).await;
        let name = path.split('?').next().unwrap_or_default();
        let described = &document["paths"][name][method.to_lowercase()]["responses"][answer.status.to_string()];
        let content = described["content"].as_object().and_then(|content| content.values().next());
        let mut schema =
            content.unwrap_or_else(|| panic!("{path}: {} is not described", answer.status))["schema"].clone();
        schema["components"] = document["components"].clone();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<_> = validator.iter_errors(&answer.body).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{who} {path}: {}", answer.body);
    }
    instance.end().await;
}
