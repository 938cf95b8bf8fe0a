//! Settings: what the operator wants, read from layers, checked all at once.
//!
//! The catalogue is the one list of settings. Defaults, `config/default.toml` and `docs/configuration.md` are made from it. Over the
//! defaults lie `default.toml`, the file of the environment, environment variables, and flags.

mod catalogue;
mod duration;
mod email;
mod fault;
mod jobs;
mod layers;
mod limits;
mod reader;
mod reference;
mod retention;
mod sessions;
mod settings;
mod show;

pub use email::{EmailSettings, MailTransport};
pub use fault::{Fault, Faults};
pub use jobs::JobsSettings;
pub use layers::Sources;
pub use limits::LimitsSettings;
pub use reference::{default_toml, markdown};
pub use sessions::SessionsSettings;
pub use settings::{
    Environment, MasterKeySource, MigratePolicy, ObservabilitySettings, ServerSettings, Settings, TokensSettings,
};
pub use show::show;
