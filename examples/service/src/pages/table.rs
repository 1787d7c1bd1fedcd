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
    if rows.is_empty() { html! { p class="empty" { (empty) } } } else { table(caption, columns, rows) }
}

/// Links to the first and to the next page of a list.
pub(crate) fn pages(path: &str, asked: &Fields, next: Option<&str>) -> Markup {
    let link = |after: &str| format!("{path}?{}", asked.with("after", after).to_query());
    let is_first = asked.get("after").is_none();
    html! {
        @if !is_first || next.is_some() {
            nav class="pages" aria-label="Pages" {
                @if !is_first { a href=(link("")) { "First page" } }
                @if let Some(next) = next { a href=(link(next)) rel="next" { "Next page" } }
            }
        }
    }
}
