//! Sending mail.

use crate::{a_mail, every_mail_content};
use futures::future::join_all;
use std::sync::Arc;
use threshold_application::ports::Mailer;
use threshold_domain::accounts::Email;
use threshold_domain::mail::Mail;

/// Expands every case for mailers; the expression makes a [`Post`] that nobody else sends through.
#[macro_export]
macro_rules! mailer_contract {
    ($fresh:expr) => {
        $crate::contract_cases!(
            mailer,
            $fresh,
            [
                every_content_arrives_at_its_address_with_its_link,
                a_mail_sent_again_has_the_same_message_id,
                an_odd_address_is_reached,
                mails_sent_at_once_all_arrive_whole,
            ]
        );
    };
}

/// A mailer, and the far end of it.
pub struct Post {
    /// What is tested.
    pub mailer: Arc<dyn Mailer>,
    /// What has arrived so far, in any order.
    pub arrived: Box<dyn Fn() -> Vec<Arrived> + Send + Sync>,
}

/// A mail as its reader has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The value of `Message-ID`.
    pub message_id: String,
    /// The address in `To`, as it was written; its domain may be in A-labels.
    pub to: String,
    /// The text to read.
    pub text: String,
}

impl Arrived {
    /// Whether it is that mail, as far as one can tell.
    fn is(&self, mail: &Mail) -> bool {
        let link = mail.content.link().map(threshold_domain::mail::MailLink::expose);
        let linked = link.is_none_or(|link| self.text.lines().any(|line| line == link));
        linked && Email::parse(&self.to).is_ok_and(|to| to == mail.to)
    }
}

/// The link stands on a line of its own.
pub async fn every_content_arrives_at_its_address_with_its_link(post: &Post) {
    for (number, content) in (1..).zip(every_mail_content()) {
        let mail = a_mail(number, content);
        post.mailer.send(&mail).await.unwrap();
        let arrived = (post.arrived)();
        assert!(arrived.iter().any(|one| one.is(&mail)), "{mail:?}\n{arrived:#?}");
    }
}

/// And no other mail has it.
pub async fn a_mail_sent_again_has_the_same_message_id(post: &Post) {
    let contents = every_mail_content();
    let content = contents.first().unwrap();
    for number in [1, 1, 2] {
        post.mailer.send(&a_mail(number, content.clone())).await.unwrap();
    }
    let mut ids: Vec<_> = (post.arrived)().into_iter().map(|one| one.message_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 2, "{ids:?}");
}

/// With every character that one may have, and a domain outside ASCII.
pub async fn an_odd_address_is_reached(post: &Post) {
    let mut mail = a_mail(1, every_mail_content().remove(0));
    for address in ["Ada.!#$%&'*+/=?^_`{|}~-@example.org", "Info@Bücher.example", "ada@localhost"] {
        mail.to = Email::parse(address).unwrap();
        post.mailer.send(&mail).await.unwrap();
        let arrived = (post.arrived)();
        assert!(arrived.iter().any(|one| one.is(&mail)), "{address}\n{arrived:#?}");
    }
}

/// None is lost, none is mixed with another.
pub async fn mails_sent_at_once_all_arrive_whole(post: &Post) {
    let mails: Vec<_> = (1..).zip(every_mail_content()).map(|(number, content)| a_mail(number, content)).collect();
    for sent in join_all(mails.iter().map(|mail| post.mailer.send(mail))).await {
        sent.unwrap();
    }
    let arrived = (post.arrived)();
    assert_eq!(arrived.len(), mails.len());
    for mail in &mails {
        assert_eq!(arrived.iter().filter(|one| one.is(mail)).count(), 1, "{mail:?}");
    }
}
