//! The page of an archive: all of its tables, to read and to print.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use shipgate::change::Record;

use crate::evidence::Export;
use crate::evidence::cell::Cell;
use crate::evidence::table::Table;
use crate::review::time;

/// Its style is its own, so that the page needs nothing else.
const STYLE: &str = "
:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin: 2rem 0 .25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8888; overflow-wrap: anywhere; padding: .2rem .6rem .2rem 0; text-align: start; vertical-align: top; }
dl { display: grid; gap: .1rem 1rem; grid-template-columns: max-content 1fr; } dd { margin: 0; }
.scroll { overflow-x: auto; }
@media print {
  @page { margin: 15mm; }
  :root { color-scheme: light; font-size: 9pt; }
  body { margin: 0; max-width: none; padding: 0; }
  .scroll { overflow: visible; } nav { display: none; }
  thead { display: table-header-group; } tr { break-inside: avoid; } h2 { break-after: avoid; }
}";

/// Everything before the first table.
pub(super) fn head(export: &Export) -> String {
    let title = format!("Access review of {}", export.organization());
    let since = match &export.last {
        Some(review) => format!("revision {}, at which the last closed review was opened", review.revision),
        None => "the beginning of the log: no review was closed before".to_owned(),
    };
    let head = html! {
        (DOCTYPE)
        (PreEscaped("<html lang=\"en\">"))
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (title) }
            style { (PreEscaped(STYLE)) }
        }
        (PreEscaped("<body><main>"))
        h1 { (title) }
        dl {
            (fact("Organization", export.organization()))
            (fact("Revision", &export.revision.to_string()))
            (fact("Decided at", &time(export.time)))
            (fact("Made at", &time(export.request.now)))
            (fact("Asked for by", &export.request.asked_by))
            (fact("Version of the policy", &Record::<String>::POLICY.to_string()))
            (fact("Changes since", &since))
        }
        p { "All times are in UTC. The digests of the files are in " code { "manifest.json" } "." }
    };
    head.into_string()
}

fn fact(name: &str, value: &str) -> Markup {
    html! { dt { (name) } dd { bdi { (value) } } }
}

pub(super) fn begin_table(table: &Table) -> String {
    let begin = html! {
        (PreEscaped("<section>"))
        h2 id=(table.name) { (table.title) }
        p { (table.about) }
        (PreEscaped("<div class=\"scroll\"><table>"))
        thead { tr { @for column in table.columns { th scope="col" { (column.replace('_', " ")) } } } }
        (PreEscaped("<tbody>"))
    };
    begin.into_string()
}

pub(super) fn row(cells: &[Cell<'_>]) -> String {
    html! { tr { @for cell in cells { td dir="auto" { (cell.text()) } } } }.into_string()
}

pub(super) fn end_table(count: u64) -> String {
    let end =
        html! { (PreEscaped("</tbody></table></div>")) @if count == 0 { p { "None." } } (PreEscaped("</section>")) };
    end.into_string()
}

/// Everything behind the last table.
pub(super) fn foot() -> String {
    "</main></body></html>\n".to_owned()
}
