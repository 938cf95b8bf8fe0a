//! Lists of many users: right, and by an index each.

use crate::fixture::Place;
use crate::on_both;
use crate::plans::{listen, plan_of, statements};
use crate::values::at;
use threshold_diesel::Database;
use threshold_domain::access::BuiltInRole;
use threshold_domain::accounts::{PasswordVersion, Standing, User, UserFilter, UserId, UserList, UserSearch, UserSort};
use threshold_domain::{Timestamp, parse_timestamp};
use uuid::Uuid;

const SORTS: [UserSort; 4] = [UserSort::Oldest, UserSort::Newest, UserSort::Email, UserSort::LastLogin];

/// More than are looked through at a time: of some kinds few, of some many, and of some many who stand together.
const FILL_POSTGRES: &str = "
    INSERT INTO users (id, email, email_canonical, display_name, status, last_login_at, created_at, updated_at, version)
    SELECT lpad(to_hex(n), 32, '0')::uuid, email, email, CASE WHEN n % 997 = 0 THEN 'Rare Bird' END,
        CASE WHEN n % 1000 = 7 THEN 'suspended' WHEN n % 5 = 0 THEN 'unverified' ELSE 'active' END,
        CASE WHEN n % 3 = 0 THEN '2026-06-01Z'::timestamptz - n % 5000 * interval '1 second' END,
        '2026-01-01Z'::timestamptz + n * interval '1 second', now(), 1
    FROM (SELECT n, 'u' || (n * 7919 % 20011) || CASE WHEN n > 17000 THEN '@late.example' ELSE '@early.example' END AS email
        FROM generate_series(1, 20000) n) numbers;
    INSERT INTO user_search (user_id, text)
    SELECT id, E'\\n\\n' || email || COALESCE(E'\\n\\n' || lower(display_name), '') FROM users;
    INSERT INTO user_roles (user_id, role) SELECT id, 'user' FROM users;
    INSERT INTO user_roles (user_id, role) SELECT id, 'operator' FROM users WHERE email LIKE 'u1%';
    INSERT INTO user_roles (user_id, role) SELECT id, 'auditor' FROM users WHERE display_name IS NOT NULL;
    ANALYZE";

const FILL_SQLITE: &str = "
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000),
    named AS (SELECT n, 'u' || (n * 7919 % 20011) || iif(n > 17000, '@late.example', '@early.example') AS email FROM numbers)
    INSERT INTO users (id, email, email_canonical, display_name, status, last_login_at, created_at, updated_at, version)
    SELECT unhex(printf('%032x', n)), email, email, iif(n % 997 = 0, 'Rare Bird', NULL),
        iif(n % 1000 = 7, 'suspended', iif(n % 5 = 0, 'unverified', 'active')),
        iif(n % 3 = 0, (1780272000 - n % 5000) * 1000000, NULL), (1767225600 + n) * 1000000, 1767225600000000, 1
    FROM named;
    INSERT INTO user_search (user_id, text)
    SELECT id, char(10, 10) || email || COALESCE(char(10, 10) || lower(display_name), '') FROM users;
    INSERT INTO user_roles (user_id, role) SELECT id, 'user' FROM users;
    INSERT INTO user_roles (user_id, role) SELECT id, 'operator' FROM users WHERE email LIKE 'u1%';
    INSERT INTO user_roles (user_id, role) SELECT id, 'auditor' FROM users WHERE display_name IS NOT NULL";

async fn filled(place: &Place) -> Database {
    let database = place.migrated().await;
    place.execute(if let Place::Sqlite(_) = place { FILL_SQLITE } else { FILL_POSTGRES }).await;
    database
}

async fn everybody(database: &Database) -> Vec<User> {
    let all = database.user_pages().page(UserId::new(Uuid::nil()), 30_000, false).await.unwrap();
    all.into_iter().map(|one| one.user).collect()
}

fn searching(text: &str) -> UserFilter {
    UserFilter { search: UserSearch::parse(text).ok(), ..UserFilter::default() }
}

fn moment(text: &str) -> Option<Timestamp> {
    parse_timestamp(text).ok()
}

fn filters() -> Vec<UserFilter> {
    let none = UserFilter::default;
    vec![
        none(),
        searching("example"),
        searching("RARE bird"),
        searching("late.exa"),
        searching("u1999"),
        searching("ra"),
        searching("nobody"),
        UserFilter { standing: Some(Standing::Suspended), ..none() },
        UserFilter { standing: Some(Standing::Unverified), ..none() },
        UserFilter { role: Some(BuiltInRole::Auditor.name()), ..none() },
        UserFilter { role: Some(BuiltInRole::Operator.name()), ..none() },
        UserFilter { role: Some(BuiltInRole::Admin.name()), ..none() },
        UserFilter { created_after: moment("2026-01-01T05:30:00Z"), ..none() },
        UserFilter { created_before: moment("2026-01-01T00:30:00Z"), ..none() },
        UserFilter {
            created_after: moment("2026-01-01T01:00:00Z"),
            created_before: moment("2026-01-01T05:00:00Z"),
            standing: Some(Standing::Unverified),
            ..searching("early")
        },
        UserFilter { standing: Some(Standing::Active), role: Some(BuiltInRole::Operator.name()), ..searching("late") },
    ]
}

on_both! {
    async fn lists_of_many_are_whole_and_in_order(place: Place) {
        let database = filled(&place).await;
        let (all, directory) = (everybody(&database).await, database.user_directory());
        assert_eq!(all.len(), 20_000);
        for filter in filters() {
            for sort in SORTS {
                let list = UserList { filter: filter.clone(), sort };
                let mut expected: Vec<_> = all.iter().filter(|user| list.filter.takes(user)).collect();
                expected.sort_by(|one, other| sort.compare(&sort.place(one), &sort.place(other)));
                // The first page, one from the middle, and the last.
                for from in [0, expected.len() / 2, expected.len().saturating_sub(5)] {
                    let after = from.checked_sub(1).map(|last| sort.place(expected[last]));
                    let page = directory.page(&list, after.as_ref(), 51).await.unwrap();
                    let expected: Vec<_> = expected.iter().skip(from).take(51).map(|user| user.id).collect();
                    assert_eq!(page.iter().map(|user| user.id).collect::<Vec<_>>(), expected, "{list:?} from {from}");
                }
            }
        }
    }

    async fn every_list_follows_an_index_and_sorts_nothing(place: Place) {
        listen();
        let database = filled(&place).await;
        let directory = database.user_directory();
        let some = everybody(&database).await.remove(9_000);
        statements();
        for filter in filters() {
            for sort in SORTS {
                let list = UserList { filter: filter.clone(), sort };
                for after in [None, Some(sort.place(&some))] {
                    directory.page(&list, after.as_ref(), 51).await.unwrap();
                }
            }
        }
        for after in [None, Some(UserSort::Newest.place(&some))] {
            directory.deleted(after.as_ref(), 51).await.unwrap();
        }
        let all = statements();
        assert!(all.len() >= 20, "{all:#?}");
        for statement in all {
            let plan = plan_of(&place, &statement).await;
            let reads_all = ["Seq Scan", "SCAN users\n", "SCAN user_search\n", "SCAN user_roles\n"];
            assert!(!reads_all.iter().any(|all| plan.contains(all)), "{statement}\n{plan}");
            // PostgreSQL may sort a stretch, which is short by what was asked before: rows are looked through in stretches alone.
            let is_stretch = [") <= (", ") >= (", "COALESCE(users", " LIKE ", "1 = (SELECT"].iter().any(|part| statement.contains(part));
            assert!(!plan.contains("TEMP B-TREE"), "{statement}\n{plan}");
            assert!(!plan.contains("Sort Key") || is_stretch, "{statement}\n{plan}");
        }
    }

    async fn a_sign_in_leaves_the_search_alone(place: Place) {
        listen();
        let database = filled(&place).await;
        let user = everybody(&database).await.remove(1);
        statements();
        let mut tx = database.unit_of_work().begin().await.unwrap();
        assert!(tx.users().record_login(user.id, PasswordVersion::default(), at(1)).await.unwrap());
        tx.commit().await.unwrap();
        let all = statements();
        assert!(all.iter().any(|statement| statement.contains("last_login_at")), "{all:?}");
        assert!(!all.iter().any(|statement| statement.contains("user_search")), "{all:?}");
    }
}
