//! The policies of the working group's fixtures, each as a small policy decision point.

use shipgate::authzen::{ActionName, Entity, Found, Inquiry, Pdp, Unavailable, Verdict};

/// What this policy, asked about each candidate, allows.
fn allowed<T>(pdp: &impl Pdp, candidates: Vec<(T, Inquiry)>) -> Result<Found<T>, Unavailable> {
    let mut found = Vec::new();
    for (candidate, inquiry) in candidates {
        if matches!(pdp.evaluate(&inquiry)?, Verdict::Decided { allowed: true, .. }) {
            found.push(candidate);
        }
    }
    Ok(Found::Results(found))
}

fn subjects(pdp: &impl Pdp, inquiry: &Inquiry, ids: &[&str]) -> Result<Found<Entity>, Unavailable> {
    let r#type = inquiry.subject().r#type();
    let ids = ids.iter().filter(|_| r#type == "user");
    allowed(pdp, ids.map(|id| (Entity::new(r#type, *id), inquiry.with_subject_id(id))).collect())
}

fn resources(pdp: &impl Pdp, inquiry: &Inquiry, ids: &[String]) -> Result<Found<Entity>, Unavailable> {
    let r#type = inquiry.resource().r#type();
    let ids = ids.iter().filter(|_| r#type == "record");
    allowed(pdp, ids.map(|id| (Entity::new(r#type, id), inquiry.with_resource_id(id))).collect())
}

fn actions(pdp: &impl Pdp, inquiry: &Inquiry, names: &[&str]) -> Result<Found<ActionName>, Unavailable> {
    allowed(pdp, names.iter().map(|name| (ActionName::new(*name), inquiry.with_action(name))).collect())
}

/// The fixture of the certification scenario.
pub(crate) struct Fixture;

impl Pdp for Fixture {
    fn evaluate(&self, inquiry: &Inquiry) -> Result<Verdict, Unavailable> {
        let (subject, action, resource) = (inquiry.subject(), inquiry.action(), inquiry.resource());
        if subject.r#type() != "user" || resource.r#type() != "record" {
            return Ok(Verdict::from(false));
        }
        let is_active = match resource.property("status") {
            Some(status) => status == "active",
            None => resource.id() == "record-1",
        };
        let is_admin = subject.property("role").is_some_and(|role| role == "admin");
        Ok(Verdict::from(match (subject.id(), action.id()) {
            (_, "write") if !is_active => is_admin || (subject.id() == "bob" && subject.property("role").is_none()),
            ("alice", "read" | "write") | ("bob", "read") => true,
            ("alice", "delete") => action.property("soft").is_some_and(|soft| soft == true),
            _ => false,
        }))
    }

    fn search_subjects(&self, inquiry: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        subjects(self, inquiry, &["alice", "bob"])
    }

    fn search_resources(&self, inquiry: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        resources(self, inquiry, &["record-1".into(), "record-2".into()])
    }

    fn search_actions(&self, inquiry: &Inquiry) -> Result<Found<ActionName>, Unavailable> {
        actions(self, inquiry, &["read", "write", "delete"])
    }
}

/// The people of the Todo and gateway scenarios: subject, address, and the roles.
pub(crate) const PEOPLE: [(&str, &str, &[&str]); 5] = [
    ("CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "rick@the-citadel.com", &["admin", "evil_genius"]),
    ("CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "morty@the-citadel.com", &["editor"]),
    ("CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "summer@the-smiths.com", &["editor"]),
    ("CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "beth@the-smiths.com", &["viewer"]),
    ("CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "jerry@the-smiths.com", &["viewer"]),
];

/// The Todo scenario: everyone reads; who is more than a viewer creates, and changes what is their own.
pub(crate) struct Todo;

impl Pdp for Todo {
    fn evaluate(&self, inquiry: &Inquiry) -> Result<Verdict, Unavailable> {
        let person = PEOPLE.iter().find(|(subject, ..)| *subject == inquiry.subject().id());
        let Some((_, address, roles)) = person else { return Ok(Verdict::from(false)) };
        let owns = inquiry.resource().property("ownerID").is_some_and(|owner| owner == address);
        let edits = *roles != ["viewer"];
        Ok(Verdict::from(match inquiry.action().id() {
            "can_read_user" | "can_read_todos" => true,
            "can_create_todo" => edits,
            "can_update_todo" => roles.contains(&"evil_genius") || (edits && owns),
            "can_delete_todo" => roles.contains(&"admin") || (edits && owns),
            _ => false,
        }))
    }
}

/// The gateway scenario: the same people, and routes; whose Todo it is, the gateway does not know.
pub(crate) struct Gateway;

impl Pdp for Gateway {
    fn evaluate(&self, inquiry: &Inquiry) -> Result<Verdict, Unavailable> {
        let person = PEOPLE.iter().find(|(subject, ..)| *subject == inquiry.subject().id());
        let edits = person.is_some_and(|(_, _, roles)| *roles != ["viewer"]);
        Ok(Verdict::from(match (inquiry.action().id(), inquiry.resource().id()) {
            ("GET", "/users/{userId}" | "/todos") => person.is_some(),
            ("POST", "/todos") | ("PUT" | "DELETE", "/todos/{todoId}") => edits,
            _ => false,
        }))
    }
}

/// The users of the Search and `IdP` scenarios: id, role, department.
pub(crate) const USERS: [(&str, &str, &str); 6] = [
    ("alice", "manager", "Sales"),
    ("bob", "employee", "Legal"),
    ("carol", "contractor", "Legal"),
    ("dan", "manager", "Finance"),
    ("erin", "employee", "Finance"),
    ("felix", "contractor", "Accounting"),
];

/// The departments of the records from 101, which belong to the users in turn.
const DEPARTMENTS: [&str; 20] = [
    "Legal",
    "Legal",
    "Legal",
    "Accounting",
    "Legal",
    "Accounting",
    "Sales",
    "Legal",
    "Accounting",
    "Sales",
    "Accounting",
    "Legal",
    "Sales",
    "Accounting",
    "Finance",
    "Legal",
    "Legal",
    "Accounting",
    "Legal",
    "Accounting",
];

/// The Search and `IdP` scenarios: owners do everything, managers view everything and edit in their department, and others view
/// what is of their department.
pub(crate) struct Records;

impl Pdp for Records {
    fn evaluate(&self, inquiry: &Inquiry) -> Result<Verdict, Unavailable> {
        let user = USERS.iter().find(|(id, ..)| *id == inquiry.subject().id());
        let record = inquiry.resource().id().parse::<usize>().ok().and_then(|id| id.checked_sub(101));
        let department = record.and_then(|record| DEPARTMENTS.get(record));
        let (Some((id, role, own)), Some(record), Some(department)) = (user, record, department) else {
            return Ok(Verdict::from(false));
        };
        let (owns, manages) = (USERS[record % USERS.len()].0 == *id, *role == "manager");
        Ok(Verdict::from(match inquiry.action().id() {
            "view" => owns || manages || own == department,
            "edit" => owns || (manages && own == department),
            "delete" => owns,
            _ => false,
        }))
    }

    fn search_subjects(&self, inquiry: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        subjects(self, inquiry, &USERS.map(|(id, ..)| id))
    }

    fn search_resources(&self, inquiry: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        resources(self, inquiry, &(101..=120).map(|id: u32| id.to_string()).collect::<Vec<_>>())
    }

    fn search_actions(&self, inquiry: &Inquiry) -> Result<Found<ActionName>, Unavailable> {
        actions(self, inquiry, &["view", "edit", "delete"])
    }
}
