//! A document that is right is put into a directory as it is read. One that is wrong is read as rows, which say where.

use shipgate::Directory;
use shipgate::directory::Rows;
use shipgate::json::DocumentError;

use crate::testing::{Customer, Size, dense, platform};
use crate::wire::readers;

fn worlds() -> impl Iterator<Item = Rows<u64>> {
    let size = Size::of_memberships(300).with_customer(Customer { members: 60, clusters: 8, environments: 40 });
    (0..60).map(dense).chain([platform(size, 1), platform(size.with_teams(), 2)])
}

/// Each letter and digit of the text's strings as an escape, so that no string is within the text as it is read.
fn escaped(text: &str) -> String {
    let mut in_string = false;
    let escape = |character: char| {
        in_string ^= character == '"';
        if in_string && character.is_ascii_alphanumeric() {
            format!("\\u{:04x}", u32::from(character))
        } else {
            character.to_string()
        }
    };
    text.chars().map(escape).collect()
}

#[test]
fn a_text_loads_as_its_rows_do() {
    for rows in worlds() {
        let text = serde_json::to_string(&rows).unwrap();
        let expected = Directory::try_from(&rows).unwrap();
        let by_name = Directory::try_from(rows.map_ids(|id| id.to_string())).unwrap();
        for text in [escaped(&text), format!("\u{feff}{text}"), text] {
            assert!(Directory::<u64>::from_json(&text).unwrap() == expected, "{text}");
            assert!(Directory::<String>::from_json(&text).unwrap() == by_name, "{text}");
        }
    }
}

/// A document in which one string is replaced by another, so that it names something twice, or nothing.
#[test]
fn a_text_is_refused_as_its_rows_are() {
    let mut refused = [0_u32; 2];
    for rows in (0..12).map(dense) {
        let text = serde_json::to_string(&rows).unwrap();
        let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
        let strings: Vec<&str> = quotes.chunks_exact(2).map(|pair| &text[pair[0]..=pair[1]]).collect();
        for (place, pair) in quotes.chunks_exact(2).enumerate().step_by(3) {
            let other = strings[(place + 4) % strings.len()];
            let changed = format!("{}{other}{}", &text[..pair[0]], &text[pair[1] + 1..]);
            let expected = Rows::<u64>::from_json(&changed).map(Directory::try_from);
            match (Directory::<u64>::from_json(&changed), expected) {
                (Ok(loaded), Ok(Ok(expected))) => assert!(loaded == expected, "{changed}"),
                (Err(error), Err(expected)) => {
                    assert_eq!(error.to_string(), expected.to_string(), "{changed}");
                    refused[0] += 1;
                }
                (Err(DocumentError::Row { .. }), Ok(Err(_))) => refused[1] += 1,
                (loaded, expected) => panic!("{changed}: {loaded:?}, not {expected:?}"),
            }
        }
    }
    assert!(refused.iter().all(|count| *count > 20), "{refused:?}");
}

#[test]
fn an_id_that_names_nothing_is_read_too() {
    for id in ["", "7", "07", "x"] {
        let text = format!(r#"{{ "accounts": [{{ "id": "{id}", "kind": "service" }}] }}"#);
        assert_eq!(Directory::<u64>::from_json(&text).is_ok(), id == "7", "{id}");
    }
    assert!(readers::document(r#"{ "accounts": [{ "id": "x", "kind": "user" }] }"#).is_ok());
}
