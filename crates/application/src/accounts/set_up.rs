//! Making the first administrator.

use super::create_account::{CreateAccount, HashedAccount, NewAccount};
use crate::ports::{HashingError, SetupSecret, StoreError, Transaction, Uniqueness};
use std::sync::Arc;
use threshold_domain::access::BuiltInRole;
use threshold_domain::accounts::{AcceptedPassword, DisplayName, Email, SetupToken, User, Username};
use threshold_domain::audit::Initiator;

/// Makes the first administrator of an installation, for whoever has the link that it shows when it starts. As soon as anybody
/// holds the role `admin`, suspended or deleted or not, the link opens nothing any more.
pub struct SetUp {
    /// Makes the account.
    pub accounts: Arc<CreateAccount>,
    /// Knows the token of the link.
    pub secret: Arc<dyn SetupSecret>,
}

/// The administrator that is to be, every value within the rules.
#[derive(Debug, Clone)]
pub struct FirstAdministrator {
    /// Their address; whoever has the link vouches for it.
    pub email: Email,
    /// Their username, if they have one.
    pub username: Option<Username>,
    /// The name shown to others.
    pub display_name: Option<DisplayName>,
    /// Their password.
    pub password: AcceptedPassword,
}

/// Why there is no new administrator.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// That is not the token of the link.
    #[error("the set-up token is wrong")]
    WrongToken,
    /// Somebody is or was an administrator already.
    #[error("there is an administrator")]
    AlreadySetUp,
    /// Somebody else has this address.
    #[error("the email address is taken")]
    EmailTaken,
    /// Somebody else has this username.
    #[error("the username is taken")]
    UsernameTaken,
    /// The password was not hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl SetUp {
    /// The token of the link, for as long as it opens something.
    ///
    /// # Errors
    /// Of the store.
    pub async fn token(&self) -> Result<Option<SetupToken>, StoreError> {
        let mut tx = self.accounts.unit_of_work.begin().await?;
        Ok((!is_set_up(tx.as_mut()).await?).then(|| self.secret.setup_token()))
    }

    /// The first half: slow, changes nothing, and may be dropped when nobody waits for it any more. Nothing is looked at before
    /// the token, so a wrong one tells nothing and costs nothing.
    ///
    /// # Errors
    /// `WrongToken`, `AlreadySetUp`, `Hashing`, `Store`.
    pub async fn hash(&self, token: &str, administrator: FirstAdministrator) -> Result<HashedAccount, SetUpError> {
        if !self.secret.setup_token().is(token) {
            return Err(SetUpError::WrongToken);
        }
        if self.token().await?.is_none() {
            return Err(SetUpError::AlreadySetUp);
        }
        let FirstAdministrator { email, username, display_name, password } = administrator;
        let roles = Some(vec![BuiltInRole::Admin.name(), BuiltInRole::User.name()]);
        let account = NewAccount { email, username, display_name, password: Some(password), roles };
        Ok(self.accounts.hashed(account).await?)
    }

    /// The second half: changes the store, and should run to its end once it has begun.
    ///
    /// # Errors
    /// `AlreadySetUp`, `EmailTaken`, `UsernameTaken`, `Store`.
    pub async fn store(&self, initiator: &Initiator, account: HashedAccount) -> Result<User, SetUpError> {
        let mut tx = self.accounts.unit_of_work.begin().await?;
        // Of two at once the later waits here, and then finds the administrator whom the first one made.
        tx.grants().next_version().await?;
        if is_set_up(tx.as_mut()).await? {
            return Err(SetUpError::AlreadySetUp);
        }
        account.insert(tx.as_mut(), initiator, "set_up").await?;
        tx.commit().await?;
        Ok(account.into_user())
    }
}

async fn is_set_up(tx: &mut dyn Transaction) -> Result<bool, StoreError> {
    Ok(tx.grants().holders(&BuiltInRole::Admin.name()).await? > 0)
}

impl From<StoreError> for SetUpError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotUnique(Uniqueness::Email) => Self::EmailTaken,
            StoreError::NotUnique(Uniqueness::Username) => Self::UsernameTaken,
            error @ (StoreError::NotUnique(_)
            | StoreError::Unavailable(_)
            | StoreError::Overloaded
            | StoreError::Corrupt { .. }) => Self::Store(error),
        }
    }
}
