//! The files of the schemas, which the crate ships with its guide.

use std::env::var_os;
use std::fs::{read_dir, read_to_string, write};
use std::path::PathBuf;

use jsonschema::meta;
use shipgate_schema::schemas;

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "src", "guide", "schema"].iter().collect()
}

#[test]
fn the_files_are_what_the_code_says() {
    for (name, schema) in schemas() {
        let path = folder().join(format!("{name}.schema.json"));
        let text = format!("{schema:#}\n");
        if var_os("UPDATE_SCHEMAS").is_some() {
            write(&path, text).unwrap();
        } else {
            let accept = "accept it with UPDATE_SCHEMAS=1, then read the diff";
            assert!(read_to_string(&path).ok() == Some(text), "{} differs: {accept}", path.display());
        }
    }
    assert_eq!(read_dir(folder()).unwrap().count(), schemas().len(), "a file is of no schema");
}

#[test]
fn each_is_a_schema() {
    for (name, schema) in schemas() {
        meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
