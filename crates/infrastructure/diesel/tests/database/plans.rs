//! Every look-up of a request uses an index: the statements that the ports really send are explained.

use crate::fixture::Place;
use crate::on_both;
use crate::values::{at, session, user};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use std::cell::RefCell;
use std::fmt::Write;
use threshold_application::ports::{Claim, JobFilter};
use threshold_diesel::Database;
use threshold_domain::accounts::{Credentials, ImportedUser, Login, PasswordVersion};
use threshold_domain::jobs::{Job, Settlement, Verdict};
use threshold_testkit::{a_job, a_link, an_api_key, an_api_key_secret};
use tokio_postgres::SimpleQueryMessage;
use uuid::Uuid;

thread_local! {
    static STATEMENTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Remembers the statements of this thread.
struct Listener;

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let mut text = String::new();
            write!(text, "{query}").unwrap();
            let statement = text.split(" -- binds:").next().unwrap().to_owned();
            // Our own questions don't count.
            let ours = (!statement.starts_with("EXPLAIN")).then_some(statement);
            STATEMENTS.with_borrow_mut(|statements| statements.extend(ours));
        }
    }
}

/// With a handful of rows every index is as good as another.
const MANY_ROWS: &str = "
    INSERT INTO users (id, email, email_canonical, username, status, created_at, updated_at, version)
    SELECT gen_random_uuid(), 'u' || n || '@example.org', 'u' || n || '@example.org', 'name' || n, 'active', now(), now(), 1
    FROM generate_series(1, 2000) n;
    INSERT INTO account_links (id, user_id, purpose, email, digest, created_at, expires_at)
    SELECT gen_random_uuid(), id, 'verify_email', email, sha256(email::bytea), now(), now() FROM users;
    INSERT INTO jobs (id, kind, payload, priority, state, attempts, run_at, created_at)
    SELECT gen_random_uuid(), 'enforce_retention', '{}', 2, 'waiting', 0, now() + interval '100 years', now() FROM users;
    INSERT INTO sessions (id, user_id, created_at, expires_at, ended_at)
    SELECT gen_random_uuid(), id, now(), now(), CASE WHEN email < 'u2' THEN now() END FROM users;
    INSERT INTO api_keys (id, name, prefix, digest, created_at, expires_at, revoked_at)
    SELECT gen_random_uuid(), email, 'thr_', sha256(email::bytea), now(), CASE WHEN email < 'u2' THEN now() END,
        CASE WHEN email > 'u8' THEN now() END FROM users;
    ANALYZE";

/// Remembers every statement of this thread from now on.
pub(crate) fn listen() {
    set_default_instrumentation(|| Some(Box::new(Listener))).unwrap();
}

async fn filled(place: &Place) -> Database {
    listen();
    let database = place.migrated().await;
    if let Place::Postgres(_) = place {
        place.execute(MANY_ROWS).await;
    }
    database
}

/// The plan of the last statement that this thread sent to that table.
async fn plan_of_last(place: &Place, table: &str) -> String {
    let on_table = |sql: &&String| sql.contains(&format!("\"{table}\"")) || sql.contains(&format!("`{table}`"));
    let statement = STATEMENTS.with_borrow(|all| all.iter().rfind(on_table).unwrap().clone());
    plan_of(place, &statement).await
}

/// Every statement of this thread so far, each once; they are forgotten.
pub(crate) fn statements() -> Vec<String> {
    let mut all = STATEMENTS.take();
    all.sort_unstable();
    all.dedup();
    all
}

/// The plan of a statement that an index serves, whatever its values are.
pub(crate) async fn plan_of(place: &Place, statement: &str) -> String {
    match place {
        Place::Sqlite(_) => place.explain_sqlite(statement),
        Place::Postgres(fresh) => {
            let parameters = statement.matches('$').count();
            let nulls =
                if parameters == 0 { String::new() } else { format!("({})", vec!["NULL"; parameters].join(", ")) };
            let client = fresh.client().await;
            let explained = client
                .simple_query(&format!(
                    "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; \
                     PREPARE statement AS {statement}; EXPLAIN EXECUTE statement{nulls}"
                ))
                .await
                .unwrap();
            let line = |message| {
                let SimpleQueryMessage::Row(row) = message else { return None };
                row.get(0).map(|line| format!("{line}\n"))
            };
            explained.into_iter().filter_map(line).collect()
        }
    }
}

/// Forgets the last statement on that table.
fn forget_last(table: &str) {
    STATEMENTS.with_borrow_mut(|all| {
        let last =
            all.iter().rposition(|sql| sql.contains(&format!("\"{table}\"")) || sql.contains(&format!("`{table}`")));
        all.remove(last.unwrap());
    });
}

async fn assert_uses(place: &Place, table: &str, on_postgres: &str, on_sqlite: &str) {
    let plan = plan_of_last(place, table).await;
    let index = match place {
        Place::Sqlite(_) => on_sqlite,
        Place::Postgres(_) => on_postgres,
    };
    assert!(plan.contains(index), "{index} is not in the plan {plan}");
    assert!(!plan.contains("Seq Scan") && !plan.contains(&format!("SCAN {table}")), "{plan}");
}

async fn enqueued(database: &Database) -> Job {
    let job = a_job(1, 0);
    let mut tx = database.unit_of_work().begin().await.unwrap();
    tx.jobs().enqueue(&job).await.unwrap();
    tx.commit().await.unwrap();
    job
}

on_both! {
    async fn users_are_found_by_an_index(place: Place) {
        let database = filled(&place).await;
        let accounts = database.accounts();
        let ada = user(1);
        accounts.find(ada.id).await.unwrap();
        assert_uses(&place, "users", "users_pkey", "PRIMARY KEY (id=?)").await;
        accounts.find_by_login(&Login::Email(ada.email.clone())).await.unwrap();
        assert_uses(&place, "users", "users_email_key", "users_email_key (email_canonical=?)").await;
        accounts.find_by_login(&Login::Username(ada.username.clone().unwrap())).await.unwrap();
        assert_uses(&place, "users", "users_username_key", "users_username_key (username=?)").await;
        database.unit_of_work().begin().await.unwrap().users().record_login(ada.id, PasswordVersion::default(), at(1)).await.unwrap();
        assert_uses(&place, "users", "users_pkey", "PRIMARY KEY (id=?)").await;
    }

    async fn users_are_paged_and_taken_in_by_an_index(place: Place) {
        let database = filled(&place).await;
        database.user_pages().page(user(1).id, 100, true).await.unwrap();
        assert_uses(&place, "users", "users_pkey", "PRIMARY KEY (id>?)").await;
        let credentials = Credentials { user: user(1), password_hash: None, password_version: PasswordVersion::default() };
        let twice = [1, 2].map(|_| ImportedUser { credentials: credentials.clone(), names_id: true });
        // Who holds the email, the username, the id: in this order.
        for (after, on_postgres, on_sqlite) in [
            (2, "users_email_key", "users_email_key (email_canonical=?)"),
            (1, "users_username_key", "users_username_key (username=?)"),
            (0, "users_pkey", "PRIMARY KEY (id=?)"),
        ] {
            let mut tx = database.unit_of_work().begin().await.unwrap();
            tx.intake().add_all(&twice).await.unwrap();
            drop(tx);
            (0..after).for_each(|_| forget_last("users"));
            assert_uses(&place, "users", on_postgres, on_sqlite).await;
        }
    }

    async fn jobs_that_are_due_are_found_by_an_index(place: Place) {
        let database = filled(&place).await;
        let job = enqueued(&database).await;
        let claim = Claim { id: Uuid::nil(), now: job.run_at, until: job.run_at };
        assert_eq!(database.job_queue().claim(&claim, 10).await.unwrap().len(), 1);
        assert_uses(&place, "jobs", "jobs_pkey", "PRIMARY KEY (id=?)").await;
        forget_last("jobs");
        // In its order: the first that are due end the search.
        let plan = plan_of_last(&place, "jobs").await;
        assert!(plan.contains("jobs_due_idx") && !plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{plan}");
        database.job_queue().next_due().await.unwrap();
        assert!(plan_of_last(&place, "jobs").await.contains("jobs_run_at_idx"));
        let settlement = |verdict| Settlement { id: job.id, claimed_by: Some(Uuid::nil()), verdict };
        for verdict in [Verdict::HandedBack { at: at(0) }, Verdict::Done] {
            database.job_queue().settle(&[settlement(verdict)]).await.unwrap();
            assert_uses(&place, "jobs", "jobs_pkey", "PRIMARY KEY (id=?)").await;
        }
    }

    async fn operators_find_and_list_jobs_by_their_keys_and_read_all_of_them_to_count(place: Place) {
        let database = filled(&place).await;
        let (job, admin) = (enqueued(&database).await, database.job_admin());
        let mut tx = database.unit_of_work().begin().await.unwrap();
        assert!(tx.jobs().retry(job.id, at(0)).await.unwrap());
        tx.commit().await.unwrap();
        assert_uses(&place, "jobs", "jobs_pkey", "PRIMARY KEY (id=?)").await;
        let mut tx = database.unit_of_work().begin().await.unwrap();
        assert!(tx.jobs().discard(job.id).await.unwrap());
        tx.commit().await.unwrap();
        assert_uses(&place, "jobs", "jobs_pkey", "PRIMARY KEY (id=?)").await;
        admin.page(&JobFilter::default(), Some(job.id), 10).await.unwrap();
        assert_uses(&place, "jobs", "jobs_pkey", "PRIMARY KEY (id>?)").await;
        // Few wait and few are dead where all is well; an index for those who look would cost each job more than they do.
        let reads_all = async || {
            let plan = plan_of_last(&place, "jobs").await;
            assert!(plan.contains("Seq Scan") || plan.contains("SCAN jobs"), "is there an index? Say so here: {plan}");
        };
        admin.counts().await.unwrap();
        reads_all().await;
    }

    async fn links_are_found_by_an_index(place: Place) {
        let database = filled(&place).await;
        let link = a_link(1, &user(1), 0);
        let unit_of_work = database.unit_of_work();
        let mut tx = unit_of_work.begin().await.unwrap();
        tx.links().use_up(&link.digest, link.purpose, at(1)).await.unwrap();
        assert_uses(&place, "account_links", "account_links_digest_key", "account_links_digest_key (digest=?)").await;
        tx.links().find(&link.digest, link.purpose).await.unwrap();
        assert_uses(&place, "account_links", "account_links_digest_key", "account_links_digest_key (digest=?)").await;
        tx.links().void(link.user_id, link.purpose, at(1)).await.unwrap();
        let by_user = "account_links_user_id_idx (user_id=? AND purpose=?)";
        assert_uses(&place, "account_links", "account_links_user_id_idx", by_user).await;
    }

    async fn what_a_new_link_replaces_is_found_by_an_index(place: Place) {
        let database = filled(&place).await;
        let ada = user(1);
        let mut tx = database.unit_of_work().begin().await.unwrap();
        tx.users().insert(&ada, None).await.unwrap();
        tx.links().add(&a_link(1, &ada, 0)).await.unwrap();
        // Whether it is good; itself; whether there is a newer one; older ones.
        assert_uses(&place, "account_links", "account_links_pkey", "PRIMARY KEY (id=?)").await;
        forget_last("account_links");
        let by_user = "account_links_user_id_idx (user_id=? AND purpose=?)";
        for _ in 0..2 {
            forget_last("account_links");
            assert_uses(&place, "account_links", "account_links_user_id_idx", by_user).await;
        }
    }

    async fn sessions_are_found_by_an_index(place: Place) {
        let database = filled(&place).await;
        let sessions = database.sessions();
        sessions.find(session(1).id).await.unwrap();
        assert_uses(&place, "sessions", "sessions_pkey", "PRIMARY KEY (id=?)").await;
        sessions.open_of(user(1).id, at(0)).await.unwrap();
        assert_uses(&place, "sessions", "sessions_user_id_idx", "sessions_user_id_idx (user_id=?)").await;
        sessions.grants_changed_since(at(0)).await.unwrap();
        assert_uses(&place, "users", "users_grants_changed_at_idx", "users_grants_changed_at_idx (grants_changed_at>?)").await;
        sessions.ended_since(at(0)).await.unwrap();
        assert_uses(&place, "sessions", "sessions_ended_at_idx", "sessions_ended_at_idx (ended_at>?)").await;
        database.unit_of_work().begin().await.unwrap().sessions().end(session(1).id, at(1)).await.unwrap();
        assert_uses(&place, "sessions", "sessions_pkey", "PRIMARY KEY (id=?)").await;
        database.unit_of_work().begin().await.unwrap().sessions().lock(session(1).id).await.unwrap();
        assert_uses(&place, "sessions", "sessions_pkey", "PRIMARY KEY (id=?)").await;
    }

    async fn api_keys_are_found_by_an_index(place: Place) {
        let database = filled(&place).await;
        database.api_key_lookup().by_digest(&an_api_key_secret(1).digest()).await.unwrap();
        assert_uses(&place, "api_keys", "api_keys_digest_key", "api_keys_digest_key (digest=?)").await;
        let keys = database.api_keys();
        keys.revoked_since(at(0)).await.unwrap();
        assert_uses(&place, "api_keys", "api_keys_revoked_at_idx", "api_keys_revoked_at_idx (revoked_at>?)").await;
        keys.page(None, 10).await.unwrap();
        assert_uses(&place, "api_keys", "api_keys_pkey", "PRIMARY KEY (id<?)").await;
        keys.find(an_api_key(1).id).await.unwrap();
        assert_uses(&place, "api_keys", "api_keys_pkey", "PRIMARY KEY (id=?)").await;
        let unit_of_work = database.unit_of_work();
        let mut tx = unit_of_work.begin().await.unwrap();
        tx.api_keys().standing(an_api_key(1).id).await.unwrap();
        assert_uses(&place, "api_keys", "api_keys_pkey", "PRIMARY KEY (id=?)").await;
        tx.api_keys().purge(at(0), 10).await.unwrap();
        // The last but one: what was found is deleted by its key.
        forget_last("api_keys");
        for index in ["api_keys_revoked_at_idx", "api_keys_expires_at_idx"] {
            assert_uses(&place, "api_keys", index, index).await;
        }
    }

    async fn what_is_over_is_found_by_an_index(place: Place) {
        let database = filled(&place).await;
        let mut tx = database.unit_of_work().begin().await.unwrap();
        tx.attempts().purge(at(0), 10).await.unwrap();
        let mut plans = vec![("failed_attempts", "failed_attempts_since_idx", "failed_attempts_since_idx (since<?)")];
        tx.sessions().purge(at(0), 10).await.unwrap();
        plans.push(("sessions", "sessions_idle_until_idx", "sessions_idle_until_idx (idle_until<?)"));
        tx.links().purge(at(0), 10).await.unwrap();
        let by_end = "account_links_expires_at_idx (expires_at<?)";
        plans.push(("account_links", "account_links_expires_at_idx", by_end));
        drop(tx);
        for (table, on_postgres, on_sqlite) in plans {
            // The last but one: what was found is deleted by its key.
            forget_last(table);
            assert_uses(&place, table, on_postgres, on_sqlite).await;
        }
    }
}
