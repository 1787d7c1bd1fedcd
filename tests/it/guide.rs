//! What the guide claims about itself, the code and the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A path in the repository.
fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pages of the guide by name.
fn pages() -> BTreeMap<String, String> {
    let files = files("src/guide", "md").into_iter();
    let pages: BTreeMap<_, _> =
        files.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_string(), read(path))).collect();
    assert!(pages.contains_key("policy"), "the pages were not found");
    pages
}

/// The files below a folder whose names end in an extension.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut folders = vec![at(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The lines outside of code blocks.
fn prose(page: &str) -> Vec<&str> {
    let mut in_code = false;
    let lines = page.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    });
    lines.collect()
}

/// The anchors that a page's headings get.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = prose(page).into_iter().filter(|line| line.starts_with('#'));
    let slug = |heading: &str| {
        let title = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(slug).collect()
}

/// What stands between each `start` and the next character that cannot be part of a link's target.
fn after<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    let targets = text.split(start).skip(1);
    targets
        .map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '#'))).next().unwrap())
}

/// A link to a file works on a forge and not in the compiled pages.
#[test]
fn pages_link_to_each_other_as_modules() {
    for (name, page) in pages() {
        assert!(!page.contains(".md)"), "{name}.md links to a Markdown file: link to `crate::_guide::page`");
    }
}

/// Rustdoc does not check the part of a link after `#`.
#[test]
fn every_anchor_is_a_heading() {
    let pages = pages();
    let anchors: BTreeMap<_, _> = pages.iter().map(|(name, page)| (name.as_str(), anchors(page))).collect();
    let mut checked = 0;
    let mut check = |from: &str, page: &str, anchor: &str| {
        let found = anchors.get(page).is_some_and(|anchors| anchors.contains(anchor));
        assert!(found, "{from} links to `{page}#{anchor}`: there is no such heading");
        checked += 1;
    };
    for (name, page) in &pages {
        after(page, "](#").chain(after(page, "]: #")).for_each(|anchor| check(name, name, anchor));
    }
    let sources = files("src", "rs").into_iter().chain(files("src/guide", "md"));
    for path in sources {
        let text = read(&path);
        for target in after(&text, "crate::_guide::") {
            if let Some((page, anchor)) = target.split_once('#') {
                check(&path.display().to_string(), page, anchor);
            }
        }
    }
    assert!(checked > 50, "only {checked} links were found");
}

/// The cells of a table's rows, without the header, in a page: the first table whose header begins with these names.
#[cfg(feature = "authzen")]
fn table(page: &str, header: &[&str]) -> Vec<Vec<String>> {
    let start = format!("| {} ", header.join(" | "));
    let rows =
        page.lines().skip_while(|line| !line.starts_with(&start)).skip(2).take_while(|line| line.starts_with('|'));
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    assert!(!rows.is_empty(), "there is no table `{start}`");
    rows
}

/// The cells of a row.
fn cells(row: &str) -> Vec<String> {
    row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_string()).collect()
}

/// The names in backticks.
fn names(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

/// The example questions reach every reason. Each must be one that the table of gates gives for the gate that failed.
#[test]
#[cfg(feature = "authzen")]
fn the_table_of_gates_names_the_reasons_that_explanations_give() {
    use shipgate::directory::Question;
    use shipgate::explain::Verdict;
    use shipgate::policy::{Gate, ReasonCode};
    use shipgate::{Decision, Directory};

    let rows = table(&pages()["policy"], &["gate", "passes if", "otherwise"]);
    let expected: BTreeMap<String, BTreeSet<String>> =
        rows.iter().map(|row| (names(&row[0]).pop_first().unwrap(), names(&row[2]))).collect();
    assert_eq!(
        rows.iter().map(|row| row[0].trim_matches('`')).collect::<Vec<_>>(),
        Gate::ALL.map(Gate::as_str),
        "the table has the gates in their order"
    );

    let directory = Directory::from_json(&read(at("examples/data/acme-corp.json"))).unwrap();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut reached = BTreeSet::new();
    for line in read(at("examples/data/questions.jsonl")).lines() {
        let Ok(question) = Question::from_json(line) else { continue };
        let resource = question.resource.borrowed();
        let explanation = directory.explain::<String>(&question.subject(), question.action.as_ref(), resource);
        let failed = explanation.verdicts().find(|(_, verdict)| *verdict == Verdict::Failed).map(|(gate, _)| gate);
        let reason = match explanation.decision() {
            Decision::Allow => continue,
            Decision::RequireApproval(_) => "RequireApproval".to_string(),
            Decision::Deny(reason) => {
                reached.insert(reason.code().index());
                reason.code().to_string()
            }
        };
        let Some(gate) = failed else {
            assert_eq!(reason, ReasonCode::UnknownResource.as_str(), "no gate failed");
            continue;
        };
        found.entry(gate.to_string()).or_default().insert(reason);
    }
    assert_eq!(reached.len(), ReasonCode::ALL.len(), "the questions reach every reason");
    assert_eq!(found, expected);
}

/// The JSON blocks of the JSON page, in their order, are a document, a question about it, its answer and a record.
#[test]
#[cfg(feature = "authzen")]
fn the_json_page_shows_json_that_is_read_and_written() {
    use serde_json::Value;
    use shipgate::Directory;
    use shipgate::change::Record;
    use shipgate::directory::Question;
    use shipgate::json::Answer;

    let page = pages().remove("json").unwrap();
    let blocks: Vec<&str> = page.split("```json\n").skip(1).map(|block| block.split_once("```").unwrap().0).collect();
    let [document, question, answer, record] = blocks[..] else { panic!("{} blocks", blocks.len()) };
    let value = |text| serde_json::from_str::<Value>(text).unwrap();

    let directory = Directory::<String>::from_json(document).unwrap();
    let question = Question::from_json(question).unwrap();
    assert_eq!(serde_json::to_value(Answer::new(&directory, &question)).unwrap(), value(answer));
    let read: Record<String> = serde_json::from_str(record).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), value(record));
}

/// The last column of every table of tests names tests that exist.
#[test]
fn every_test_that_a_page_names_exists() {
    let sources: Vec<String> = ["src", "tests"].iter().flat_map(|folder| files(folder, "rs")).map(read).collect();
    let exists = |name: &str| sources.iter().any(|source| source.contains(&format!("fn {name}(")));
    let mut checked = 0;
    for (page, text) in pages() {
        for row in tables_of_tests(&text) {
            for name in names(row.last().unwrap()) {
                assert!(exists(&name), "{page}.md names a test `{name}`: there is none");
                checked += 1;
            }
        }
    }
    assert!(checked > 20, "only {checked} tests were found");
}

/// The rows of all tables whose last column is headed `tests`.
fn tables_of_tests(page: &str) -> Vec<Vec<String>> {
    let tables = page.split("| tests |\n").skip(1);
    tables.flat_map(|table| table.lines().skip(1).take_while(|line| line.starts_with('|')).map(cells)).collect()
}

/// The README is one page, and what it links to is there.
#[test]
fn the_readme_is_short_and_links_to_files_that_exist() {
    let readme = read(at("README.md"));
    assert!(readme.lines().count() <= 150, "{} lines: move something to the guide", readme.lines().count());
    let definitions =
        readme.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: ")).map(|(_, target)| target);
    let inline = readme.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let files: Vec<_> = definitions.chain(inline).filter(|target| !target.starts_with("https://")).collect();
    assert!(files.len() > 10, "only {} links were found", files.len());
    for file in files {
        assert!(at(file).exists(), "the README links to `{file}`: there is no such file");
    }
}

/// Code that is not compiled as an example is that of a package that compiles and runs it.
#[test]
fn code_that_is_not_compiled_here_is_that_of_a_package_that_is() {
    let mut checked = 0;
    for (name, page) in pages() {
        let blocks = page.split("```rust,ignore\n");
        for (before, rest) in blocks.clone().zip(blocks.skip(1)) {
            let code = rest.split_once("```").unwrap().0;
            let marker = before.trim_end().lines().last().unwrap();
            let path = marker.strip_prefix("<!-- code: ").and_then(|path| path.strip_suffix(" -->"));
            let path = path.unwrap_or_else(|| panic!("{name}.md does not say where this code is from: {code}"));
            assert!(read(at(path)).contains(code), "{name}.md shows code that is not in {path}: {code}");
            checked += 1;
        }
    }
    assert!(checked > 0, "no code was found");
}
