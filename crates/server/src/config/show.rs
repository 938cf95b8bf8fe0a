//! What is in force.

use super::catalogue::SETTINGS;
use super::fault::Faults;
use super::layers::Sources;
use super::settings::Settings;
use std::fmt::Write;

/// Every setting that has a value, with its origin; secrets are masked.
///
/// # Errors
/// The faults, if there are any.
pub fn show(sources: &Sources) -> Result<String, Faults> {
    let settings = Settings::read(sources)?;
    let layers = sources.layers();
    let mut page = format!("# THRESHOLD_ENV = {}\n", layers.environment.name());
    for setting in SETTINGS {
        let Some(found) = layers.values.get(setting.key).filter(|found| !found.text.is_empty()) else { continue };
        let value = match setting.key {
            "database.url" => settings.database.url.to_string(),
            _ if setting.secret => "(set, not shown)".to_owned(),
            _ => found.text.clone(),
        };
        let _written = writeln!(page, "{} = {value}  # from {}", setting.key, found.origin);
    }
    Ok(page)
}
