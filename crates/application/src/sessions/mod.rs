//! Sessions: signing in, proving it, signing out.

mod authenticate;
mod follow_revocations;
mod sign_in;
mod sign_out;

pub use authenticate::{Authenticate, AuthenticateError, Caller};
pub use follow_revocations::FollowRevocations;
pub use sign_in::{ProvenUser, SignIn, SignInError, SignInSettings, SignedIn};
pub use sign_out::SignOut;
