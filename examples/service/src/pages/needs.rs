//! What a reader needs for what they may not do, and who can give it.

use maud::{Markup, html};
use shipgate::explain::Names as Called;
use shipgate::{Action, SubjectId};

use crate::api::Failure;
use crate::api::asking::{Asking, Resource};
use crate::pages::names::Names;

/// How many people are named.
const MOST: usize = 3;

/// Says what the reader needs, and who may do it in their place: in the library's words.
pub(crate) async fn needs(
    asking: &Asking,
    action: Action<&str>,
    resource: Resource<'_>,
    thing: &str,
) -> Result<Markup, Failure> {
    let directory = asking.directory()?;
    let subject =
        SubjectId::<String, str>::new(asking.account()).of_kind(asking.caller.authenticated.kind).at(asking.now());
    let explanation = directory.explain(&subject, action, resource);
    let said = explanation.for_user(&Called::new(&"you", &thing)).to_string();
    let able: Vec<_> = directory.who_may(action, resource, Some(asking.now())).take(MOST).map(|(id, _)| id).collect();
    let names = Names::of_accounts(&asking.caller.service.database, &able).await?;
    let able: Vec<_> = able.iter().map(|id| names.of(id)).collect();
    Ok(html! {
        p class="needs" {
            (said) "."
            @if !able.is_empty() { " These may: " span dir="auto" { (able.join(", ")) } "." }
        }
    })
}
