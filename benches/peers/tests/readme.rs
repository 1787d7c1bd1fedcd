//! What the pages show is what was measured.

#[test]
fn the_pages_show_the_measured_table() {
    let summary = include_str!("../results/summary.md");
    assert!(summary.contains("shipgate, directory"), "nothing was measured");
    let pages = [
        ("benches/peers/README.md", include_str!("../README.md")),
        ("src/guide/compare.md", include_str!("../../../src/guide/compare.md")),
    ];
    for (path, page) in pages {
        assert!(page.contains(summary.trim()), "copy benches/peers/results/summary.md into {path}");
    }
}
