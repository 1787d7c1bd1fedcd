//! Where people of the demo sign in.

use maud::{Markup, html};

use crate::api::name_of;
use crate::pages::layout::bare;

/// The page of the demo: whoever opens a link is that person.
pub(crate) fn page<'a>(people: impl Iterator<Item = (&'a str, &'a str)>) -> Markup {
    bare(
        "Sign in",
        &html! {
            h1 { "Sign in" }
            p { "This is the demo, which this machine alone can reach. Choose who you are." }
            ul class="cards" {
                @for (account, path) in people { li { a href=(path) { (name_of(account)) } } }
            }
        },
    )
}
