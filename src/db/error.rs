//! What a question to the database may come to.

/// Why a question to the database was not answered.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("the database refused: {0}")]
    Query(#[from] diesel::result::Error),
    /// No connection became free in time.
    #[error("no database connection was free: {0}")]
    Pool(#[from] diesel::r2d2::PoolError),
    /// Others write, of this program or of another, and their turn did not end in time. Nothing was saved, and nothing will be.
    #[error("others are writing into the database and did not come to an end in time")]
    Busy,
    /// The database file is not the one that was opened; says which file. Nothing is written any more.
    #[error(
        "{0} was deleted, moved or replaced while the program ran: nothing is written any more. Put the file back and start the program again"
    )]
    FileGone(String),
    /// The connection broke. Nothing was saved.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The connection broke while what was written was being committed: nobody knows whether it was.
    #[error("the database went away while something was being saved: {0}")]
    Unsure(String),
    /// The program is shutting down, or the work panicked.
    #[error("the work was cut short")]
    Cancelled,
    /// This database is asked for what it leaves to tools of its own; says which.
    #[error("{0}")]
    Unsupported(&'static str),
    /// What was asked for is done in a person's name, and the program itself was at work.
    #[error("this is done in somebody’s name, and nobody was named")]
    Nobody,
    /// A stored value could not be understood; the row is named.
    #[error("a stored value makes no sense: {0}")]
    Corrupt(String),
    /// Something that belongs to the transaction could not be put into words; says what.
    #[error("{0}")]
    Unwritten(String),
}

/// What every store function gives.
pub type Result<T, E = DbError> = std::result::Result<T, E>;
