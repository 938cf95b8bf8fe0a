//! Roles and permissions that somebody holds.

/// The names of the roles somebody holds and of the permissions that follow from them, each sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grants {
    /// For example `user`.
    pub roles: Vec<String>,
    /// For example `users:read`.
    pub permissions: Vec<String>,
}

impl Grants {
    /// What every user holds: the role `user`, which permits nothing beyond one's own account.
    #[must_use]
    pub fn of_every_user() -> Self {
        Self { roles: vec!["user".to_owned()], permissions: Vec::new() }
    }
}
