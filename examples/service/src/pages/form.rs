//! Forms: each sends the CSRF token of its session, and shows again what was typed if it was not done.

use maud::{Markup, html};

use crate::pages::layout::Frame;
use crate::pages::reader::CSRF_FIELD;

/// The field that says which form of a page was sent.
const KEY_FIELD: &str = "form";

/// A form on a page. Its key tells it from the others there.
pub(crate) struct Form<'a> {
    frame: &'a Frame,
    key: String,
    action: String,
}

/// A field into which something is typed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    /// `text`, `email`, `date` or `search`.
    pub(crate) kind: &'a str,
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) value: &'a str,
    pub(crate) required: bool,
    /// What else there is to say of it; may be empty.
    pub(crate) hint: &'a str,
}

impl<'a> Input<'a> {
    /// A text that must be there.
    pub(crate) const fn text(name: &'a str, label: &'a str) -> Self {
        Self { kind: "text", name, label, value: "", required: true, hint: "" }
    }

    /// A day that may be left out.
    pub(crate) const fn date(name: &'a str, label: &'a str) -> Self {
        Self { kind: "date", name, label, value: "", required: false, hint: "" }
    }
}

impl<'a> Form<'a> {
    pub(crate) fn new(frame: &'a Frame, key: impl Into<String>, action: impl Into<String>) -> Self {
        Self { frame, key: key.into(), action: action.into() }
    }

    /// What was typed into a field of this form, if it is shown again.
    fn typed(&self, name: &str) -> Option<&str> {
        let attempt = self.frame.attempt.as_ref()?;
        if attempt.fields.get(KEY_FIELD) != Some(self.key.as_str()) {
            return None;
        }
        Some(attempt.fields.get(name).unwrap_or_default())
    }

    fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.key)
    }

    /// A field into which something is typed, with its label.
    pub(crate) fn input(&self, input: Input<'_>) -> Markup {
        let Input { kind, name, label, value, required, hint } = input;
        let id = self.id(name);
        let hint_id = (!hint.is_empty()).then(|| format!("{id}-hint"));
        let value = self.typed(name).unwrap_or(value);
        html! {
            div class="field" {
                label for=(id) { (label) }
                input type=(kind) id=(id) name=(name) value=(value) required[required] maxlength="254" dir="auto"
                    autocomplete="off" aria-describedby=[hint_id.as_deref()];
                @if let Some(hint_id) = &hint_id { small id=(hint_id) { (hint) } }
            }
        }
    }

    /// A choice of one, with its label. In a table, where the column and the row say it, the label is for screen readers.
    pub(crate) fn select(
        &self,
        name: &str,
        label: &str,
        is_quiet: bool,
        options: &[(String, String)],
        chosen: &str,
    ) -> Markup {
        let id = self.id(name);
        let chosen = self.typed(name).unwrap_or(chosen);
        html! {
            div class="field" {
                label for=(id) class=[is_quiet.then_some("quiet")] { (label) }
                select id=(id) name=(name) {
                    @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
                }
            }
        }
    }

    /// A choice of several.
    pub(crate) fn checkboxes(
        &self,
        name: &str,
        legend: &str,
        options: &[(String, String)],
        chosen: &[String],
    ) -> Markup {
        let attempt = self.frame.attempt.as_ref().filter(|_| self.typed(name).is_some());
        let is_chosen = |value: &str| match attempt {
            Some(attempt) => attempt.fields.all(name).any(|typed| typed == value),
            None => chosen.iter().any(|chosen| chosen == value),
        };
        html! {
            fieldset {
                legend { (legend) }
                div class="choices" {
                    @for (value, text) in options {
                        label { input type="checkbox" name=(name) value=(value) checked[is_chosen(value)]; " " (text) }
                    }
                }
            }
        }
    }

    /// A choice of one, all of which is seen.
    pub(crate) fn radios(name: &str, legend: &str, options: &[(String, String)]) -> Markup {
        html! {
            fieldset {
                legend { (legend) }
                div class="choices" {
                    @for (value, text) in options {
                        label { input type="radio" name=(name) value=(value) required; " " span dir="auto" { (text) } }
                    }
                }
            }
        }
    }

    /// What is sent along.
    pub(crate) fn hidden(name: &str, value: &str) -> Markup {
        html! { input type="hidden" name=(name) value=(value); }
    }

    /// The form, with its button.
    pub(crate) fn with(&self, body: &Markup, button: &str) -> Markup {
        self.of_class("stacked", body, &html! { button { (button) } })
    }

    /// The form in a row of a table, with its button. The name says what it is about, for those who hear it.
    pub(crate) fn inline(&self, body: &Markup, button: &str, about: &str) -> Markup {
        self.of_class("inline", body, &html! { button { (button) span class="quiet" { " " (about) } } })
    }

    /// The form, with a button that takes something away.
    pub(crate) fn removing(&self, body: &Markup, button: &str, about: &str) -> Markup {
        self.of_class("inline", body, &html! { button class="danger" { (button) span class="quiet" { " " (about) } } })
    }

    fn of_class(&self, class: &str, body: &Markup, buttons: &Markup) -> Markup {
        html! {
            form method="post" action=(self.action) class=(class) {
                (Self::hidden(CSRF_FIELD, &self.frame.csrf))
                (Self::hidden(KEY_FIELD, &self.key))
                (body)
                div class="actions" { (buttons) }
            }
        }
    }
}
