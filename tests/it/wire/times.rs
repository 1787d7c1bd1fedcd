//! Times of RFC 3339.

use proptest::prelude::*;
use shipgate::Time;
use shipgate::json::TimeError;

const DAY: i64 = 86_400_000;

#[test]
fn a_time_is_the_milliseconds_since_the_epoch() {
    let table = [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01T00:00:00+00:00", 0),
        ("1970-01-01T00:00:00-00:00", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1970-01-01T00:00:00.0019999999999999999999Z", 1),
        ("1970-01-01T00:00:00.5Z", 500),
        ("1970-01-01T00:00:00.05Z", 50),
        ("1970-01-01T00:00:00.0Z", 0),
        ("1970-01-01T00:00:00.000999Z", 0),
        // Cut off towards the past, before the epoch too.
        ("1969-12-31T23:59:59.9991Z", -1),
        ("1969-12-31T23:59:59.9999999Z", -1),
        ("1969-12-31T23:59:59.9989Z", -2),
        ("1969-12-31T23:59:59Z", -1_000),
        // Ahead of UTC is earlier.
        ("1970-01-01T01:30:00+01:30", 0),
        ("1969-12-31T22:30:00-01:30", 0),
        ("1970-01-01T23:59:00+23:59", 0),
        ("1969-12-31T00:01:00-23:59", 0),
        ("1970-01-02T00:00:00z", DAY),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("2024-02-29T12:00:00.25Z", 1_709_208_000_250),
        ("2026-11-21T12:00:00Z", 1_795_262_400_000),
        ("2027-01-01T00:00:00Z", 1_798_761_600_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ("0000-02-29T00:00:00Z", -62_167_219_200_000 + 59 * DAY),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999),
        ("9999-12-31T22:59:59-01:00", 253_402_300_799_000),
        ("0000-01-01T01:00:00+01:00", -62_167_219_200_000),
    ];
    for (text, millis) in table {
        assert_eq!(text.parse(), Ok(Time::from_millis(millis)), "{text}");
        assert_eq!(serde_json::from_str::<Time>(&format!("{text:?}")).ok(), Some(Time::from_millis(millis)), "{text}");
    }
}

#[test]
fn what_rfc_3339_does_not_write_is_no_time() {
    let table = [
        "",
        " ",
        "Z",
        "now",
        "1795262400000",
        "2026",
        "2026-11",
        "2026-11-21",
        "2026-11-21T",
        "2026-11-21T12",
        "2026-11-21T12:00",
        "2026-11-21T12:00Z",
        "2026-11-21T12:00:00",
        "2026-11-21T12:00:00.",
        "2026-11-21T12:00:00.Z",
        "2026-11-21T12:00:00.5",
        "2026-11-21T12:00:00,5Z",
        "2026-11-21T12:00:00.-5Z",
        "2026-11-21 12:00:00Z",
        "2026-11-21_12:00:00Z",
        "2026-11-21T12:00:00 Z",
        " 2026-11-21T12:00:00Z",
        "2026-11-21T12:00:00Z ",
        "2026-11-21T12:00:00Z\n",
        "2026-11-21T12:00:00ZZ",
        "2026-11-21T12:00:00Z[UTC]",
        "2026-11-21T12:00:00UTC",
        "2026-11-21T12:00:00+01",
        "2026-11-21T12:00:00+0100",
        "2026-11-21T12:00:00+1:00",
        "2026-11-21T12:00:00+01:0",
        "2026-11-21T12:00:00+01:00:00",
        "2026-11-21T12:00:00\u{2212}01:00",
        "20261121T120000Z",
        "2026-W47-6T12:00:00Z",
        "2026-325T12:00:00Z",
        "026-11-21T12:00:00Z",
        "02026-11-21T12:00:00Z",
        "+2026-11-21T12:00:00Z",
        "-2026-11-21T12:00:00Z",
        "2026-1-21T12:00:00Z",
        "2026-11-1T12:00:00Z",
        "2026/11/21T12:00:00Z",
        "2026-11-21T1:00:00Z",
        "2026-11-21T12:0:00Z",
        "2026-11-21T12:00:0Z",
        "2026-11-21T12.00.00Z",
        "２026-11-21T12:00:00Z",
    ];
    for text in table {
        assert_eq!(text.parse::<Time>(), Err(TimeError::Form(text.into())), "{text:?}");
    }
}

#[test]
fn what_no_calendar_or_clock_shows_is_no_time() {
    let table = [
        "2026-00-21T12:00:00Z",
        "2026-13-21T12:00:00Z",
        "2026-11-00T12:00:00Z",
        "2026-11-31T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "2100-02-29T12:00:00Z",
        "2024-02-30T12:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T12:60:00Z",
        "2026-11-21T12:00:61Z",
        "2026-11-21T12:00:99Z",
        "2026-11-21T12:00:00+24:00",
        "2026-11-21T12:00:00+01:60",
        "2026-11-21T12:00:00-99:99",
    ];
    for text in table {
        assert_eq!(text.parse::<Time>(), Err(TimeError::Nonexistent(text.into())), "{text:?}");
    }
}

#[test]
fn a_leap_second_is_refused_by_name() {
    for text in ["2016-12-31T23:59:60Z", "2017-01-01T00:59:60.5+01:00", "2026-11-21T12:00:60Z"] {
        assert_eq!(text.parse::<Time>(), Err(TimeError::LeapSecond(text.into())), "{text:?}");
    }
}

#[test]
fn a_time_that_could_not_be_written_again_is_refused() {
    for text in [
        "9999-12-31T23:59:59-01:00",
        "9999-12-31T23:59:59-23:59",
        "9999-12-31T23:00:00-01:00",
        "0000-01-01T00:00:00+00:01",
        "0000-01-01T00:59:59.999+01:00",
        "0000-01-01T00:00:00+23:59",
    ] {
        assert_eq!(text.parse::<Time>(), Err(TimeError::OutOfRange(text.into())), "{text:?}");
        assert!(super::refusal::<Time>(&format!("{text:?}")).contains("outside the years 0000 to 9999"), "{text:?}");
    }
}

#[test]
fn the_messages_say_what_to_do() {
    let message = |text: &str| text.parse::<Time>().unwrap_err().to_string();
    assert_eq!(message("2026-11-21"), "`2026-11-21` is not a time of RFC 3339: write it like `2026-12-31T23:59:59Z`");
    assert_eq!(
        message("2026-02-29T00:00:00Z"),
        "`2026-02-29T00:00:00Z` is a time that does not exist: look at its day, hour, minute, second and offset"
    );
    assert_eq!(
        message("2016-12-31T23:59:60Z"),
        "`2016-12-31T23:59:60Z` is a leap second: name the second before it or after it"
    );
    assert_eq!(
        message("9999-12-31T23:59:59-01:00"),
        "`9999-12-31T23:59:59-01:00` is outside the years 0000 to 9999 in UTC: choose a time between them"
    );
}

#[test]
fn a_time_is_written_in_utc_with_milliseconds_where_there_are_any() {
    let table = [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (500, "1970-01-01T00:00:00.500Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (-1_000, "1969-12-31T23:59:59Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ];
    for (millis, text) in table {
        assert_eq!(Time::from_millis(millis).to_rfc3339().as_deref(), Ok(text));
        assert_eq!(serde_json::to_string(&Time::from_millis(millis)).ok(), Some(format!("{text:?}")));
    }
}

#[test]
fn a_time_outside_the_years_0000_to_9999_cannot_be_written() {
    for millis in [-62_167_219_200_001, 253_402_300_800_000, i64::MIN, i64::MAX] {
        let time = Time::from_millis(millis);
        assert_eq!(time.to_rfc3339(), Err(TimeError::Unwritable));
        assert_eq!(
            serde_json::to_string(&time).unwrap_err().to_string(),
            "a time before the year 0000 or after 9999 cannot be written: choose one between them"
        );
    }
}

#[test]
fn only_a_string_is_a_time() {
    for json in ["0", "1795262400000", "1.5", "true", "null", "[]", "{}", "[\"1970-01-01T00:00:00Z\"]"] {
        let message = super::refusal::<Time>(json);
        assert!(message.ends_with("expected a time of RFC 3339, as a string"), "{json}: {message}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(millis in -62_167_219_200_000..=253_402_300_799_999_i64) {
        let time = Time::from_millis(millis);
        prop_assert_eq!(time.to_rfc3339().unwrap().parse(), Ok(time));
    }

    #[test]
    fn an_offset_is_taken_off(millis in 0..253_402_200_000_000_i64, hours in 0..24_i64, minutes in 0..60_i64) {
        let utc = Time::from_millis(millis).to_rfc3339().unwrap();
        let there = utc.strip_suffix('Z').unwrap();
        let offset = (hours * 60 + minutes) * 60_000;
        prop_assert_eq!(format!("{there}+{hours:02}:{minutes:02}").parse(), Ok(Time::from_millis(millis - offset)));
        prop_assert_eq!(format!("{there}-{hours:02}:{minutes:02}").parse(), Ok(Time::from_millis(millis + offset)));
    }

    #[test]
    fn what_is_read_can_be_written(day in "(0000-01-01|0000-12-31|9999-01-01|9999-12-31)", hour in 0..24_u8, offset in 0..24_u8, sign in "[+-]") {
        let text = format!("{day}T{hour:02}:59:59.999{sign}{offset:02}:59");
        if let Ok(time) = text.parse::<Time>() {
            let written = time.to_rfc3339();
            prop_assert_eq!(written.map(|written| written.parse()), Ok(Ok(time)), "{}", text);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[0-9TtZz:.+\\- é]{0,40}") {
        if let Ok(time) = text.parse::<Time>() {
            prop_assert!(time.to_rfc3339().is_ok());
        }
    }
}
