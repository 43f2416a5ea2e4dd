//! The pages of a notification.

/// A page of the notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    You,
    Address,
    /// About one of the children, counted from 0.
    Child(usize, ChildQuestion),
    /// Whether there is another child.
    Children,
    /// How to be in touch, and anything else.
    Contact,
    /// All answers, to be checked and sent.
    Answers,
}

/// What is asked about a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildQuestion {
    Name,
    Born,
    Sex,
    /// What the parent is to the child.
    Tie,
    /// With the parent or elsewhere.
    Home,
    OtherHome,
    School,
    Reason,
}

impl ChildQuestion {
    pub const ALL: &[Self] = &[
        Self::Name,
        Self::Born,
        Self::Sex,
        Self::Tie,
        Self::Home,
        Self::OtherHome,
        Self::School,
        Self::Reason,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Born => "born",
            Self::Sex => "sex",
            Self::Tie => "you",
            Self::Home => "home",
            Self::OtherHome => "address",
            Self::School => "school",
            Self::Reason => "reason",
        }
    }
}

impl Step {
    /// The page's address.
    pub fn path(self) -> String {
        match self {
            Self::You => "/family/notify/you".to_owned(),
            Self::Address => "/family/notify/address".to_owned(),
            Self::Child(child, about) => {
                format!("/family/notify/children/{}/{}", child + 1, about.word())
            }
            Self::Children => "/family/notify/children".to_owned(),
            Self::Contact => "/family/notify/contact".to_owned(),
            Self::Answers => "/family/notify/answers".to_owned(),
        }
    }
}
