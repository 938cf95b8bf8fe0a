//! The one place where errors of use cases become problems.

use super::{Code, FieldError, Problem};
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use std::time::Duration;
use threshold_application::access::{ChangeRolesError, Exceeds, ListRolesError, ManageApiKeysError};
use threshold_application::accounts::{
    ChangePasswordError, CreateAccountError, DeleteAccountError, ExportPersonalDataError, LinkError, ListAccountsError,
    RegisterError, RemoveAccountError, ResetPasswordError, SetUpError, ShowAccountError, ShowProfileError,
    UpdateAccountError, UpdateProfileError, VerifyEmailError,
};
use threshold_application::ports::{HashingError, IssueTokenError, StoreError};
use threshold_application::sessions::{
    AuthenticateError, EndOthersSessionsError, EndSessionError, RefreshError, SignInError,
};

/// When to try again after a failure of something that we need.
const RETRY_UNAVAILABLE: Duration = Duration::from_secs(5);
/// When to try again after every connection was in use.
const RETRY_OVERLOADED: Duration = Duration::from_secs(1);

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::EmailTaken => taken(Code::EmailTaken, "email"),
            RegisterError::UsernameTaken => taken(Code::UsernameTaken, "username"),
            RegisterError::Hashing(error) => error.into(),
            RegisterError::Store(error) => error.into(),
        }
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Unknown => Self::new(Code::LinkUnknown),
            LinkError::Expired => Self::new(Code::LinkExpired),
            LinkError::Used => Self::new(Code::LinkUsed),
            LinkError::Store(error) => error.into(),
        }
    }
}

impl From<VerifyEmailError> for Problem {
    fn from(error: VerifyEmailError) -> Self {
        match error {
            VerifyEmailError::Link(error) => error.into(),
            VerifyEmailError::EmailTaken => taken(Code::EmailTaken, "email"),
        }
    }
}

impl From<UpdateProfileError> for Problem {
    fn from(error: UpdateProfileError) -> Self {
        match error {
            UpdateProfileError::Gone => Self::new(Code::TokenRevoked),
            UpdateProfileError::Changed => Self::new(Code::PreconditionFailed),
            UpdateProfileError::EmailTaken => taken(Code::EmailTaken, "email"),
            UpdateProfileError::UsernameTaken => taken(Code::UsernameTaken, "username"),
            UpdateProfileError::TooManyEmailChanges { retry_after } => retry(Code::RateLimited, retry_after)
                .with_detail("Too many addresses were to be confirmed. Try again after the time in “Retry-After”."),
            UpdateProfileError::Store(error) => error.into(),
        }
    }
}

impl From<DeleteAccountError> for Problem {
    fn from(error: DeleteAccountError) -> Self {
        match error {
            DeleteAccountError::Gone => Self::new(Code::TokenRevoked),
            DeleteAccountError::LastAdmin => Self::new(Code::LastAdmin),
            DeleteAccountError::Changed => Self::new(Code::PreconditionFailed),
            DeleteAccountError::PasswordRequired => Self::invalid(vec![FieldError::required("password")]),
            DeleteAccountError::WrongPassword => Self::new(Code::WrongPassword),
            DeleteAccountError::TooManyAttempts { retry_after } => retry(Code::TooManyAttempts, retry_after),
            DeleteAccountError::Hashing(error) => error.into(),
            DeleteAccountError::Store(error) => error.into(),
        }
    }
}

impl From<ShowAccountError> for Problem {
    fn from(error: ShowAccountError) -> Self {
        match error {
            ShowAccountError::NotFound => Self::new(Code::UserNotFound),
            ShowAccountError::Store(error) => error.into(),
        }
    }
}

impl From<ListAccountsError> for Problem {
    fn from(error: ListAccountsError) -> Self {
        match error {
            ListAccountsError::UnknownRole(_name) => unknown_role("role"),
            ListAccountsError::Store(error) => error.into(),
        }
    }
}

impl From<Exceeds> for Problem {
    fn from(Exceeds(lacking): Exceeds) -> Self {
        Self::lacking(lacking)
    }
}

impl From<CreateAccountError> for Problem {
    fn from(error: CreateAccountError) -> Self {
        match error {
            CreateAccountError::EmailTaken => taken(Code::EmailTaken, "email"),
            CreateAccountError::UsernameTaken => taken(Code::UsernameTaken, "username"),
            CreateAccountError::UnknownRole(_name) => unknown_role("roles"),
            CreateAccountError::Exceeds(exceeds) => exceeds.into(),
            CreateAccountError::Hashing(error) => error.into(),
            CreateAccountError::Store(error) => error.into(),
        }
    }
}

impl From<SetUpError> for Problem {
    fn from(error: SetUpError) -> Self {
        match error {
            SetUpError::WrongToken => Self::new(Code::SetupTokenInvalid),
            SetUpError::AlreadySetUp => Self::new(Code::AlreadySetUp),
            SetUpError::EmailTaken => taken(Code::EmailTaken, "email"),
            SetUpError::UsernameTaken => taken(Code::UsernameTaken, "username"),
            SetUpError::Hashing(error) => error.into(),
            SetUpError::Store(error) => error.into(),
        }
    }
}

impl From<RemoveAccountError> for Problem {
    fn from(error: RemoveAccountError) -> Self {
        match error {
            RemoveAccountError::NotFound => Self::new(Code::UserNotFound),
            RemoveAccountError::AlreadyDeleted => Self::new(Code::AlreadyDeleted),
            RemoveAccountError::NotDeleted => Self::new(Code::NotDeleted),
            RemoveAccountError::Changed => Self::new(Code::PreconditionFailed),
            RemoveAccountError::EmailTaken => taken(Code::EmailTaken, "email"),
            RemoveAccountError::UsernameTaken => taken(Code::UsernameTaken, "username"),
            RemoveAccountError::Exceeds(exceeds) => exceeds.into(),
            RemoveAccountError::LastAdmin => Self::new(Code::LastAdmin),
            RemoveAccountError::Store(error) => error.into(),
        }
    }
}

impl From<UpdateAccountError> for Problem {
    fn from(error: UpdateAccountError) -> Self {
        match error {
            UpdateAccountError::NotFound => Self::new(Code::UserNotFound),
            UpdateAccountError::Changed => Self::new(Code::PreconditionFailed),
            UpdateAccountError::EmailTaken => taken(Code::EmailTaken, "email"),
            UpdateAccountError::UsernameTaken => taken(Code::UsernameTaken, "username"),
            UpdateAccountError::UnknownRole(_name) => unknown_role("roles"),
            UpdateAccountError::Exceeds(exceeds) => exceeds.into(),
            UpdateAccountError::LastAdmin => Self::new(Code::LastAdmin),
            UpdateAccountError::Store(error) => error.into(),
        }
    }
}

impl From<EndOthersSessionsError> for Problem {
    fn from(error: EndOthersSessionsError) -> Self {
        match error {
            EndOthersSessionsError::NotFound => Self::new(Code::UserNotFound),
            EndOthersSessionsError::Exceeds(exceeds) => exceeds.into(),
            EndOthersSessionsError::Store(error) => error.into(),
        }
    }
}

impl From<ListRolesError> for Problem {
    fn from(error: ListRolesError) -> Self {
        match error {
            ListRolesError::NotFound => Self::new(Code::RoleNotFound),
            ListRolesError::Store(error) => error.into(),
        }
    }
}

impl From<ChangeRolesError> for Problem {
    fn from(error: ChangeRolesError) -> Self {
        match error {
            ChangeRolesError::NotFound => Self::new(Code::RoleNotFound),
            ChangeRolesError::Taken => taken(Code::RoleTaken, "name"),
            ChangeRolesError::BuiltIn => Self::new(Code::RoleBuiltIn),
            ChangeRolesError::InUse => Self::new(Code::RoleInUse),
            ChangeRolesError::Changed => Self::new(Code::PreconditionFailed),
            ChangeRolesError::Exceeds(exceeds) => exceeds.into(),
            ChangeRolesError::Store(error) => error.into(),
        }
    }
}

impl From<ManageApiKeysError> for Problem {
    fn from(error: ManageApiKeysError) -> Self {
        match error {
            ManageApiKeysError::NotFound => Self::new(Code::ApiKeyNotFound),
            ManageApiKeysError::ExpiresInThePast => {
                let message = "A key that has expired already is of no use; give a time in the future, or none.";
                Self::invalid(vec![FieldError::new("expires_at", "in-the-past", message)])
            }
            ManageApiKeysError::Exceeds(exceeds) => exceeds.into(),
            ManageApiKeysError::Store(error) => error.into(),
        }
    }
}

impl From<ExportPersonalDataError> for Problem {
    fn from(error: ExportPersonalDataError) -> Self {
        match error {
            ExportPersonalDataError::Gone => Self::new(Code::TokenRevoked),
            ExportPersonalDataError::Store(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for Problem {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Gone => Self::new(Code::TokenRevoked),
            ChangePasswordError::WrongPassword => Self::new(Code::WrongPassword),
            ChangePasswordError::TooManyAttempts { retry_after } => retry(Code::TooManyAttempts, retry_after),
            ChangePasswordError::Hashing(error) => error.into(),
            ChangePasswordError::Store(error) => error.into(),
        }
    }
}

impl From<ResetPasswordError> for Problem {
    fn from(error: ResetPasswordError) -> Self {
        match error {
            ResetPasswordError::Link(error) => error.into(),
            ResetPasswordError::Hashing(error) => error.into(),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::InvalidCredentials => Self::new(Code::InvalidCredentials),
            SignInError::Suspended => Self::new(Code::AccountSuspended),
            SignInError::EmailUnverified => Self::new(Code::EmailUnverified),
            SignInError::Hashing(error) => error.into(),
            SignInError::Store(error) => error.into(),
            SignInError::TooManyAttempts { retry_after } => retry(Code::TooManyAttempts, retry_after),
        }
    }
}

impl From<AuthenticateError> for Problem {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Invalid => Self::new(Code::TokenInvalid),
            AuthenticateError::Expired => Self::new(Code::TokenExpired),
            AuthenticateError::Revoked => Self::new(Code::TokenRevoked),
            AuthenticateError::Stale => Self::new(Code::TokenStale),
            AuthenticateError::Store(error) => error.into(),
        }
    }
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Invalid => Self::new(Code::RefreshInvalid),
            RefreshError::Reused => Self::new(Code::RefreshReused),
            RefreshError::Store(error) => error.into(),
        }
    }
}

impl From<EndSessionError> for Problem {
    fn from(error: EndSessionError) -> Self {
        match error {
            EndSessionError::NotFound => Self::new(Code::SessionNotFound),
            EndSessionError::Store(error) => error.into(),
        }
    }
}

impl From<IssueTokenError> for Problem {
    fn from(error: IssueTokenError) -> Self {
        Self::internal(error)
    }
}

impl From<ShowProfileError> for Problem {
    fn from(error: ShowProfileError) -> Self {
        match error {
            ShowProfileError::Gone => Self::new(Code::TokenRevoked),
            ShowProfileError::Store(error) => error.into(),
        }
    }
}

impl From<HashingError> for Problem {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Overloaded { retry_after } => retry(Code::Overloaded, retry_after),
            HashingError::Stopped => retry(Code::Unavailable, RETRY_UNAVAILABLE),
            unreadable @ HashingError::Unreadable(_) => Self::internal(unreadable),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => retry(Code::Overloaded, RETRY_OVERLOADED),
            error @ StoreError::Unavailable(_) => retry(Code::Unavailable, RETRY_UNAVAILABLE).with_source(error),
            error @ (StoreError::NotUnique(_) | StoreError::Corrupt { .. }) => Self::internal(error),
        }
    }
}

fn unknown_role(field: &str) -> Problem {
    let message = "There is no such role; all of them are listed at /api/v1/admin/roles.";
    Problem::invalid(vec![FieldError::new(field, "unknown-role", message)])
}

fn taken(code: Code, field: &str) -> Problem {
    Problem::new(code).with_error(FieldError::new(field, "taken", code.title().to_owned() + "."))
}

/// Whole seconds, at least one: `Retry-After` knows no others (RFC 9110 §10.2.3).
fn retry(code: Code, after: Duration) -> Problem {
    let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
    Problem::new(code).with_header(RETRY_AFTER, HeaderValue::from(seconds.max(1)))
}
