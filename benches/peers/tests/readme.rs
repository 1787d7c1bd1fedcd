//! What the README shows is what was measured.

#[test]
fn the_readme_shows_the_measured_table() {
    let (readme, summary) = (include_str!("../README.md"), include_str!("../results/summary.md"));
    assert!(summary.contains("shipgate, directory"), "nothing was measured");
    assert!(readme.contains(summary.trim()), "copy results/summary.md into benches/peers/README.md");
    let front = include_str!("../../../README.md");
    assert!(front.contains(summary.trim()), "copy results/summary.md into the README of the crate");
}
