//! Values for tests, right in every rule; what a test cares about it overrides.
#![expect(clippy::expect_used, reason = "a builder that breaks a rule is a defect of the test")]

use crate::fakes::FakeSecrets;
use chrono::TimeDelta;
use std::net::IpAddr;
use threshold_application::ports::{LinkSecrets, SessionSecrets};
use threshold_domain::Timestamp;
use threshold_domain::access::{
    ApiKey, ApiKeyId, ApiKeyName, ApiKeySecret, Grants, GrantsVersion, Permissions, Role, RoleDescription, RoleName,
};
use threshold_domain::accounts::{
    AcceptedPassword, AccountLink, Email, LinkId, LinkPurpose, Password, PasswordPolicy, Registration, User, UserId,
    Username,
};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Origin};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::mail::{Language, Mail, MailContent, MailId, MailLink};
use threshold_domain::sessions::{
    AccessClaims, KeyId, Provenance, Session, SessionId, SessionKind, SessionLifetimes, SessionRequest, SessionSecret,
    SessionToken, SignatureAlgorithm, SigningKey, TokenId, UserAgent,
};
use uuid::{Builder, Uuid};

/// A moment in 2027, `seconds` and a few microseconds after a fixed one.
#[must_use]
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::seconds(1_800_000_000 + seconds) + TimeDelta::microseconds(123_456)
}

/// A user of that number, with a name and an address of their own, registered at `at(0)`.
///
/// # Panics
/// Never: the names follow the rules.
#[must_use]
pub fn a_user(number: u128) -> User {
    let email = Email::parse(&format!("user-{number}@example.org")).expect("an address");
    let username = Username::parse(&format!("user-{number}")).expect("a username");
    User::registered(UserId::new(Uuid::from_u128(number)), email, Some(username), None, at(0))
}

/// A role of that name which permits nothing, made at `at(0)`.
///
/// # Panics
/// If it is no name.
#[must_use]
pub fn a_role(name: &str) -> Role {
    let name = RoleName::parse(name).expect("a name");
    Role::new(name, RoleDescription::default(), Permissions::NONE, at(0))
}

/// A key of that number which permits nothing and never expires, made by nobody at `at(0)`.
///
/// # Panics
/// Never: the name follows the rules.
#[must_use]
pub fn an_api_key(number: u128) -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(Uuid::from_u128(number)),
        name: ApiKeyName::parse(&format!("machine {number}")).expect("a name"),
        prefix: an_api_key_secret(0).prefix(),
        permissions: Permissions::NONE,
        created_by: None,
        created_at: at(0),
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
    }
}

/// The secret of that number, which is below 62.
#[must_use]
pub fn an_api_key_secret(number: u8) -> ApiKeySecret {
    ApiKeySecret::generate(|bytes| bytes.fill(number))
}

/// A session with tokens of that number of `user`, from `at(0)` on; its first secret is [`a_session_token`] of the same number.
#[must_use]
pub fn a_session(number: u128, user: &User) -> Session {
    let request = SessionRequest {
        kind: SessionKind::Tokens,
        remembered: false,
        provenance: Provenance {
            address: Some(IpAddr::from([203, 0, 113, 7])),
            user_agent: UserAgent::cleaned("curl/8.9 (test)"),
        },
    };
    let token = a_session_token(number);
    let digest = FakeSecrets.digest(&token);
    Session::started(token.session, user.id, request, digest, at(0), &SessionLifetimes::default())
}

/// The first secret of the session of that number.
#[must_use]
pub fn a_session_token(number: u128) -> SessionToken {
    SessionToken::first(SessionId::new(Uuid::from_u128(number)), SessionSecret::new([7; 32]))
}

/// What a token says that was made `seconds` after `at(0)`, for the session and the user of that number; the version of its grants
/// is the same number.
///
/// # Panics
/// For times before 1970.
#[must_use]
pub fn some_claims(number: u128, seconds: i64) -> AccessClaims {
    let made_at = u64::try_from(at(seconds).timestamp_millis()).expect("a time after 1970");
    AccessClaims {
        subject: UserId::new(Uuid::from_u128(number)),
        session: SessionId::new(Uuid::from_u128(number)),
        token_id: TokenId::new(Builder::from_unix_timestamp_millis(made_at, &[0; 10]).into_uuid()),
        issued_at: at(seconds),
        expires_at: at(seconds + 900),
        grants: Grants { version: GrantsVersion::new(seconds), ..Grants::of_every_user() },
    }
}

/// An Ed25519 key of that name, made at `at(0)`; its bytes are no real key.
#[must_use]
pub fn a_signing_key(name: &str) -> SigningKey {
    SigningKey {
        id: KeyId::new(name.to_owned()),
        algorithm: SignatureAlgorithm::EdDsa,
        sealed_private_key: vec![0, 1, 2, 255],
        created_at: at(0),
        signs_from: at(0),
        retired_at: None,
        withdrawn_at: None,
    }
}

/// The password of everybody who registers here.
///
/// # Panics
/// Never: it holds no NUL.
#[must_use]
pub fn a_password() -> Password {
    Password::parse("violet harbour 92 kites").expect("a password")
}

/// A registration of `email` with [`a_password`].
///
/// # Panics
/// If `email` is none.
#[must_use]
pub fn a_registration(email: &str) -> Registration {
    let email = Email::parse(email).expect("an address");
    let password: AcceptedPassword =
        PasswordPolicy::default().accept(a_password(), None, None).expect("a good password");
    Registration { email, username: None, display_name: None, password, language: Language::English }
}

/// Job number `number`, due at that second.
#[must_use]
pub fn a_job(number: u128, due: i64) -> Job {
    Job::new(JobId::new(Uuid::from_u128(number)), Task::EnforceRetention, at(0), at(due))
}

/// A mail of that number to a reader of their own, in English.
///
/// # Panics
/// Never: the address follows the rules.
#[must_use]
pub fn a_mail(number: u128, content: MailContent) -> Mail {
    let to = Email::parse(&format!("user-{number}@example.org")).expect("an address");
    Mail { id: MailId::new(Uuid::from_u128(number)), to, language: Language::English, content }
}

/// One of each content, with secrets and times of their own.
///
/// # Panics
/// Never: the address follows the rules.
#[must_use]
pub fn every_mail_content() -> Vec<MailContent> {
    let link = |page: &str| MailLink::new("https://id.example.org", page, &format!("{page:-<43}"));
    let new_address = Email::parse("new@example.net").expect("an address");
    vec![
        MailContent::Verification { link: link("verify"), expires_at: at(86_400) },
        MailContent::EmailChange { link: link("verify"), expires_at: at(86_400) },
        MailContent::EmailChangeRequested { new_address: new_address.clone() },
        MailContent::EmailChanged { new_address },
        MailContent::PasswordReset { link: link("reset"), expires_at: at(1_800) },
        MailContent::PasswordChanged,
        MailContent::AlreadyRegistered { link: MailLink::to_page("https://id.example.org", "login") },
        MailContent::AccountDeleted { purge_after: at(2_592_000) },
        MailContent::Invitation { link: link("invite"), expires_at: at(604_800) },
    ]
}

/// The link of that number to prove the address of `user`, asked for at that second and good for a day.
#[must_use]
pub fn a_link(number: u128, user: &User, asked: i64) -> AccountLink {
    let id = LinkId::new(Uuid::from_u128(number));
    AccountLink {
        id,
        user_id: user.id,
        purpose: LinkPurpose::VerifyEmail,
        email: user.email.clone(),
        digest: FakeSecrets.link_digest(&FakeSecrets.link_token(id)),
        created_at: at(asked),
        expires_at: at(86_400),
        used_at: None,
    }
}

/// Something that has happened at that moment.
#[must_use]
pub fn an_event() -> AuditEvent {
    AuditEvent::new(AuditAction::AdminActed, &Initiator::operator(), at(0)).with("event", "tested")
}

/// Somebody whom nobody knows, from an address.
#[must_use]
pub fn an_initiator() -> Initiator {
    let provenance = Provenance { address: Some(IpAddr::from([192, 0, 2, 1])), user_agent: None };
    Initiator::anonymous(Origin { provenance, request_id: None })
}
