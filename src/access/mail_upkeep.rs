//! What an administrator does about mail: asks for a sample, has a mail tried again, says that an address works again.

use super::{accounts, authority};
use crate::access::{Act, Action, Subject};
use crate::db::{DbError, Result};
use crate::mail::fault::TriedAgain;
use crate::mail::{Letter, MailKind, Rendered, Topic, fault, outbox};
use crate::rules::identifiers::{EmailAddress, Reference};

/// Sends one of the samples to whoever asks, marked as a test; gives the address. It is stored as a sample and not as what
/// it shows, so that nobody is told when it does not arrive. Writes the audit event.
pub fn send_sample(act: &mut Act<'_>, sample: &Rendered, base_url: &str) -> Result<String> {
    let account = accounts::by_key(act.tx, act.viewer.person()?)?;
    let to = EmailAddress::parse(&account.email)
        .map_err(|problem| DbError::Corrupt(problem.to_string()))?;
    let head = authority::by_key(act.tx, act.viewer.authority())?.letterhead(base_url);
    let letter = Letter {
        key: format!("{:016x}", rand::random::<u64>()),
        authority: act.viewer.authority(),
        letterhead: &head,
        to,
        about: Topic::General,
        message: Rendered {
            kind: MailKind::Sample,
            subject: format!("Test: {}", sample.subject),
            ..sample.clone()
        },
    };
    outbox::put(act.tx, &letter, act.at.now())?;
    act.note(Action::SampleSent, Subject::thing(sample.kind.as_str()), "")?;
    Ok(account.email)
}

/// Says that the address which a mail came back from works again; writes the audit event. False if it does not fail.
pub fn address_works(act: &mut Act<'_>, mail: &Reference) -> Result<bool> {
    if !outbox::works_again(
        act.tx,
        act.viewer.authority(),
        mail,
        act.viewer.account(),
        act.at.now(),
    )? {
        return Ok(false);
    }
    act.note(Action::AddressWorksAgain, Subject::thing(mail.as_str()), "")?;
    Ok(true)
}

/// Says that our own fault is mended: all that it held up of this authority is due at once, but for links that work no more. Writes the
/// audit event, and gives how many mails of each.
pub fn fault_mended(act: &mut Act<'_>) -> Result<TriedAgain> {
    let mails = fault::retry_all(act.tx, act.viewer.authority(), act.at.now())?;
    act.note(
        Action::MailFaultMended,
        Subject::AUTHORITY,
        &mails.due.to_string(),
    )?;
    Ok(mails)
}

/// Makes a mail that failed due at once; writes the audit event. False as [`outbox::retry_now`] says it.
pub fn retry_now(act: &mut Act<'_>, mail: &Reference) -> Result<bool> {
    if !outbox::retry_now(act.tx, act.viewer.authority(), mail, act.at.now())? {
        return Ok(false);
    }
    act.note(Action::MailRetried, Subject::thing(mail.as_str()), "")?;
    Ok(true)
}
