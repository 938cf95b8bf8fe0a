//! The example does what it says.

#[path = "../../../tests/examples/use_case.rs"]
mod use_case;

#[test]
fn a_use_case_runs_on_fakes() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut told = Vec::new();
    runtime.block_on(use_case::tell(&mut told)).unwrap();
    let told = String::from_utf8(told).unwrap();
    let expected =
        "grace@example.org came PT3600S after ada@example.org\nnobody registers twice\nada@example.org is stored\n";
    assert_eq!(told, expected);
    use_case::main().unwrap();
}
