//! What the docs show for databases is the code of the package `tests/sql`, which runs it.

use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code blocks in a file's comments that are not compiled as doctests.
fn ignored_examples(source: &str) -> Vec<String> {
    let mut examples = Vec::new();
    let mut lines = source.lines();
    while lines.any(|line| line == "/// ```rust,ignore") {
        let example = lines.by_ref().take_while(|line| *line != "/// ```");
        let code = example.map(|line| line.strip_prefix("///").expect("a comment"));
        examples.push(code.map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n").collect());
    }
    examples
}

#[test]
fn the_docs_bind_parameters_with_the_code_that_runs_in_the_databases() {
    let examples = ignored_examples(&read("src/sql/parameter.rs"));
    let sources = ["tests/sql/src/sqlite.rs", "tests/sql/src/postgres.rs"].map(read);
    assert_eq!(examples.len(), sources.len());
    for (example, source) in examples.iter().zip(sources) {
        // The files import more than the examples.
        let (_, code) = example.split_once("\n\n").expect("imports, an empty line, and the code");
        assert!(source.contains(code), "{code}");
    }
}
