//! The database takes nothing in the moment in which a server has taken a mail.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use hearth::db::{Db, DbError, Lifetime};
use hearth::mail::Transport;
use hearth::mail::deliver::deliver_due;
use hearth::mail::transport::Play;
use hearth::rules::delivery::Answer;

use super::Office;

#[test]
fn what_was_taken_while_nothing_could_be_written_is_written_down_later_and_not_sent_again() {
    let lifetime = Lifetime::default();
    let taken = Arc::new(AtomicUsize::new(0));
    let play = Play::new({
        let (lifetime, taken) = (lifetime.clone(), Arc::clone(&taken));
        move |_| {
            taken.fetch_add(1, Ordering::SeqCst);
            // Until two more have been refused: the answer, and the run after this one.
            lifetime.refuse(2);
            Answer::Accepted {
                reply: "250 taken".to_owned(),
            }
        }
    });
    let mut office = Office::sending_by(Transport::Played(play));
    office.put_one();
    let url = office.place.url.clone();
    office.db = Db::open_to_throw_away(&url, 2, &lifetime).unwrap();
    let deliver = |office: &Office| deliver_due(&office.db, &office.courier, &office.clock);
    assert!(matches!(deliver(&office), Err(DbError::Busy)));
    assert!(matches!(deliver(&office), Err(DbError::Busy)));
    // Longer than any lease.
    office.pass(TimeDelta::minutes(11));
    assert_eq!(deliver(&office).unwrap().sent, 0);
    assert_eq!(taken.load(Ordering::SeqCst), 1, "it went twice");
    assert_eq!(office.overview().undelivered.len(), 0);
}
