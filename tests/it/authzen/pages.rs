//! Pages of results.

use serde_json::{Value, json};
use shipgate::authzen::{Endpoint, Entity, Found, Inquiry, Pdp, Unavailable, Verdict};

use super::{ask, refusal};

/// So many records, all of which everyone may read, on pages of at most three.
struct Many(usize);

impl Pdp for Many {
    fn evaluate(&self, _: &Inquiry) -> Result<Verdict, Unavailable> {
        Ok(Verdict::from(true))
    }

    fn search_resources(&self, _: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        Ok(Found::Results((0..self.0).map(|id| Entity::new("record", id.to_string())).collect()))
    }

    fn page_limit(&self) -> usize {
        3
    }
}

fn search(page: Value) -> Value {
    let mut request = json!({
        "subject": { "type": "user", "id": "alice" }, "action": { "name": "read" }, "resource": { "type": "record" }
    });
    if !page.is_null() {
        request["page"] = page;
    }
    request
}

#[test]
fn pages_join_to_all_results() {
    for total in 0..=10 {
        for limit in [None, Some(1), Some(2), Some(3), Some(100)] {
            let (mut ids, mut pages, mut token) = (Vec::new(), 0, String::new());
            loop {
                let mut page = json!({ "token": token });
                // It may be left out where there is a token.
                if let Some(limit) = limit.filter(|_| pages != 1) {
                    page["limit"] = json!(limit);
                }
                let response = ask(&Many(total), Endpoint::ResourceSearch, &search(page));
                let results = response["results"].as_array().unwrap();
                assert_eq!(response["page"]["count"], results.len());
                assert_eq!(response["page"]["total"], total);
                assert!(results.len() <= limit.unwrap_or(3).min(3));
                ids.extend(results.iter().map(|result| result["id"].as_str().unwrap().parse::<usize>().unwrap()));
                pages += 1;
                token = response["page"]["next_token"].as_str().unwrap().to_string();
                if token.is_empty() {
                    break;
                }
            }
            assert_eq!(ids, (0..total).collect::<Vec<_>>());
            assert_eq!(pages, total.div_ceil(limit.unwrap_or(3).min(3)).max(1));
        }
    }
}

#[test]
fn a_page_is_named_where_it_is_asked_for_or_does_not_hold_all() {
    assert!(ask(&Many(3), Endpoint::ResourceSearch, &search(Value::Null)).get("page").is_none());
    assert!(ask(&Many(3), Endpoint::ResourceSearch, &search(json!({}))).get("page").is_some());
    assert_ne!(ask(&Many(4), Endpoint::ResourceSearch, &search(Value::Null))["page"]["next_token"], "");
    let nothing = ask(&Many(4), Endpoint::ResourceSearch, &search(json!({ "limit": 0 })));
    assert_eq!((&nothing["results"], &nothing["page"]["total"]), (&json!([]), &json!(4)));
}

#[test]
fn a_token_is_bound_to_its_search() {
    let first = ask(&Many(9), Endpoint::ResourceSearch, &search(json!({ "limit": 2 })));
    let token = first["page"]["next_token"].as_str().unwrap();
    let next = search(json!({ "token": token, "limit": 2 }));
    assert_eq!(ask(&Many(9), Endpoint::ResourceSearch, &next)["results"][0]["id"], "2");

    let other =
        "page.token: it belongs to another search: send the `next_token` of the page before, and the same request";
    for (part, value) in [
        ("subject", json!({ "type": "user", "id": "bob" })),
        ("action", json!({ "name": "write" })),
        ("resource", json!({ "type": "record", "properties": { "status": "active" } })),
        ("context", json!({ "time": "2026-11-21T12:00:00Z" })),
        ("page", json!({ "token": "x" })),
        ("page", json!({ "token": format!("{token}.") })),
        ("page", json!({ "token": token.replace('.', "") })),
        ("page", json!({ "token": format!("{token}x") })),
    ] {
        let mut changed = next.clone();
        changed[part] = value;
        assert_eq!(refusal(&Many(9), Endpoint::ResourceSearch, &changed), other, "{part}");
    }
    let subjects = {
        let mut request = next.clone();
        request["resource"]["id"] = json!("record-1");
        request
    };
    assert_eq!(refusal(&Many(9), Endpoint::SubjectSearch, &subjects), other);

    let limit = search(json!({ "token": token, "limit": 3 }));
    let told = "page.limit: it was another one for the page before: keep it, or leave it out";
    assert_eq!(refusal(&Many(9), Endpoint::ResourceSearch, &limit), told);
    for page in
        [json!({ "limit": -1 }), json!({ "limit": "2" }), json!({ "token": 7 }), json!([]), json!({ "Limit": 2 })]
    {
        assert!(refusal(&Many(9), Endpoint::ResourceSearch, &search(page)).starts_with("page"));
    }
}
