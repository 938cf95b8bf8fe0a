//! The shape of the project, held by a test: who may know whom, and how large things may get.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::Visit;

/// Which of our crates each crate may depend on.
const LAYERS: [(&str, &[&str]); 13] = [
    ("threshold-domain", &[]),
    ("threshold-application", &["threshold-domain"]),
    ("threshold-testkit", &["threshold-domain", "threshold-application"]),
    ("threshold-bcrypt", &["threshold-domain", "threshold-application"]),
    ("threshold-diesel", &["threshold-domain", "threshold-application"]),
    ("threshold-email", &["threshold-domain", "threshold-application"]),
    ("threshold-in-process", &["threshold-domain", "threshold-application"]),
    ("threshold-redis", &["threshold-domain", "threshold-application"]),
    ("threshold-telemetry", &["threshold-domain", "threshold-application"]),
    ("threshold-tokens", &["threshold-domain", "threshold-application"]),
    ("threshold-transport", &["threshold-domain", "threshold-application"]),
    ("threshold-user-files", &["threshold-domain", "threshold-application"]),
    (
        "threshold-server",
        &[
            "threshold-domain",
            "threshold-application",
            "threshold-bcrypt",
            "threshold-diesel",
            "threshold-email",
            "threshold-in-process",
            "threshold-redis",
            "threshold-telemetry",
            "threshold-tokens",
            "threshold-transport",
            "threshold-user-files",
        ],
    ),
];

/// What the inner crates may take from outside: values and errors, no I/O.
const INNER: [(&str, &[&str]); 3] = [
    (
        "threshold-domain",
        &[
            "base64",
            "chrono",
            "crc32fast",
            "idna",
            "sha2",
            "subtle",
            "thiserror",
            "unicode-normalization",
            "uuid",
            "zeroize",
            "zxcvbn",
        ],
    ),
    ("threshold-application", &["async-trait", "chrono", "futures", "thiserror", "tracing", "uuid"]),
    ("threshold-testkit", &["async-trait", "chrono", "futures", "uuid"]),
];

/// What must never be found beneath the crates that others embed.
const NEVER_EMBEDDED: [&str; 20] = [
    "actix-http",
    "actix-web",
    "axum",
    "deadpool",
    "diesel",
    "diesel-async",
    "http",
    "hyper",
    "lettre",
    "libsqlite3-sys",
    "mio",
    "redis",
    "reqwest",
    "ring",
    "rusqlite",
    "rustls",
    "socket2",
    "sqlx",
    "tokio",
    "tokio-postgres",
];

const MAX_LINES: usize = 500;
const MEDIAN_LINES: usize = 150;
const MAX_FUNCTION_LINES: usize = 60;
const MAX_PORT_METHODS: usize = 8;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn metadata() -> Metadata {
    // Without what they depend on: that would have to be there for every platform.
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap()
}

fn normal_dependencies(package: &Package) -> BTreeSet<String> {
    package.dependencies.iter().filter(|one| one.kind == DependencyKind::Normal).map(|one| one.name.clone()).collect()
}

fn is_ours(name: &str) -> bool {
    name.starts_with("threshold-")
}

/// Every Rust file of ours, with its text.
fn sources() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join("crates"), root().join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // What `tests/fuzz` builds, if somebody builds it by hand, is nobody's source.
                folders.extend((!path.ends_with("target")).then_some(path));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.insert(path.strip_prefix(root()).unwrap().to_owned(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(found.len() > 80, "only {} files were found", found.len());
    found
}

#[test]
fn every_crate_depends_on_inner_layers_alone() {
    let metadata = metadata();
    for (layer, allowed) in LAYERS {
        let package = metadata.packages.iter().find(|package| *package.name == layer);
        let package = package.unwrap_or_else(|| panic!("{layer} is gone: take it out of LAYERS"));
        for name in normal_dependencies(package).iter().filter(|name| is_ours(name)) {
            assert!(allowed.contains(&name.as_str()), "{layer} must not depend on {name}: reach it through a port");
        }
    }
    for package in metadata.workspace_packages() {
        let known = LAYERS.iter().any(|(layer, _)| *package.name == *layer) || package.name.contains("-test");
        assert!(known, "{} has no place in the layers: add it to LAYERS", package.name);
    }
}

#[test]
fn inner_crates_take_only_values_from_outside() {
    for package in metadata().workspace_packages() {
        let Some((_, allowed)) = INNER.iter().find(|(layer, _)| *package.name == *layer) else { continue };
        for name in normal_dependencies(package).iter().filter(|name| !is_ours(name)) {
            assert!(
                allowed.contains(&name.as_str()),
                "{} must not know {name}: it belongs behind a port",
                package.name
            );
        }
    }
}

#[test]
fn crates_that_others_embed_bring_no_runtime_web_or_database() {
    for layer in ["threshold-domain", "threshold-testkit"] {
        let tree = std::process::Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--package", layer])
            .current_dir(root())
            .output()
            .unwrap();
        let tree = String::from_utf8(tree.stdout).unwrap();
        let names: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(names.contains("uuid"), "{tree}");
        for never in NEVER_EMBEDDED {
            assert!(!names.contains(never), "{layer} brings {never} to whoever embeds it");
        }
    }
}

#[test]
fn every_crate_inherits_the_lints() {
    for package in metadata().workspace_packages() {
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} must inherit the workspace's lints", package.name);
    }
}

#[test]
fn every_file_says_what_it_is_and_stays_small() {
    let sources = sources();
    for (path, text) in &sources {
        assert!(text.starts_with("//! "), "{} must begin with a line of //! that says what it is", path.display());
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines: split it by what it does", path.display());
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let vague = ["util", "utils", "common", "helper", "helpers", "misc"].contains(&stem);
        assert!(!vague, "{}: name the file by what it does", path.display());
    }
    let mut lengths: Vec<_> = sources.values().map(|text| text.lines().count()).collect();
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap();
    assert!(median <= MEDIAN_LINES, "the median file has {median} lines");
}

#[derive(Default)]
struct Shapes {
    long_functions: Vec<String>,
    wide_ports: Vec<String>,
}

impl Shapes {
    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let lines = block.brace_token.span.close().end().line - signature.fn_token.span.start().line + 1;
        if lines > MAX_FUNCTION_LINES {
            self.long_functions.push(format!("{} ({lines} lines)", signature.ident));
        }
    }
}

impl<'ast> Visit<'ast> for Shapes {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        // A transaction is the list of what can be changed in it, one method each.
        if item.ident != "Transaction" && item.items.len() > MAX_PORT_METHODS {
            self.wide_ports.push(item.ident.to_string());
        }
        syn::visit::visit_item_trait(self, item);
    }
}

#[test]
fn functions_and_ports_stay_small() {
    for (path, text) in sources() {
        let mut shapes = Shapes::default();
        shapes.visit_file(&syn::parse_file(&text).unwrap());
        let long = &shapes.long_functions;
        assert!(long.is_empty(), "{}: split {long:?}, {MAX_FUNCTION_LINES} lines are enough", path.display());
        let wide = &shapes.wide_ports;
        assert!(wide.is_empty(), "{}: {wide:?} have more than {MAX_PORT_METHODS} methods: two roles?", path.display());
    }
}

#[test]
fn both_databases_have_the_same_migrations_up_and_down() {
    let names = |database: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(database);
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let migrations = entries.filter(|entry| entry.path().is_dir()).inspect(|entry| {
            for file in ["up.sql", "down.sql"] {
                assert!(entry.path().join(file).is_file(), "{} lacks {file}", entry.path().display());
            }
        });
        migrations.map(|entry| entry.file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"), "each migration is written for both databases");
    assert!(names("sqlite").len() >= 3);
}
