//! The settings of a team, a cluster, a project and an environment: what it is called, who sees it, and its end.

use maud::{Markup, html};
use shipgate::change::Change;
use shipgate::{ActionKind, ActionSet, Directory, Visibility};

use crate::api::Failure;
use crate::pages::effect::Proposal;
use crate::pages::fields::Fields;
use crate::pages::form::{Form, Input};
use crate::pages::layout::Frame;
use crate::pages::words;

/// What can be set of something.
pub(crate) struct Settings<'a> {
    pub(crate) frame: &'a Frame,
    /// Before `/name`, `/visibility` and the word for the end: where the forms are sent.
    pub(crate) path: &'a str,
    pub(crate) name: &'a str,
    /// Who sees it, where that can be set.
    pub(crate) seen_by: Option<Visibility>,
    /// What the reader may do.
    pub(crate) allowed: ActionSet,
    pub(crate) end: End,
}

/// What the end of something is called.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Delete,
    Disconnect,
}

impl End {
    const fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::Delete => ("Delete", "delete"),
            Self::Disconnect => ("Disconnect", "disconnect"),
        }
    }

    /// Proposes it.
    pub(crate) fn proposed(self, question: &str, change: Change<String>, path: &str, back: String) -> Proposal {
        let (button, last) = self.named();
        Proposal {
            change,
            question: question.to_owned(),
            button,
            action: format!("{path}/{last}"),
            back,
            done: "removed",
            is_as_seen: Box::new(|_| true),
        }
    }
}

impl Settings<'_> {
    /// The forms for what the reader may set.
    pub(crate) fn forms(&self) -> Markup {
        let Self { frame, path, name, seen_by, allowed, end } = self;
        let (button, last) = end.named();
        let rename = Form::new(frame, "rename", format!("{path}/name"));
        let seen = Form::new(frame, "visibility", format!("{path}/visibility"));
        let ending = Form::new(frame, last, format!("{path}/{last}"));
        html! {
            @if allowed.contains(ActionKind::Update) {
                (rename.with(&rename.input(Input { value: name, ..Input::text("name", "Name") }), "Rename"))
                @if let Some(by) = seen_by.map(Visibility::as_str) {
                    (seen.inline(&html! {
                        (seen.select("visibility", "Seen by", false, &words::visibilities(), by))
                        (Form::hidden("seen", by))
                    }, "Save", &format!("who sees {name}")))
                }
            }
            @if allowed.contains(ActionKind::Delete) { (ending.removing(&html! {}, button, name)) }
        }
    }
}

/// Proposes who sees something.
pub(crate) fn visibility(
    fields: &Fields,
    change: impl FnOnce(Visibility) -> Change<String>,
    path: &str,
    back: String,
    present: impl Fn(&Directory<String>) -> Option<Visibility> + Send + Sync + 'static,
) -> Result<Proposal, Failure> {
    let to = fields.text("visibility").parse::<Visibility>();
    let to = to.map_err(|error| Failure::bad_request(error.to_string()))?;
    let seen = fields.text("seen");
    Ok(Proposal {
        change: change(to),
        question: "Change who sees this?".to_owned(),
        button: "Save",
        action: format!("{path}/visibility"),
        back,
        done: "changed",
        is_as_seen: Box::new(move |directory| present(directory).is_some_and(|present| present.as_str() == seen)),
    })
}
