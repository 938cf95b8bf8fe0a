//! What is in force.

use super::catalogue::SETTINGS;
use super::fault::Faults;
use super::layers::{Found, Sources};
use super::settings::Settings;
use std::collections::BTreeMap;
use std::fmt::Write;
use threshold_diesel::DatabaseUrl;

/// Every setting that has a value, with its origin; secrets are masked.
///
/// # Errors
/// The faults, if there are any.
pub fn show(sources: &Sources) -> Result<String, Faults> {
    let settings = Settings::read(sources)?;
    let layers = sources.layers();
    let mut page = format!("# THRESHOLD_ENV = {}\n", layers.environment.name());
    for setting in SETTINGS {
        let shown = (settings.shown.get(setting.key), layers.values.get(setting.key));
        if let (Some(value), Some(found)) = shown {
            let _written = writeln!(page, "{} = {value}  # from {}", setting.key, found.origin);
        }
    }
    Ok(page)
}

/// Every setting that has a value, as it may be shown.
pub(super) fn shown(values: &BTreeMap<&'static str, Found>, database: &DatabaseUrl) -> BTreeMap<&'static str, String> {
    let found = SETTINGS.iter().filter_map(|setting| Some((setting, values.get(setting.key)?)));
    let shown = found.filter(|(_, found)| !found.text.is_empty()).map(|(setting, found)| {
        let value = match setting.key {
            "database.url" => database.to_string(),
            _ if setting.secret => "(set, not shown)".to_owned(),
            _ => found.text.clone(),
        };
        (setting.key, value)
    });
    shown.collect()
}
