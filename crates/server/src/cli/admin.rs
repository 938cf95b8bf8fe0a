//! `threshold admin`

use super::{Failure, print, serve};
use crate::config::Settings;
use crate::server::{AccountManagement, account_management};
use clap::Subcommand;
use std::io::Read;
use threshold_application::accounts::{NewAccount, UpdateAccount, UpdateAccountError};
use threshold_application::ports::BoxError;
use threshold_domain::Precondition;
use threshold_domain::access::BuiltInRole;
use threshold_domain::accounts::{AccountChanges, Email, Login, Password, Standing, User, Username};
use threshold_domain::audit::Initiator;
use threshold_domain::mail::Language;

/// More than any password has.
const MAX_INPUT: u64 = 4096;

const UNPROVEN: &str = "that address is registered already, and whoever did it has not proven that it is theirs: have its owner \
    choose a password by a mailed link (“forgot password”), which proves it, or delete the account; then run this again";

const SUSPENDED: &str = "that account is suspended: it would be an administrator who can't sign in; choose another one";

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Task {
    /// Makes an administrator, whether or not the service is running; somebody who has an account already becomes one, if they have
    /// proven their address.
    Create {
        /// Their address.
        #[arg(long)]
        email: String,
        /// Their username, if they have no account yet.
        #[arg(long)]
        username: Option<String>,
        /// Their password, if they have no account yet. Others on this machine can see it while this runs: without it the
        /// password is read from standard input.
        #[arg(long)]
        password: Option<String>,
    },
}

pub(super) fn run(task: &Task, settings: &Settings) -> Result<(), Failure> {
    let Task::Create { email, username, password } = task;
    let runtime = serve::runtime()?;
    let report = runtime.block_on(async {
        let accounts = account_management(settings).await?;
        create(settings, &accounts, email, username.as_deref(), password.as_deref()).await
    })?;
    print(&report)
}

async fn create(
    settings: &Settings,
    management: &AccountManagement,
    email: &str,
    username: Option<&str>,
    password: Option<&str>,
) -> Result<String, BoxError> {
    let email = Email::parse(email)?;
    let admin = BuiltInRole::Admin.name();
    if let Some(found) = management.accounts.find_by_login(&Login::Email(email.clone())).await? {
        let user = promote(&management.update, found.user).await?;
        return Ok(format!("{} is an administrator now; the password is what it was. {}\n", email.as_str(), user.id));
    }
    // The operator may take reserved names, and only they.
    let username = username.map(Username::parse).transpose()?;
    let password = Password::parse(password.map_or_else(read_password, |given| Ok(given.to_owned()))?)?;
    let password = settings.registration.password.accept(password, Some(&email), username.as_ref())?;
    let roles = vec![admin, BuiltInRole::User.name()];
    let account = NewAccount { email, username, display_name: None, password: Some(password), roles: Some(roles) };
    let hashed = management.create.hash(account).await?;
    let user = management.create.store(&Initiator::operator(), hashed, Language::default()).await?;
    Ok(format!("{} is an administrator. {}\n", user.email.as_str(), user.id))
}

/// Adds the role to those of somebody who has proven their address: anybody can register with anybody's.
async fn promote(update: &UpdateAccount, user: User) -> Result<User, BoxError> {
    if user.email_verified_at.is_none() {
        return Err(BoxError::from(UNPROVEN));
    }
    if user.standing == Standing::Suspended {
        return Err(BoxError::from(SUSPENDED));
    }
    let mut roles = user.roles;
    roles.push(BuiltInRole::Admin.name());
    let changes = AccountChanges { roles: Some(roles), ..AccountChanges::default() };
    // All roles are written: a role that is taken away meanwhile must not come back.
    let seen = Precondition::VersionIn(vec![user.version]);
    match update.execute(&Initiator::operator(), user.id, changes, &seen, Language::default()).await {
        Err(UpdateAccountError::Changed) => {
            Err("somebody has just changed that account: look at it, and run this again".into())
        }
        done => Ok(done?),
    }
}

/// The first line of standard input.
fn read_password() -> Result<String, std::io::Error> {
    let mut text = String::new();
    std::io::stdin().take(MAX_INPUT).read_to_string(&mut text)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
