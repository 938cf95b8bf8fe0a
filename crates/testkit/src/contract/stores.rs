//! Accounts and sessions, and the transactions that change them.

use crate::{a_session, a_user, at};
use std::any::Any;
use std::sync::Arc;
use threshold_application::ports::{
    AccountReader, ApiKeyLookup, ApiKeyReader, AttemptReader, AuditChains, AuditReader, EndedSession, JobAdmin,
    JobQueue, PersonalDataReader, RoleReader, SessionReader, SessionRenewals, SigningKeyRepository, StoreError,
    Uniqueness, UnitOfWork, UserDirectory, UserPages,
};
use threshold_domain::accounts::{DisplayName, Email, Login, PasswordHash, PasswordVersion, Standing, User, UserId};
use threshold_domain::sessions::Session;
use uuid::Uuid;

/// The store ports of one empty store.
pub struct Stores {
    /// Begins transactions.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Reads accounts.
    pub accounts: Arc<dyn AccountReader>,
    /// Reads roles.
    pub roles: Arc<dyn RoleReader>,
    /// Reads keys of machines.
    pub api_keys: Arc<dyn ApiKeyReader>,
    /// Finds them by their secrets.
    pub api_key_lookup: Arc<dyn ApiKeyLookup>,
    /// Reads everything about somebody.
    pub personal_data: Arc<dyn PersonalDataReader>,
    /// Hands out all users.
    pub user_pages: Arc<dyn UserPages>,
    /// Looks users up.
    pub user_directory: Arc<dyn UserDirectory>,
    /// Reads sessions.
    pub sessions: Arc<dyn SessionReader>,
    /// Uses refresh tokens up.
    pub renewals: Arc<dyn SessionRenewals>,
    /// Reads failed attempts.
    pub attempts: Arc<dyn AttemptReader>,
    /// Hands jobs to workers.
    pub jobs: Arc<dyn JobQueue>,
    /// Looks into jobs.
    pub job_admin: Arc<dyn JobAdmin>,
    /// Keeps keys.
    pub signing_keys: Arc<dyn SigningKeyRepository>,
    /// Reads the audit log for people.
    pub audit: Arc<dyn AuditReader>,
    /// Reads it to prove it. Its heads are signed by [`FakeSecrets`](crate::FakeSecrets).
    pub audit_chains: Arc<dyn AuditChains>,
    /// Whatever must live as long as the store: a folder, a server.
    pub place: Box<dyn Any + Send + Sync>,
}

/// Expands every case for stores; the expression makes fresh [`Stores`].
#[macro_export]
macro_rules! store_contract {
    ($fresh:expr) => {
        $crate::contract_cases!(
            stores,
            $fresh,
            [
                every_column_comes_back,
                absent_values_stay_absent,
                an_unknown_user_is_none,
                a_taken_email_is_refused_in_any_form,
                a_taken_username_is_refused,
                a_used_id_is_refused,
                either_rule_is_named_where_both_are_broken,
                names_of_deleted_users_are_free,
                deleted_users_are_not_found,
                users_are_found_by_either_name_with_their_hash,
                a_login_is_recorded_and_nothing_else,
                nobody_logs_in_who_is_gone,
                dropping_a_transaction_undoes_it,
                changes_are_seen_only_once_committed,
                the_store_is_usable_after_an_error,
                of_two_who_want_one_email_one_gets_it,
                a_session_ends_once,
                ending_what_is_not_there_is_no_error,
                ended_sessions_are_told_from_a_moment_on,
                a_used_session_id_is_refused,
            ]
        );
        $crate::contract_cases!(
            api_keys,
            $fresh,
            [
                keys_come_back_as_they_were_made,
                a_used_key_id_or_digest_is_refused,
                keys_are_listed_page_by_page_the_latest_first,
                a_revoked_key_is_not_shown_any_more,
                the_last_use_of_keys_is_noted_many_at_once,
                a_key_outlives_whoever_made_it,
                keys_that_are_over_are_purged_step_by_step,
            ]
        );
        $crate::contract_cases!(
            user_transfer,
            $fresh,
            [
                users_taken_in_are_there_as_they_came,
                who_holds_a_name_is_told,
                of_two_in_one_intake_the_first_gets_the_name,
                names_of_deleted_users_are_free_for_an_intake,
                an_intake_that_is_not_committed_is_none,
                users_are_handed_out_page_by_page,
            ]
        );
        $crate::contract_cases!(
            user_directory,
            $fresh,
            [
                every_order_is_kept_page_by_page,
                each_filter_narrows_every_order,
                filters_are_met_together,
                any_part_of_a_name_is_found_without_case,
                what_is_searched_for_is_taken_literally,
                short_searches_find_beginnings,
                a_search_follows_every_change,
                pages_are_whole_while_rows_come_and_go,
                filtered_pages_are_whole_too,
                deleted_users_are_listed_apart,
                anybody_is_found_by_id,
            ]
        );
        $crate::contract_cases!(
            session_stores,
            $fresh,
            [
                every_column_of_a_session_comes_back,
                an_update_stores_the_proof_and_the_use_and_nothing_else,
                of_two_who_lock_a_session_one_waits,
                locking_what_is_not_there_is_none,
                open_sessions_are_told_the_latest_used_first,
                ending_all_spares_one_and_tells_which,
                the_sessions_not_used_for_longest_make_room,
                idle_sessions_are_purged_step_by_step,
                a_transaction_finds_its_own_users,
            ]
        );
        $crate::contract_cases!(
            session_renewals,
            $fresh,
            [
                the_secret_that_proves_a_session_is_used_up,
                no_renewal_outlives_the_absolute_end,
                sessions_that_may_not_be_renewed_are_not,
                nothing_is_renewed_for_a_user_who_is_gone,
                of_many_who_use_one_secret_one_succeeds,
            ]
        );
        $crate::contract_cases!(
            audit,
            $fresh,
            [
                a_record_says_what_its_event_said,
                records_are_kept_with_the_change_or_not_at_all,
                what_is_recorded_at_once_can_be_proven,
                records_are_found_by_what_they_say,
                pages_of_records_follow_one_another,
                checkpoints_see_the_chains_that_have_grown,
                segments_are_closed_and_erased_without_breaking_the_proof,
                erasing_goes_on_from_segment_to_segment,
                old_checkpoints_go,
            ]
        );
        $crate::contract_cases!(
            links,
            $fresh,
            [
                a_link_is_used_once,
                of_many_who_use_one_link_one_gets_it,
                a_link_is_worth_nothing_once_it_has_expired,
                the_newest_link_voids_the_older_ones,
                voiding_links_spares_those_of_others,
                old_links_are_purged,
            ]
        );
        $crate::contract_cases!(
            signing_keys,
            $fresh,
            [
                keys_come_back_oldest_first,
                one_key_an_algorithm_signs,
                a_used_key_id_is_refused,
                a_rotation_puts_one_key_in_the_place_of_another,
                of_two_rotations_at_once_one_happens,
                a_withdrawn_key_is_retired_too,
                retired_keys_are_purged,
            ]
        );
        $crate::contract_cases!(
            access,
            $fresh,
            [
                roles_come_back_with_their_permissions,
                a_changed_role_has_other_permissions_and_a_version,
                a_role_that_somebody_holds_is_not_deleted,
                what_a_user_may_do_follows_from_their_roles,
                a_role_that_is_not_there_is_not_given,
                a_change_of_grants_is_told_and_found_with_the_session,
                versions_are_handed_out_one_after_the_other,
                holders_of_a_role_are_counted,
            ]
        );
        $crate::contract_cases!(
            user_changes,
            $fresh,
            [
                an_update_stores_everything_of_a_user,
                an_update_to_a_taken_name_is_refused,
                who_locks_a_user_sees_what_others_have_changed,
                a_deleted_user_is_not_locked,
                a_deleted_user_is_locked_to_be_brought_back,
                a_new_password_takes_the_place_of_the_old_one,
                a_better_hash_takes_the_place_of_the_one_that_it_is_for,
                credentials_are_found_by_id,
                nobody_signs_in_with_a_password_that_was_replaced,
                users_deleted_long_ago_are_erased_step_by_step,
                nothing_is_left_of_an_erased_user,
                personal_data_is_everything_that_is_kept_of_a_user,
            ]
        );
        $crate::contract_cases!(
            jobs,
            $fresh,
            [
                a_job_is_handed_out_once_it_is_committed,
                jobs_are_handed_out_when_they_are_due_the_oldest_first,
                jobs_of_high_priority_are_handed_out_first,
                of_many_who_claim_at_once_each_gets_others,
                a_job_that_is_done_is_gone,
                a_job_that_failed_is_due_again_at_its_time,
                a_job_that_is_given_up_stays_and_is_not_handed_out,
                a_job_that_is_handed_back_was_not_tried,
                who_has_lost_the_lease_settles_nothing,
                a_schedule_ticks_once,
                jobs_are_listed_counted_retried_and_discarded,
                jobs_given_up_long_ago_are_purged_step_by_step,
                a_job_under_way_is_left_alone,
            ]
        );
        $crate::contract_cases!(
            attempts,
            $fresh,
            [
                failures_are_counted_from_the_first_on,
                an_expired_count_begins_again,
                failures_at_once_are_all_counted,
                clearing_forgets_one_key,
                a_count_that_is_not_committed_is_none,
                old_counts_are_purged_step_by_step,
            ]
        );
    };
}

pub(super) async fn insert(stores: &Stores, user: &User) -> Result<(), StoreError> {
    let mut tx = stores.unit_of_work.begin().await?;
    tx.users().insert(user, Some(&PasswordHash::new(format!("hash of {}", user.id)))).await?;
    tx.commit().await
}

pub(super) async fn start(stores: &Stores, session: &Session) -> Result<(), StoreError> {
    let mut tx = stores.unit_of_work.begin().await?;
    tx.sessions().insert(session).await?;
    tx.commit().await
}

async fn end(stores: &Stores, session: &Session, seconds: i64) -> bool {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let ended = tx.sessions().end(session.id, at(seconds)).await.unwrap();
    tx.commit().await.unwrap();
    ended
}

pub(super) fn broken(outcome: Result<(), StoreError>) -> Uniqueness {
    match outcome {
        Err(StoreError::NotUnique(rule)) => rule,
        other => panic!("expected a broken rule, not {other:?}"),
    }
}

fn renumbered(number: u128, user: &User) -> User {
    User { id: UserId::new(Uuid::from_u128(number)), ..user.clone() }
}

fn by_email(text: &str) -> Login {
    Login::Email(Email::parse(text).unwrap())
}

/// What is stored is read again, to the microsecond.
pub async fn every_column_comes_back(stores: &Stores) {
    let mut user = a_user(1);
    user.email = Email::parse("Ada@Bücher.example").unwrap();
    user.display_name = Some(DisplayName::parse("Ada “名” O'Hara; --").unwrap());
    user.standing = Standing::Suspended;
    user.email_verified_at = Some(at(1));
    user.pending_email = Some(Email::parse("New@Bücher.example").unwrap());
    user.last_login_at = Some(at(2));
    user.updated_at = at(3);
    user.version = 7;
    insert(stores, &user).await.unwrap();
    let found = stores.accounts.find(user.id).await.unwrap().unwrap();
    assert_eq!(found, user);
    assert_eq!(found.email.as_str(), "Ada@Bücher.example", "shown as entered");
}

/// What is absent stays so.
pub async fn absent_values_stay_absent(stores: &Stores) {
    let user = User { username: None, ..a_user(1) };
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.users().insert(&user, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stores.accounts.find(user.id).await.unwrap(), Some(user.clone()));
    let found = stores.accounts.find_by_login(&Login::Email(user.email)).await.unwrap().unwrap();
    assert!(found.password_hash.is_none());
}

/// Nobody is there.
pub async fn an_unknown_user_is_none(stores: &Stores) {
    assert_eq!(stores.accounts.find(a_user(1).id).await.unwrap(), None);
    assert!(stores.accounts.find_by_login(&by_email("nobody@example.org")).await.unwrap().is_none());
}

/// Emails are compared in their canonical form.
pub async fn a_taken_email_is_refused_in_any_form(stores: &Stores) {
    let email = |text| Email::parse(text).unwrap();
    let owner = User { email: email("Info@Bücher.example"), ..a_user(1) };
    insert(stores, &owner).await.unwrap();
    for (number, text) in [(2, "info@bücher.example"), (3, "INFO@xn--bcher-kva.example")] {
        let other = User { email: email(text), ..a_user(number) };
        assert_eq!(broken(insert(stores, &other).await), Uniqueness::Email, "{text}");
    }
}

/// Usernames likewise.
pub async fn a_taken_username_is_refused(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let other = User { username: a_user(1).username, ..a_user(2) };
    assert_eq!(broken(insert(stores, &other).await), Uniqueness::Username);
}

/// An id names one user for ever.
pub async fn a_used_id_is_refused(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    assert_eq!(broken(insert(stores, &renumbered(1, &a_user(2))).await), Uniqueness::Id);
}

/// Which one is open.
pub async fn either_rule_is_named_where_both_are_broken(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let rule = broken(insert(stores, &renumbered(2, &a_user(1))).await);
    assert!(matches!(rule, Uniqueness::Email | Uniqueness::Username), "{rule:?}");
}

/// Uniqueness holds among users who are not deleted.
pub async fn names_of_deleted_users_are_free(stores: &Stores) {
    let deleted = |number| User { deleted_at: Some(at(5)), ..renumbered(number, &a_user(1)) };
    insert(stores, &deleted(1)).await.unwrap();
    insert(stores, &deleted(2)).await.unwrap();
    insert(stores, &renumbered(3, &a_user(1))).await.unwrap();
    let found = stores.accounts.find_by_login(&Login::Email(a_user(1).email)).await.unwrap().unwrap();
    assert_eq!(found.user.id, UserId::new(Uuid::from_u128(3)));
}

/// Neither by id nor by name.
pub async fn deleted_users_are_not_found(stores: &Stores) {
    let user = User { deleted_at: Some(at(5)), ..a_user(1) };
    insert(stores, &user).await.unwrap();
    assert_eq!(stores.accounts.find(user.id).await.unwrap(), None);
    assert!(stores.accounts.find_by_login(&Login::Email(user.email)).await.unwrap().is_none());
    assert!(stores.accounts.find_by_login(&Login::Username(user.username.unwrap())).await.unwrap().is_none());
}

/// Email in any case, or username; with the hash that belongs to them.
pub async fn users_are_found_by_either_name_with_their_hash(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    insert(stores, &a_user(2)).await.unwrap();
    for login in [by_email("USER-2@EXAMPLE.org"), Login::Username(a_user(2).username.unwrap())] {
        let found = stores.accounts.find_by_login(&login).await.unwrap().unwrap();
        assert_eq!(found.user, a_user(2));
        assert_eq!(found.password_hash, Some(PasswordHash::new(format!("hash of {}", a_user(2).id))));
    }
}

/// Neither the version nor the time of the last change moves.
pub async fn a_login_is_recorded_and_nothing_else(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert!(tx.users().record_login(a_user(1).id, PasswordVersion::default(), at(9)).await.unwrap());
    tx.commit().await.unwrap();
    let expected = User { last_login_at: Some(at(9)), ..a_user(1) };
    assert_eq!(stores.accounts.find(a_user(1).id).await.unwrap(), Some(expected));
}

/// Unknown, deleted and suspended users alike.
pub async fn nobody_logs_in_who_is_gone(stores: &Stores) {
    insert(stores, &User { deleted_at: Some(at(5)), ..a_user(1) }).await.unwrap();
    insert(stores, &User { standing: Standing::Suspended, ..a_user(3) }).await.unwrap();
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    for gone in [a_user(1), a_user(2), a_user(3)] {
        assert!(!tx.users().record_login(gone.id, PasswordVersion::default(), at(9)).await.unwrap());
    }
}

/// Also when it is dropped with work done.
pub async fn dropping_a_transaction_undoes_it(stores: &Stores) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.users().insert(&a_user(1), None).await.unwrap();
    drop(tx);
    assert_eq!(stores.accounts.find(a_user(1).id).await.unwrap(), None);
    insert(stores, &a_user(1)).await.unwrap();
    assert!(stores.accounts.find(a_user(1).id).await.unwrap().is_some());
}

/// Others see nothing before.
pub async fn changes_are_seen_only_once_committed(stores: &Stores) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.users().insert(&a_user(1), None).await.unwrap();
    assert_eq!(stores.accounts.find(a_user(1).id).await.unwrap(), None);
    assert!(
        tx.users().record_login(a_user(1).id, PasswordVersion::default(), at(1)).await.unwrap(),
        "it sees its own changes"
    );
    tx.commit().await.unwrap();
    assert!(stores.accounts.find(a_user(1).id).await.unwrap().is_some());
}

/// The transaction is lost, the store isn't.
pub async fn the_store_is_usable_after_an_error(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.users().insert(&a_user(2), None).await.unwrap();
    assert!(tx.users().insert(&a_user(1), None).await.is_err());
    drop(tx);
    assert_eq!(stores.accounts.find(a_user(2).id).await.unwrap(), None);
    insert(stores, &a_user(2)).await.unwrap();
    assert!(stores.accounts.find(a_user(2).id).await.unwrap().is_some());
}

/// However closely they follow each other.
pub async fn of_two_who_want_one_email_one_gets_it(stores: &Stores) {
    let wanted = a_user(1);
    let (first, second) = (renumbered(1, &wanted), User { username: None, ..renumbered(2, &wanted) });
    let outcomes = futures::join!(insert(stores, &first), insert(stores, &second));
    match outcomes {
        (Ok(()), lost) | (lost, Ok(())) => assert_eq!(broken(lost), Uniqueness::Email),
        neither => panic!("{neither:?}"),
    }
}

/// It keeps its first time.
pub async fn a_session_ends_once(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let session = a_session(10, &a_user(1));
    start(stores, &session).await.unwrap();
    assert!(end(stores, &session, 1).await);
    assert!(!end(stores, &session, 2).await);
    let found = stores.sessions.find(session.id).await.unwrap().unwrap().session;
    assert_eq!(found, Session { ended_at: Some(at(1)), idle_until: at(1), ..session.clone() });
    let ended = stores.sessions.ended_since(at(0)).await.unwrap();
    assert_eq!(ended, [EndedSession { id: session.id, ended_at: at(1) }]);
}

/// It can't be used either.
pub async fn ending_what_is_not_there_is_no_error(stores: &Stores) {
    let session = a_session(10, &a_user(1));
    assert!(!end(stores, &session, 1).await);
    assert_eq!(stores.sessions.find(session.id).await.unwrap(), None);
}

/// The moment itself is told.
pub async fn ended_sessions_are_told_from_a_moment_on(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let sessions: Vec<_> = (0..4).map(|number| a_session(number, &a_user(1))).collect();
    for (session, seconds) in sessions.iter().zip(1..) {
        start(stores, session).await.unwrap();
        if seconds < 4 {
            assert!(end(stores, session, seconds).await);
        }
    }
    let mut ended = stores.sessions.ended_since(at(2)).await.unwrap();
    ended.sort_by_key(|ended| ended.ended_at);
    let expected: Vec<_> = sessions
        .iter()
        .zip(1..=3)
        .skip(1)
        .map(|(s, seconds)| EndedSession { id: s.id, ended_at: at(seconds) })
        .collect();
    assert_eq!(ended, expected);
}

/// An id names one session.
pub async fn a_used_session_id_is_refused(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    start(stores, &a_session(10, &a_user(1))).await.unwrap();
    assert_eq!(broken(start(stores, &a_session(10, &a_user(1))).await), Uniqueness::Id);
}
