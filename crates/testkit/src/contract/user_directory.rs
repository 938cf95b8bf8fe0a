//! Lists of users.

use super::stores::{Stores, insert};
use crate::{a_user, at};
use threshold_domain::access::BuiltInRole;
use threshold_domain::accounts::{
    DisplayName, Email, Standing, User, UserFilter, UserId, UserList, UserPlace, UserSearch, UserSort, Username,
};

const SORTS: [UserSort; 4] = [UserSort::Oldest, UserSort::Newest, UserSort::Email, UserSort::LastLogin];

/// Users who differ in everything that a list looks at; some are equal in some of it.
async fn populate(stores: &Stores) -> Vec<User> {
    let mut users = Vec::new();
    for number in 1..=24_u128 {
        let seconds = i64::try_from(number).unwrap();
        let user = User {
            created_at: at(seconds / 2),
            last_login_at: (number % 3 == 0).then(|| at(100 - seconds / 6)),
            standing: match number % 4 {
                2 => Standing::Unverified,
                3 => Standing::Suspended,
                _ => Standing::Active,
            },
            roles: if number % 5 == 0 { vec![BuiltInRole::Auditor.name()] } else { vec![BuiltInRole::User.name()] },
            email: Email::parse(&format!("user-{}@example.org", number * 7 % 25)).unwrap(),
            deleted_at: (number == 24).then(|| at(1)),
            ..a_user(number)
        };
        insert(stores, &user).await.unwrap();
        users.push(user);
    }
    users
}

/// The users whom a list should hold, in its order.
fn expected(users: &[User], list: &UserList) -> Vec<UserId> {
    let mut users: Vec<_> = users.iter().filter(|user| user.deleted_at.is_none() && list.filter.takes(user)).collect();
    users.sort_by(|one, other| list.sort.compare(&list.sort.place(one), &list.sort.place(other)));
    users.into_iter().map(|user| user.id).collect()
}

/// What a list holds, by pages of three.
async fn walked(stores: &Stores, list: &UserList) -> Vec<UserId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = stores.user_directory.page(list, after.as_ref(), 3).await.unwrap();
        assert!(page.len() <= 3);
        let Some(end) = page.last() else { return ids };
        after = Some(list.sort.place(end));
        ids.extend(page.iter().map(|user| user.id));
    }
}

async fn found(stores: &Stores, search: &str) -> Vec<u128> {
    let filter = UserFilter { search: Some(UserSearch::parse(search).unwrap()), ..UserFilter::default() };
    let list = UserList { filter, sort: UserSort::Oldest };
    let page = stores.user_directory.page(&list, None, 100).await.unwrap();
    page.iter().map(|user| user.id.as_uuid().as_u128()).collect()
}

/// Whom the order leaves equal included, and with their roles.
pub async fn every_order_is_kept_page_by_page(stores: &Stores) {
    let users = populate(stores).await;
    for sort in SORTS {
        let list = UserList { sort, ..UserList::default() };
        assert_eq!(walked(stores, &list).await, expected(&users, &list), "{sort:?}");
        let all = stores.user_directory.page(&list, None, 100).await.unwrap();
        assert!(all.iter().all(|user| users.contains(user)), "{all:?}");
    }
}

fn filters() -> Vec<UserFilter> {
    let none = UserFilter::default;
    vec![
        UserFilter { standing: Some(Standing::Suspended), ..none() },
        UserFilter { standing: Some(Standing::Active), ..none() },
        UserFilter { role: Some(BuiltInRole::Auditor.name()), ..none() },
        UserFilter { role: Some(BuiltInRole::User.name()), ..none() },
        UserFilter { role: Some(BuiltInRole::Admin.name()), ..none() },
        UserFilter { created_after: Some(at(3)), ..none() },
        UserFilter { created_before: Some(at(9)), ..none() },
        UserFilter { created_after: Some(at(3)), created_before: Some(at(9)), ..none() },
        UserFilter { created_after: Some(at(9)), created_before: Some(at(3)), ..none() },
        UserFilter { search: UserSearch::parse("user-1").ok(), ..none() },
    ]
}

/// The bounds of a time are not within it.
pub async fn each_filter_narrows_every_order(stores: &Stores) {
    let users = populate(stores).await;
    for filter in filters() {
        for sort in SORTS {
            let list = UserList { filter: filter.clone(), sort };
            assert_eq!(walked(stores, &list).await, expected(&users, &list), "{list:?}");
        }
    }
}

/// All that are given.
pub async fn filters_are_met_together(stores: &Stores) {
    let users = populate(stores).await;
    let mut found = 0;
    for role in [BuiltInRole::User, BuiltInRole::Auditor] {
        let filter = UserFilter {
            search: UserSearch::parse("example").ok(),
            standing: Some(Standing::Active),
            role: Some(role.name()),
            created_after: Some(at(1)),
            created_before: Some(at(11)),
        };
        for sort in SORTS {
            let list = UserList { filter: filter.clone(), sort };
            let walked = walked(stores, &list).await;
            assert_eq!(walked, expected(&users, &list), "{list:?}");
            found += walked.len();
        }
    }
    assert!(found >= 8, "{found}");
}

fn named(number: u128, email: &str, username: Option<&str>, display_name: Option<&str>) -> User {
    User {
        email: Email::parse(email).unwrap(),
        username: username.map(|name| Username::parse(name).unwrap()),
        display_name: display_name.map(|name| DisplayName::parse(name).unwrap()),
        created_at: at(i64::try_from(number).unwrap()),
        ..a_user(number)
    }
}

/// Of the address, as it was entered and as it is compared, the username and the display name; of any script.
pub async fn any_part_of_a_name_is_found_without_case(stores: &Stores) {
    insert(stores, &named(1, "Ada.L@Bücher.example", Some("countess"), Some("Ada Lovelace"))).await.unwrap();
    insert(stores, &named(2, "juergen@straße.example", None, Some("Jürgen GROẞ 名前前 Юлия"))).await.unwrap();
    for search in ["da.l", "ADA.L@BÜC", "xn--bcher", "OUNT", "Lovel", "ada love", "Ada.L@Bücher.example"] {
        assert_eq!(found(stores, search).await, [1], "{search}");
    }
    for search in ["JÜRGEN", "groß", "GROSS", "名前前", "ЮЛИЯ", "юли", "n Gro"] {
        assert_eq!(found(stores, search).await, [2], "{search}");
    }
    assert_eq!(found(stores, ".example").await, [1, 2]);
    for nothing in ["lovelaceada", "countessada", "example\u{200b}", "L@BÜCHER.EXAMPLEx", "adal"] {
        assert_eq!(found(stores, nothing).await, Vec::<u128>::new(), "{nothing}");
    }
}

/// Whatever a pattern or a language for searches would make of it.
pub async fn what_is_searched_for_is_taken_literally(stores: &Stores) {
    let odd = [
        r"100%_\ sure",
        r#"say "NOT" AND* (x OR y)^ NEAR(a b)"#,
        "it's -- ; DROP TABLE users",
        "a_b_c",
        "a%b%c",
        r"back\slash",
        "text:col + {text}: x",
        "$1 ? :a @b #c [d-z]",
        "'''",
        r#"""""#,
        "%%%",
        "___",
        r"\\\",
        "***",
        "...",
    ];
    for (number, name) in (1..).zip(odd) {
        insert(stores, &named(number, &format!("n{number}@example.org"), None, Some(name))).await.unwrap();
    }
    for (number, name) in (1..).zip(odd) {
        let found = found(stores, name).await;
        let expected: Vec<u128> = (1..).zip(odd).filter(|(_, other)| other.contains(name)).map(|(n, _)| n).collect();
        assert_eq!(found, expected, "{name}");
        assert!(found.contains(&number));
    }
    for nothing in ["a%c", "a_c_", "n1%", "s_y \"NOT", "x OR z", "col:", "[a-z]", r"%\_"] {
        assert_eq!(found(stores, nothing).await, Vec::<u128>::new(), "{nothing}");
    }
}

/// Of each of the names, and nothing within them.
pub async fn short_searches_find_beginnings(stores: &Stores) {
    insert(stores, &named(1, "ada@example.org", Some("countess"), Some("名 Lovelace"))).await.unwrap();
    insert(stores, &named(2, "bob@example.org", Some("adabob"), None)).await.unwrap();
    insert(stores, &named(3, "_%@example.org", None, Some("'"))).await.unwrap();
    for (search, expected) in [("a", vec![1, 2]), ("AD", vec![1, 2]), ("c", vec![1]), ("名", vec![1]), ("_", vec![3])]
    {
        assert_eq!(found(stores, search).await, expected, "{search}");
    }
    for (search, expected) in [("_%", vec![3]), ("'", vec![3]), ("bo", vec![2]), ("da", vec![]), ("%", vec![])] {
        assert_eq!(found(stores, search).await, expected, "{search}");
    }
}

async fn change(stores: &Stores, user: &User) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.users().update(user).await.unwrap();
    tx.commit().await.unwrap();
}

/// Of names, of what was taken in with others, and of who is gone.
pub async fn a_search_follows_every_change(stores: &Stores) {
    let ada = named(1, "ada@example.org", Some("countess"), None);
    insert(stores, &ada).await.unwrap();
    let renamed = User { display_name: DisplayName::parse("Byron").ok(), username: None, version: 2, ..ada };
    change(stores, &renamed).await;
    assert_eq!(found(stores, "byron").await, [1]);
    assert_eq!(found(stores, "countess").await, Vec::<u128>::new());
    change(stores, &User { deleted_at: Some(at(1)), version: 3, ..renamed.clone() }).await;
    assert_eq!(found(stores, "byron").await, Vec::<u128>::new());
    change(stores, &User { version: 4, ..renamed.clone() }).await;
    assert_eq!(found(stores, "byron").await, [1]);
    change(stores, &User { deleted_at: Some(at(1)), version: 5, ..renamed }).await;
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.users().erase(at(2), 10).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    insert(stores, &named(2, "other@example.org", None, None)).await.unwrap();
    for gone in ["byron", "ada"] {
        assert_eq!(found(stores, gone).await, Vec::<u128>::new());
    }
    assert_eq!(found(stores, "other").await, [2]);
}

/// Everybody who was there all the time is told once.
async fn assert_whole(stores: &Stores, list: &UserList, users: &[User], new_email: &str, mut number: u128) {
    let expected = expected(users, list);
    let (mut told, mut after) = (Vec::new(), None);
    loop {
        let page = stores.user_directory.page(list, after.as_ref(), 4).await.unwrap();
        let Some(end) = page.last() else { break };
        after = Some(list.sort.place(end));
        told.extend(page.iter().map(|user| user.id));
        // Before and behind the page somebody comes, and the last of the page goes.
        for seconds in if told.len() < 40 { [-1, 1000].as_slice() } else { &[] } {
            number += 1;
            let user = User { created_at: at(*seconds), last_login_at: Some(at(*seconds)), ..a_user(number) };
            let local = if *seconds < 0 { "a" } else { "zz" };
            let email = Email::parse(&format!("{local}{number}{new_email}")).unwrap();
            insert(stores, &User { email, ..user }).await.unwrap();
        }
        change(stores, &User { deleted_at: Some(at(1)), ..end.clone() }).await;
    }
    assert!(expected.iter().all(|id| told.iter().filter(|one| *one == id).count() == 1), "{list:?}: {told:?}");
    let mut once = told.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), told.len(), "{list:?}");
}

/// In every order.
pub async fn pages_are_whole_while_rows_come_and_go(stores: &Stores) {
    let users = populate(stores).await;
    for (sort, first) in SORTS.into_iter().zip([100, 200, 300, 400]) {
        let list = UserList { sort, ..UserList::default() };
        assert_whole(stores, &list, &users, &format!("@{sort:?}.example"), first).await;
        // Whoever was told is deleted by now: bring them back.
        for user in users.iter().filter(|user| user.deleted_at.is_none()) {
            change(stores, user).await;
        }
    }
}

/// By what is searched for, too.
pub async fn filtered_pages_are_whole_too(stores: &Stores) {
    let users = populate(stores).await;
    for (sort, first) in SORTS.into_iter().zip([100, 200, 300, 400]) {
        let filter = UserFilter { search: UserSearch::parse("ser-1").ok(), ..UserFilter::default() };
        let list = UserList { sort, filter };
        assert_whole(stores, &list, &users, &format!("-user-1@{sort:?}.example"), first).await;
        for user in users.iter().filter(|user| user.deleted_at.is_none()) {
            change(stores, user).await;
        }
    }
}

/// The latest deletion first.
pub async fn deleted_users_are_listed_apart(stores: &Stores) {
    for number in 1..=7 {
        let deleted_at = (number != 4).then(|| at(i64::try_from(number).unwrap() / 3));
        insert(stores, &User { deleted_at, ..a_user(number) }).await.unwrap();
    }
    let (mut told, mut after) = (Vec::new(), None);
    loop {
        let page = stores.user_directory.deleted(after.as_ref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.deleted_at.map(|deleted_at| UserPlace::At(deleted_at, last.id));
        told.extend(page.iter().map(|user| user.id.as_uuid().as_u128()));
    }
    assert_eq!(told, [7, 6, 5, 3, 2, 1]);
}

/// Deleted or not.
pub async fn anybody_is_found_by_id(stores: &Stores) {
    let deleted = User { deleted_at: Some(at(1)), ..a_user(1) };
    insert(stores, &deleted).await.unwrap();
    insert(stores, &a_user(2)).await.unwrap();
    assert_eq!(stores.user_directory.find(deleted.id).await.unwrap(), Some(deleted));
    assert_eq!(stores.user_directory.find(a_user(2).id).await.unwrap(), Some(a_user(2)));
    assert_eq!(stores.user_directory.find(a_user(3).id).await.unwrap(), None);
}
