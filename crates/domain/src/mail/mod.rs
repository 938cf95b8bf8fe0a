//! What the service writes to people; how it is worded and sent is an adapter's.

mod content;
mod language;
mod link;
mod notice;

pub use content::{Mail, MailContent, MailId};
pub use language::Language;
pub use link::MailLink;
pub use notice::Notice;
