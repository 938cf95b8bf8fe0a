//! The example does what it says.

#[path = "../../../tests/examples/rules.rs"]
mod rules;

#[test]
fn the_rules_can_be_embedded() {
    let mut told = Vec::new();
    rules::tell(&mut told).unwrap();
    let told = String::from_utf8(told).unwrap();
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines.len(), 5, "{told}");
    assert_eq!(lines[0], "Ada@Bücher.example is compared as ada@xn--bcher-kva.example");
    assert!(lines[1].starts_with("weak: "), "{told}");
    assert_eq!(lines[2..], ["the password is good", "auditor may users:read", "auditor may not users:write"]);
    rules::main().unwrap();
}
