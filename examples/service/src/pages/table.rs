//! Tables, which a phone shows as cards. The roles are said, because a browser forgets them along with the form of a table.

use maud::{Markup, html};

use crate::pages::fields::Fields;

/// A table. The first cell of a row names it.
pub(crate) fn table(caption: &str, columns: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        table role="table" {
            caption { (caption) }
            thead role="rowgroup" {
                tr role="row" { @for column in columns { th scope="col" role="columnheader" { (column) } } }
            }
            tbody role="rowgroup" {
                @for row in rows {
                    tr role="row" {
                        @for (place, (column, cell)) in columns.iter().zip(row).enumerate() {
                            @if place == 0 {
                                th scope="row" role="rowheader" { (cell) }
                            } @else {
                                td role="cell" data-label=(column) { (cell) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A table, or a sentence that there is nothing to show.
pub(crate) fn table_or(empty: &str, caption: &str, columns: &[&str], rows: &[Vec<Markup>]) -> Markup {
    if rows.is_empty() {
        html! { p class="empty" { (empty) } }
    } else {
        table(caption, columns, rows)
    }
}

/// Links to the first and to the next page of the list of a page.
pub(crate) fn pages(path: &str, asked: &Fields, next: Option<&str>) -> Markup {
    pages_of(path, asked, "after", next)
}

/// The same of one of several lists, by the field that says after what its page begins.
pub(crate) fn pages_of(path: &str, asked: &Fields, field: &str, next: Option<&str>) -> Markup {
    let link = |after: &str| format!("{path}?{}", asked.with(field, after).to_query());
    let is_first = asked.get(field).is_none();
    html! {
        @if !is_first || next.is_some() {
            nav class="pages" aria-label=(if field == "after" { "Pages" } else { field }) {
                @if !is_first { a href=(link("")) { "First page" } }
                @if let Some(next) = next { a href=(link(next)) rel="next" { "Next page" } }
            }
        }
    }
}
