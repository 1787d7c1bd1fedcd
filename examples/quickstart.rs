//! Who may deploy to a restricted environment: facts in, a decision out.
//!
//! ```text
//! cargo run --example quickstart
//! ```

use std::error::Error;

use shipgate::{
    Account, Action, Cluster, Decision, Environment, Membership, Project, Protection, Reason, Resource, Role, Subject,
    decide,
};

fn main() -> Result<(), Box<dyn Error>> {
    let shop = Project::new("shop", "acme-corp");
    let us_east = Cluster::new("production-us-east", "acme-corp");
    let production = Environment::new("shop-production", &shop, &us_east, Protection::RESTRICTED)?;
    let carol = Account::user("carol").with(Membership::new("acme-corp", Role::Admin))?;
    let alice = Account::user("alice").with(Membership::new("acme-corp", Role::Developer))?;

    let deploy = |who| decide(Subject::new(who), Action::Deploy, Resource::Environment(&production));
    let protected = Reason::EnvironmentProtected { have: Role::Developer, need: Role::Admin };
    assert_eq!(deploy(&carol), Decision::Allow);
    assert_eq!(deploy(&alice), Decision::Deny(protected));
    println!("carol may deploy to shop-production; alice may not: {}", protected.code());
    Ok(())
}
