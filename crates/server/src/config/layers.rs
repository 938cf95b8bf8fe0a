//! Where settings come from, and which layer wins.

use super::catalogue::{SETTINGS, Setting, find};
use super::fault::Fault;
use super::reference::default_toml;
use super::settings::Environment;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Chooses the file of the environment.
pub(crate) const ENVIRONMENT_VARIABLE: &str = "THRESHOLD_ENV";
/// Where files are looked for when there is no `./config`.
const DIRECTORY_VARIABLE: &str = "THRESHOLD_CONFIG_DIR";
const PREFIX: &str = "THRESHOLD_";

/// What settings are read from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The environment variables.
    pub variables: BTreeMap<String, String>,
    /// Where `./config` is looked for.
    pub directory: PathBuf,
    /// `key=value` from the command line.
    pub flags: Vec<String>,
}

/// A value as text, and the layer that it came from.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) text: String,
    pub(crate) origin: String,
}

/// The layers, one over the other.
pub(crate) struct Layers {
    pub(crate) environment: Environment,
    pub(crate) values: BTreeMap<&'static str, Found>,
    pub(crate) faults: Vec<Fault>,
}

impl Sources {
    /// What this process has: its environment variables and its working directory.
    #[must_use]
    pub fn of_process(flags: Vec<String>) -> Self {
        let text = |name: std::ffi::OsString| name.into_string().ok();
        let variables = std::env::vars_os().filter_map(|(name, value)| Some((text(name)?, text(value)?)));
        Self { variables: variables.collect(), directory: std::env::current_dir().unwrap_or_default(), flags }
    }

    /// The files that secrets are read from.
    #[must_use]
    pub fn secret_files(&self) -> Vec<PathBuf> {
        let file = |setting: &Setting| self.variables.get(&format!("{}_FILE", setting.variable())).map(PathBuf::from);
        SETTINGS.iter().filter(|setting| setting.secret).filter_map(file).collect()
    }

    pub(crate) fn layers(&self) -> Layers {
        let mut layers = Layers { environment: Environment::Development, values: BTreeMap::new(), faults: Vec::new() };
        layers.choose_environment(self.variables.get(ENVIRONMENT_VARIABLE));
        layers.add_file("the built-in defaults", &default_toml());
        self.add_files(&mut layers);
        for (name, value) in self.variables.iter().filter(|(name, _)| name.starts_with(PREFIX)) {
            layers.add_variable(name, value);
        }
        for flag in &self.flags {
            layers.add_flag(flag);
        }
        layers
    }

    /// Which environment they are for.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.layers().environment
    }

    /// The files of the first folder that exists, else the copies inside the program.
    fn add_files(&self, layers: &mut Layers) {
        let elsewhere = self.variables.get(DIRECTORY_VARIABLE).map(PathBuf::from);
        let folders = [Some(self.directory.join("config")), elsewhere.clone()];
        let folder = folders.into_iter().flatten().find(|folder| folder.join("default.toml").is_file());
        let name = layers.environment.file_name();
        match folder {
            Some(folder) => {
                layers.add_path(&folder.join("default.toml"));
                layers.add_path(&folder.join(name));
            }
            None => layers.add_file(&format!("the built-in {name}"), layers.environment.built_in_file()),
        }
        if elsewhere.is_some_and(|folder| !folder.is_dir()) {
            layers.fault(DIRECTORY_VARIABLE, "the environment", "there is no such folder");
        }
    }
}

impl Layers {
    pub(crate) fn fault(&mut self, key: &str, origin: &str, message: impl Into<String>) {
        self.faults.push(Fault { key: key.to_owned(), origin: origin.to_owned(), message: message.into() });
    }

    fn choose_environment(&mut self, name: Option<&String>) {
        match name.map(|name| Environment::from_name(name)) {
            None => {}
            Some(Some(environment)) => self.environment = environment,
            Some(None) => {
                self.fault(ENVIRONMENT_VARIABLE, "the environment", "must be development, staging or production");
            }
        }
    }

    fn add_path(&mut self, path: &Path) {
        match std::fs::read_to_string(path) {
            Ok(text) => self.add_file(&path.display().to_string(), &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.fault("(file)", &path.display().to_string(), format!("can't be read: {error}")),
        }
    }

    fn add_file(&mut self, origin: &str, text: &str) {
        match text.parse::<Table>() {
            Ok(table) => self.add_table(origin, "", &table),
            // The parser's own report would show the line, which may hold a secret.
            Err(error) => self.fault("(file)", origin, format!("is not valid TOML: {}", error.message())),
        }
    }

    fn add_table(&mut self, origin: &str, prefix: &str, table: &Table) {
        for (name, value) in table {
            let key = format!("{prefix}{name}");
            match value {
                Value::Table(inner) => self.add_table(origin, &format!("{key}."), inner),
                Value::String(_)
                | Value::Integer(_)
                | Value::Float(_)
                | Value::Boolean(_)
                | Value::Datetime(_)
                | Value::Array(_) => match find(&key) {
                    Some(setting) => self.put(setting, as_text(value), origin.to_owned()),
                    None => self.unknown(&key, origin),
                },
            }
        }
    }

    fn add_variable(&mut self, name: &str, value: &str) {
        if [ENVIRONMENT_VARIABLE, DIRECTORY_VARIABLE].contains(&name) {
            return;
        }
        if let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == name) {
            return self.put(setting, value.to_owned(), name.to_owned());
        }
        let base = name.strip_suffix("_FILE");
        match SETTINGS.iter().find(|setting| setting.secret && Some(setting.variable().as_str()) == base) {
            Some(setting) => self.add_secret_file(setting, name, Path::new(value)),
            None => self.unknown(name, "the environment"),
        }
    }

    fn add_secret_file(&mut self, setting: &'static Setting, name: &str, path: &Path) {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let text = text.strip_suffix('\n').unwrap_or(&text);
                self.put(setting, text.strip_suffix('\r').unwrap_or(text).to_owned(), name.to_owned());
            }
            Err(error) => self.fault(setting.key, name, format!("the file {} can't be read: {error}", path.display())),
        }
    }

    fn add_flag(&mut self, flag: &str) {
        let (key, value) = flag.split_once('=').unwrap_or((flag, ""));
        match find(key) {
            Some(setting) => self.put(setting, value.to_owned(), "--set".to_owned()),
            None => self.unknown(key, "--set"),
        }
    }

    fn put(&mut self, setting: &'static Setting, text: String, origin: String) {
        self.values.insert(setting.key, Found { text, origin });
    }

    fn unknown(&mut self, key: &str, origin: &str) {
        self.fault(key, origin, "there is no such setting; `threshold config reference` lists all of them");
    }
}

/// The text that a variable would hold: lists with commas.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(as_text).collect::<Vec<_>>().join(","),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Table(_) => {
            value.to_string()
        }
    }
}
