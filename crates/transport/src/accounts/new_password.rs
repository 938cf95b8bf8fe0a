//! Judging a new password.

use crate::app::HttpSettings;
use crate::problem::{FieldError, Problem};
use actix_web::web::{Data, block};
use threshold_domain::accounts::{AcceptedPassword, Password, User};

/// The password that `owner` wants to have, if it is good enough for them.
pub(super) async fn judged(
    password: Password,
    owner: User,
    settings: Data<HttpSettings>,
) -> Result<AcceptedPassword, Problem> {
    let policy = move || settings.registration.password.accept(password, Some(&owner.email), owner.username.as_ref());
    // It can take tens of milliseconds: too long for a worker that serves others.
    let judged = block(policy).await.map_err(Problem::internal)?;
    judged.map_err(|refusal| Problem::invalid(vec![FieldError::refused("new_password", &refusal)]))
}
