//! Users taken in and handed out by the hundred.

use super::stores::{Stores, insert};
use crate::{a_user, at};
use threshold_application::ports::{Intake, Uniqueness};
use threshold_domain::accounts::{
    Credentials, DisplayName, Email, ImportedUser, PasswordHash, PasswordVersion, Standing, User, UserId,
};
use uuid::Uuid;

fn import(user: User) -> ImportedUser {
    let password_hash = Some(PasswordHash::new(format!("hash of {}", user.id)));
    ImportedUser {
        credentials: Credentials { user, password_hash, password_version: PasswordVersion::default() },
        names_id: true,
    }
}

async fn take_in(stores: &Stores, users: &[ImportedUser]) -> Vec<Intake> {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let intakes = tx.intake().add_all(users).await.unwrap();
    tx.commit().await.unwrap();
    intakes
}

/// The rule and the holder's number of each who was kept out.
fn kept_out(intakes: &[Intake]) -> Vec<Option<(Uniqueness, u128)>> {
    let told = |intake: &Intake| match intake {
        Intake::Added => None,
        Intake::Taken { rule, holder } => Some((*rule, holder.user.id.as_uuid().as_u128())),
    };
    intakes.iter().map(told).collect()
}

fn numbers(page: &[Credentials]) -> Vec<u128> {
    page.iter().map(|one| one.user.id.as_uuid().as_u128()).collect()
}

async fn page(stores: &Stores, from: u128, at_most: u32) -> Vec<Credentials> {
    stores.user_pages.page(UserId::new(Uuid::from_u128(from)), at_most, true).await.unwrap()
}

/// To the microsecond, and with its hash.
pub async fn users_taken_in_are_there_as_they_came(stores: &Stores) {
    let rich = User {
        email: Email::parse("Ada@Bücher.example").unwrap(),
        display_name: Some(DisplayName::parse("Ada {“名”}, \\ O'Hara; NULL").unwrap()),
        standing: Standing::Active,
        email_verified_at: Some(at(1)),
        last_login_at: Some(at(2)),
        ..a_user(1)
    };
    let poor = User { username: None, ..a_user(2) };
    let without_password = ImportedUser {
        credentials: Credentials { user: poor, password_hash: None, password_version: PasswordVersion::default() },
        names_id: false,
    };
    let users = [import(rich), without_password];
    assert_eq!(kept_out(&take_in(stores, &users).await), [None, None]);
    let found = page(stores, 0, 10).await;
    for (imported, found) in users.iter().zip(&found) {
        assert_eq!(imported.credentials.user, found.user);
        assert_eq!(imported.credentials.user.email.as_str(), found.user.email.as_str(), "as it was entered");
        assert_eq!(imported.credentials.password_hash, found.password_hash);
    }
    assert_eq!(found.len(), 2);
}

/// And the others are taken in.
pub async fn who_holds_a_name_is_told(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let users = [
        import(User { email: Email::parse("USER-1@example.org").unwrap(), ..a_user(2) }),
        import(User { username: a_user(1).username, ..a_user(3) }),
        import(User { id: a_user(1).id, ..a_user(4) }),
        import(User { email: a_user(1).email, ..a_user(5) }),
        import(a_user(1)),
        import(a_user(6)),
    ];
    let intakes = take_in(stores, &users).await;
    let (email, username, id) = ((Uniqueness::Email, 1), (Uniqueness::Username, 1), (Uniqueness::Id, 1));
    assert_eq!(kept_out(&intakes), [Some(email), Some(username), Some(id), Some(email), Some(email), None]);
    let Some(Intake::Taken { holder, .. }) = intakes.into_iter().nth(4) else { panic!("the user is there already") };
    assert_eq!(holder.user, a_user(1));
    assert!(users.get(4).unwrap().is(&holder), "with the hash");
    assert_eq!(numbers(&page(stores, 0, 10).await), [1, 6]);
}

/// Also where the one before was kept out itself.
pub async fn of_two_in_one_intake_the_first_gets_the_name(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let users = [
        import(a_user(2)),
        import(User { email: a_user(2).email, ..a_user(3) }),
        import(User { email: a_user(4).email, ..a_user(1) }),
        import(a_user(4)),
        import(User { email: Email::parse("other@example.org").unwrap(), username: None, ..a_user(4) }),
        import(User { username: a_user(1).username, ..a_user(5) }),
        import(a_user(5)),
    ];
    let expected = [
        None,
        Some((Uniqueness::Email, 2)),
        Some((Uniqueness::Email, 4)),
        None,
        Some((Uniqueness::Id, 4)),
        Some((Uniqueness::Email, 5)),
        None,
    ];
    assert_eq!(kept_out(&take_in(stores, &users).await), expected);
    assert_eq!(numbers(&page(stores, 0, 10).await), [1, 2, 4, 5]);
}

/// Their ids are not: the first of these is kept out by its id, and its address is the second's then.
pub async fn names_of_deleted_users_are_free_for_an_intake(stores: &Stores) {
    insert(stores, &User { deleted_at: Some(at(1)), ..a_user(1) }).await.unwrap();
    let intakes = take_in(stores, &[import(a_user(1))]).await;
    assert_eq!(kept_out(&intakes), [Some((Uniqueness::Id, 1))]);
    let users = [import(a_user(1)), import(User { id: a_user(2).id, ..a_user(1) })];
    let intakes = take_in(stores, &users).await;
    assert_eq!(kept_out(&intakes), [Some((Uniqueness::Email, 2)), None]);
    assert_eq!(numbers(&page(stores, 0, 10).await), [2]);
}

/// As of every other change.
pub async fn an_intake_that_is_not_committed_is_none(stores: &Stores) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.intake().add_all(&[import(a_user(1))]).await.unwrap();
    drop(tx);
    assert_eq!(page(stores, 0, 10).await.len(), 0);
}

/// Each once, without those who are deleted.
pub async fn users_are_handed_out_page_by_page(stores: &Stores) {
    let last = User { id: UserId::new(Uuid::max()), ..a_user(9) };
    for user in [last, a_user(0), a_user(300), a_user(2), User { deleted_at: Some(at(1)), ..a_user(3) }, a_user(4)] {
        insert(stores, &user).await.unwrap();
    }
    assert_eq!(numbers(&page(stores, 0, 3).await), [0, 2, 4]);
    assert_eq!(numbers(&page(stores, 4, 3).await), [4, 300, u128::MAX]);
    assert_eq!(numbers(&page(stores, 301, 3).await), [u128::MAX]);
    let without = stores.user_pages.page(UserId::new(Uuid::nil()), 9, false).await.unwrap();
    assert!(without.iter().all(|one| one.password_hash.is_none()) && without.len() == 5);
}
