//! Progress.

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use super::program::progress::watched;

/// Sends each line that is written to it.
struct Lines(Sender<String>, Vec<u8>);

impl Write for Lines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.1.extend_from_slice(text);
        while let Some(end) = self.1.iter().position(|byte| *byte == b'\n') {
            let line = self.1.drain(..=end).collect();
            self.0.send(String::from_utf8(line).unwrap()).unwrap();
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lines() -> (Lines, Receiver<String>) {
    let (sender, receiver) = mpsc::channel();
    (Lines(sender, Vec::new()), receiver)
}

#[test]
fn what_takes_long_says_how_far_it_is() {
    let (mut errors, said) = lines();
    let patience = Duration::from_millis(1);
    let result = watched(
        &mut errors,
        patience,
        |done| format!("{done} answers checked"),
        |counter| {
            counter.count();
            counter.count();
            let first = said.recv().unwrap();
            counter.count();
            (first, said.recv().unwrap())
        },
    );
    let (first, second) = result;
    assert!(first.starts_with("shipgate: ") && first.contains(" answers checked ("), "{first}");
    assert_eq!(second.split_once(" (").unwrap().0, "shipgate: 3 answers checked");
}

#[test]
fn what_is_quick_says_nothing() {
    let (mut errors, said) = lines();
    assert_eq!(watched(&mut errors, Duration::from_secs(3_600), |done| done.to_string(), |_| 7), 7);
    drop(errors);
    assert_eq!(said.iter().count(), 0);
}

#[test]
fn what_stands_still_says_nothing_more() {
    let (mut errors, said) = lines();
    watched(
        &mut errors,
        Duration::from_millis(1),
        |_| "reading a\u{202e}\n.json".to_owned(),
        |_| {
            let line = said.recv().unwrap();
            assert_eq!(line.split_once(" (").unwrap().0, "shipgate: reading a\\u{202e}\\n.json");
            std::thread::sleep(Duration::from_millis(40));
        },
    );
    drop(errors);
    assert_eq!(said.iter().count(), 0);
}
