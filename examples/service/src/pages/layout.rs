//! What is around every page: the head, the navigation, and what was just done or went wrong.

use maud::{DOCTYPE, Markup, html};
use shipgate::{Action, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::database::Query;
use crate::pages::asset::{SCRIPT_PATH, STYLE_PATH};
use crate::pages::fields::Fields;
use crate::pages::words;

/// An entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Members,
    Teams,
    Roles,
    Clusters,
    Projects,
    Deployments,
    Tokens,
    Review,
    Audit,
}

impl Entry {
    const ALL: [Self; 9] = [
        Self::Members,
        Self::Teams,
        Self::Roles,
        Self::Clusters,
        Self::Projects,
        Self::Deployments,
        Self::Tokens,
        Self::Review,
        Self::Audit,
    ];

    /// What it is called, and the last part of its path.
    const fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::Members => ("Members", "members"),
            Self::Teams => ("Teams", "teams"),
            Self::Roles => ("Roles", "roles"),
            Self::Clusters => ("Clusters", "clusters"),
            Self::Projects => ("Projects", "projects"),
            Self::Deployments => ("Deployments", "deployments"),
            Self::Tokens => ("Tokens", "tokens"),
            Self::Review => ("Access review", "review"),
            Self::Audit => ("Audit log", "audit"),
        }
    }

    /// Whether it is for those alone who may read the audit log.
    const fn is_for_auditors(self) -> bool {
        matches!(self, Self::Review | Self::Audit)
    }
}

/// What a reader sent and what became of it, where a page is shown again because of it.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// What was sent.
    pub(crate) fields: Fields,
    /// Why it was not done, as a sentence.
    pub(crate) message: String,
}

/// What is around a page.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Who reads it.
    pub(crate) reader: String,
    /// What its forms send along.
    pub(crate) csrf: String,
    organization: Option<Place>,
    current: Option<Entry>,
    /// What was just done, as a sentence.
    done: Option<&'static str>,
    /// What was not done.
    pub(crate) attempt: Option<Attempt>,
}

/// The organization that a page is about.
#[derive(Clone, Debug)]
struct Place {
    id: String,
    name: String,
    is_auditor: bool,
}

impl Frame {
    /// Around a page of the reader alone.
    pub(crate) async fn own(caller: &Caller, asked: &Fields) -> Result<Self, Failure> {
        let account = caller.service.database.account(caller.account()).await?;
        let name = account.map(|account| account.name).filter(|name| !name.is_empty());
        Ok(Self {
            reader: name.unwrap_or_else(|| caller.account().to_owned()),
            csrf: caller.authenticated.session().map(|session| session.csrf_token.clone()).unwrap_or_default(),
            organization: None,
            current: None,
            done: asked.get("done").and_then(words::done),
            attempt: None,
        })
    }

    /// Around a page of an organization, which the reader may view.
    pub(crate) async fn of(asking: &Asking, current: Entry, asked: &Fields) -> Result<Self, Failure> {
        let id = asking.organization.clone();
        asking.authorize(Action::View, ResourceId::Organization(&id))?;
        let query = Query::new("SELECT name FROM service_names WHERE kind = 'organization' AND id = $1").bind(&id);
        let row = asking.caller.service.database.row(query).await?;
        let name = row.map(|row| row.text("name")).transpose()?.unwrap_or_else(|| id.clone());
        let is_auditor = asking.decide(Action::ViewAuditLog, ResourceId::Organization(&id))?.is_allowed();
        let own = Self::own(&asking.caller, asked).await?;
        Ok(Self { organization: Some(Place { id, name, is_auditor }), current: Some(current), ..own })
    }

    /// The same, around a page that is shown again because something was not done.
    pub(crate) fn again(self, attempt: Option<Attempt>) -> Self {
        Self { attempt, ..self }
    }

    /// The name of the organization; empty on a page of the reader alone.
    pub(crate) fn organization_name(&self) -> &str {
        self.organization.as_ref().map_or("", |place| &place.name)
    }

    /// The whole page. Its body begins with the heading of level 1.
    pub(crate) fn page(&self, title: &str, body: &Markup) -> Markup {
        let whole = match &self.organization {
            Some(place) => format!("{title} – {}", place.name),
            None => title.to_owned(),
        };
        document(
            &whole,
            &html! {
                a class="skip" href="#main" { "Skip to the content" }
                header {
                    div class="bar" {
                        a class="home" href="/" { "Shipgate" }
                        @if let Some(place) = &self.organization { span class="where" dir="auto" { (place.name) } }
                        span class="who" { span dir="auto" { (self.reader) } }
                        form method="post" action="/sign-out" {
                            input type="hidden" name="csrf" value=(self.csrf);
                            button class="plain" { "Sign out" }
                        }
                    }
                    @if let Some(place) = &self.organization { (self.navigation(place)) }
                }
                main id="main" tabindex="-1" {
                    @if let Some(done) = self.done { p class="done" role="status" { (done) } }
                    @if let Some(attempt) = &self.attempt {
                        div class="failed" role="alert" { p { strong { "This was not done. " } (attempt.message) } }
                    }
                    (body)
                }
            },
        )
    }

    fn navigation(&self, place: &Place) -> Markup {
        html! {
            nav aria-label="Organization" {
                ul {
                    @for entry in Entry::ALL.into_iter().filter(|entry| place.is_auditor || !entry.is_for_auditors()) {
                        @let (name, path) = entry.named();
                        @let current = (self.current == Some(entry)).then_some("page");
                        li { a href={ "/organizations/" (place.id) "/" (path) } aria-current=[current] { (name) } }
                    }
                }
            }
        }
    }
}

/// A page without a reader, such as one of a problem.
pub(crate) fn bare(title: &str, body: &Markup) -> Markup {
    let body = html! {
        header { div class="bar" { a class="home" href="/" { "Shipgate" } } }
        main id="main" { (body) }
    };
    document(title, &body)
}

fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href=(STYLE_PATH.as_str());
                link rel="icon" href="data:,";
                script src=(SCRIPT_PATH.as_str()) defer {}
            }
            body { (body) }
        }
    }
}
