//! Protections: every one of them is judged, for members who differ in what they may do.

use shipgate::{Decision, ResourceId, SubjectId};

use super::every_protection::{ACME, MEMBERS, acme, actions};

#[test]
fn every_protection_is_selected_as_it_is_decided() {
    let directory = acme();
    for (id, action) in (0..MEMBERS).flat_map(|id| actions().map(move |action| (id, action))) {
        let subject = SubjectId::new(&id);
        let filter = directory.filter(&subject, action, &ACME);
        let (allowed, not_denied) = (filter.environments(), filter.or_awaiting_approval().environments());
        for environment in directory.environments() {
            let decision = directory.decide(&subject, action, ResourceId::Environment(environment.id()));
            let fact = environment.to_environment();
            let denied = matches!(decision, Decision::Deny(_));
            assert_eq!(allowed.selects(&fact), decision == Decision::Allow, "{id} {action:?} {environment:?}");
            assert_eq!(not_denied.selects(&fact), !denied, "{id} {action:?} {environment:?}");
        }
    }
}
