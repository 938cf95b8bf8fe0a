//! What administrators change about others.

use super::{Change, DisplayName, Email, Standing, User, Username};
use crate::Timestamp;
use crate::access::RoleName;

/// A wish to change somebody's account, every value of it within the rules.
#[derive(Debug, Clone, Default)]
pub struct AccountChanges {
    /// The address, from now on: whoever changes it vouches for it.
    pub email: Option<Email>,
    /// The username.
    pub username: Change<Username>,
    /// The name shown to others.
    pub display_name: Change<DisplayName>,
    /// What the account may do at all.
    pub standing: Option<Standing>,
    /// The roles that it holds.
    pub roles: Option<Vec<RoleName>>,
}

impl AccountChanges {
    /// Whether they may change what the user may do.
    #[must_use]
    pub fn touch_grants(&self) -> bool {
        self.standing.is_some() || self.roles.is_some()
    }

    /// `user` with these changes: a new version if anything is other than before.
    #[must_use]
    pub fn apply(self, user: &User, now: Timestamp) -> User {
        let mut roles = self.roles.unwrap_or_else(|| user.roles.clone());
        roles.sort_unstable();
        roles.dedup();
        // Whoever lifts a suspension does not vouch for an address that nobody has proven.
        let standing = match self.standing {
            Some(Standing::Active) if user.standing != Standing::Active && user.email_verified_at.is_none() => {
                Standing::Unverified
            }
            wanted => wanted.unwrap_or(user.standing),
        };
        let mut updated = User {
            username: self.username.apply(user.username.clone()),
            display_name: self.display_name.apply(user.display_name.clone()),
            standing,
            roles,
            ..user.clone()
        };
        if let Some(email) = self.email.filter(|email| email.as_str() != user.email.as_str()) {
            (updated.email, updated.pending_email, updated.email_verified_at) = (email, None, Some(now));
            if updated.standing == Standing::Unverified {
                updated.standing = Standing::Active;
            }
            return updated.touched(now);
        }
        if updated == *user { updated } else { updated.touched(now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::BuiltInRole;
    use crate::accounts::UserId;
    use uuid::Uuid;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds)
    }

    fn ada() -> User {
        let email = Email::parse("ada@example.org").unwrap();
        User::registered(UserId::new(Uuid::nil()), email, Username::parse("ada").ok(), None, at(0))
    }

    #[test]
    fn lifting_a_suspension_proves_no_address() {
        let lift = || AccountChanges { standing: Some(Standing::Active), ..AccountChanges::default() };
        let suspended = User { standing: Standing::Suspended, ..ada() };
        assert_eq!(lift().apply(&suspended, at(5)).standing, Standing::Unverified);
        assert_eq!(lift().apply(&ada(), at(5)), ada(), "nothing is no change");
        let proven = User { email_verified_at: Some(at(1)), ..suspended.clone() };
        assert_eq!(lift().apply(&proven, at(5)).standing, Standing::Active);
        let new = Email::parse("new@example.org").ok();
        assert_eq!(AccountChanges { email: new, ..lift() }.apply(&suspended, at(5)).standing, Standing::Active);
    }

    #[test]
    fn a_new_address_is_vouched_for() {
        let new = Email::parse("new@example.org").unwrap();
        let waiting = User { pending_email: Some(new.clone()), ..ada() };
        let changed = AccountChanges { email: Some(new.clone()), ..AccountChanges::default() }.apply(&waiting, at(5));
        assert_eq!((&changed.email, &changed.pending_email, changed.email_verified_at), (&new, &None, Some(at(5))));
        assert_eq!((changed.standing, changed.version), (Standing::Active, 2));
        let respelt = Email::parse("Ada@example.org").unwrap();
        let respelt = AccountChanges { email: Some(respelt), ..AccountChanges::default() }.apply(&ada(), at(5));
        assert_eq!((respelt.email.as_str(), respelt.version), ("Ada@example.org", 2));
    }

    #[test]
    fn roles_are_a_sorted_set() {
        let [admin, user] = [BuiltInRole::Admin, BuiltInRole::User].map(BuiltInRole::name);
        let roles = Some(vec![user.clone(), admin.clone(), user.clone()]);
        let changed = AccountChanges { roles, ..AccountChanges::default() }.apply(&ada(), at(5));
        assert_eq!((changed.roles, changed.version), (vec![admin, user.clone()], 2));
        let same = AccountChanges { roles: Some(vec![user.clone(), user]), ..AccountChanges::default() };
        assert_eq!(same.apply(&ada(), at(5)), ada(), "nothing new is no new version");
    }

    #[test]
    fn a_suspension_is_a_new_version_once() {
        let suspend = || AccountChanges { standing: Some(Standing::Suspended), ..AccountChanges::default() };
        assert!(suspend().touch_grants());
        let suspended = suspend().apply(&ada(), at(5));
        assert_eq!((suspended.standing, suspended.version), (Standing::Suspended, 2));
        assert_eq!(suspend().apply(&suspended, at(6)), suspended);
    }
}
