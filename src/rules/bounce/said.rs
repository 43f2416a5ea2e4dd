//! What a server said of a mail, taken apart.

/// What of a session the server answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Its greeting, EHLO, STARTTLS or AUTH.
    Connection,
    /// MAIL FROM: whom the mail is from.
    Mail,
    /// RCPT TO: whom it is for.
    Rcpt,
    /// DATA, or the message itself.
    Data,
}

/// An enhanced status code (RFC 3463), such as 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnhancedStatus {
    pub class: u16,
    pub subject: u16,
    pub detail: u16,
}

impl EnhancedStatus {
    /// Reads one that stands alone: "5.1.1". There are seven subjects.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(number);
        let (class, subject, detail) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let is_one = numbers.next().is_none() && matches!(class, 2 | 4 | 5) && subject <= 7;
        is_one.then_some(Self {
            class,
            subject,
            detail,
        })
    }

    /// The first one of a failure in what a server said: "550-5.1.1 User unknown". No address of a machine is one, because it has four
    /// numbers.
    #[must_use]
    pub fn find(words: &str) -> Option<Self> {
        let is_between = |c: char| !(c.is_ascii_digit() || c == '.');
        let read = |word: &str| Self::parse(word.trim_matches('.'));
        let mut all = words.split(is_between).filter_map(read);
        all.find(|status| status.class != 2)
    }
}

/// RFC 3463, 2: one to three digits.
fn number(digits: &str) -> Option<u16> {
    let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

/// What a server said of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    pub status: Option<EnhancedStatus>,
    /// The code of SMTP.
    pub code: Option<u16>,
    /// What it answered; of a report nobody knows.
    pub command: Option<Command>,
    /// Its words, without addresses.
    pub words: &'a str,
}

impl<'a> Said<'a> {
    /// An answer on the line: its code, and the words after it.
    #[must_use]
    pub fn on_the_line(command: Option<Command>, code: u16, words: &'a str) -> Self {
        Self {
            status: EnhancedStatus::find(words).filter(|status| status.class == code / 100),
            code: Some(code),
            command,
            words,
        }
    }

    /// Of a report: its Status, and its Diagnostic-Code or whatever else it says. The diagnosis is what the last server said;
    /// a status that says nothing (5.0.0) gives way to the one in it.
    #[must_use]
    pub fn in_a_report(status: &str, words: &'a str) -> Self {
        let field = status.split_whitespace().next();
        let field = field.and_then(EnhancedStatus::parse);
        let in_words = EnhancedStatus::find(words);
        let says_something = |status: &EnhancedStatus| (status.subject, status.detail) != (0, 0);
        Self {
            status: field.filter(says_something).or(in_words).or(field),
            code: smtp_code(words),
            command: None,
            words,
        }
    }

    /// Whether the answer is for now: by its code, and by the status where there is none.
    #[must_use]
    pub fn is_for_now(&self) -> bool {
        match (self.code, self.status) {
            (Some(code), _) => code < 500,
            (None, status) => status.is_some_and(|status| status.class == 4),
        }
    }
}

/// The first number of SMTP's in some words: "smtp; 550 5.1.1 …", "host said: 550-5.1.1".
fn smtp_code(words: &str) -> Option<u16> {
    let mut numbers = words.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    numbers.find_map(|word| {
        let code: u16 = (word.len() == 3).then(|| word.parse().ok())??;
        (400..=599).contains(&code).then_some(code)
    })
}
