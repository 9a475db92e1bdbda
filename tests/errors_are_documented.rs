//! `docs/ERRORS.md` lists exactly the codes there are.
#![cfg(not(target_arch = "wasm32"))]

use kvs_webrtc::error::Code;

#[test]
fn the_table_of_errors_is_the_one_in_the_code() {
    let document = include_str!("../docs/ERRORS.md");
    let rows: Vec<&str> = document.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows.len(), Code::ALL.len());
    for (row, code) in rows.iter().zip(Code::ALL) {
        let again = if code.is_retryable() { "yes" } else { "no" };
        assert!(row.starts_with(&format!("| `{code}` |")), "{row}");
        assert!(row.ends_with(&format!("| {} | {again} |", code.hint())), "{row}");
    }
}
