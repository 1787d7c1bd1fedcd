//! Times, as pages show and take them: in UTC, which the page says.

use maud::{Markup, html};
use shipgate::Time;

use crate::api::Failure;
use crate::pages::fields::Fields;

/// A day, in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// A time, such as `2026-12-31 23:59 UTC`.
pub(crate) fn time(time: Time) -> Markup {
    let Ok(exact) = time.to_rfc3339() else { return html! { "never" } };
    let (day, clock) = exact.split_once('T').unwrap_or((&exact, ""));
    let minute: String = clock.chars().take(5).collect();
    html! { time datetime=(exact) { (day) " " (minute) " UTC" } }
}

/// The end of something, if it has one.
pub(crate) fn until(end: Option<Time>) -> Markup {
    end.map_or_else(|| html! { "no end" }, time)
}

/// An end as a form carries it; empty if there is none.
pub(crate) fn ends(end: Option<Time>) -> String {
    end.map(|end| end.as_millis().to_string()).unwrap_or_default()
}

/// The last day of what ends then, as a field for a date shows it; empty if it does not end.
pub(crate) fn last_day(end: Option<Time>) -> String {
    let before = |end: Time| Time::from_millis(end.as_millis().saturating_sub(1)).to_rfc3339().ok();
    end.and_then(before).and_then(|text| text.split_once('T').map(|(day, _)| day.to_owned())).unwrap_or_default()
}

/// The begin of a day; `None` if none was chosen.
pub(crate) fn day(day: Option<&str>) -> Result<Option<Time>, Failure> {
    let read = |day| format!("{day}T00:00:00Z").parse();
    day.map(read).transpose().map_err(|_| Failure::bad_request("choose a day such as 2026-12-31"))
}

/// The end of a day, which is the last one of something; `None` if none was chosen.
pub(crate) fn end_of_day(day: Option<&str>) -> Result<Option<Time>, Failure> {
    let end = |begin: Time| Time::from_millis(begin.as_millis().saturating_add(DAY));
    Ok(self::day(day)?.map(end))
}

/// The end that a form asks for: the present one if its day was left as it was, which may not be over at midnight, or if the form
/// does not ask for one.
pub(crate) fn end_of_day_or(fields: &Fields, name: &str, present: Option<Time>) -> Result<Option<Time>, Failure> {
    let day = fields.get(name);
    let is_kept = !fields.has(name) || day.unwrap_or_default() == last_day(present);
    if is_kept { Ok(present) } else { end_of_day(day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_day_is_part_of_what_ends() {
        let end = end_of_day(Some("2026-12-31")).unwrap().unwrap();
        assert_eq!(end.to_rfc3339().unwrap(), "2027-01-01T00:00:00Z");
        assert_eq!(last_day(Some(end)), "2026-12-31");
        assert_eq!(end_of_day(None).unwrap(), None);
        assert!(end_of_day(Some("tomorrow")).is_err());
    }

    #[test]
    fn an_end_in_the_middle_of_a_day_stays_unless_another_day_is_chosen() {
        let noon: Time = "2026-12-31T12:00:00Z".parse().unwrap();
        let asked = |day| end_of_day_or(&Fields::one("until", day), "until", Some(noon)).unwrap();
        assert_eq!(asked("2026-12-31"), Some(noon));
        assert_eq!(asked(""), None);
        assert_eq!(asked("2027-01-01").unwrap().to_rfc3339().unwrap(), "2027-01-02T00:00:00Z");
        assert_eq!(end_of_day_or(&Fields::default(), "until", Some(noon)).unwrap(), Some(noon));
    }
}
