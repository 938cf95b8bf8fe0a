//! Mails by SMTP (RFC 5321), with submission's rules for encryption (RFC 8314).

mod dialogue;
mod examination;
mod mailer;
mod plain_stream;
mod server;
mod settings;
mod url;

pub use examination::SmtpExamination;
pub use mailer::{SmtpMailer, SmtpSetupError};
pub use settings::SmtpSettings;
pub use url::{SmtpUrl, SmtpUrlError};
