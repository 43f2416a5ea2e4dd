//! A condition written as SQL, for what only a literal can say: SQLite takes a partial index only for a condition that it
//! can read in the statement, not for one that arrives as a parameter.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;
use diesel::{QueryResult, expression::is_aggregate};

/// A condition whose text never varies. Unlike [`diesel::dsl::sql`], which may hold anything, it lets the statement be
/// prepared once and kept.
#[derive(Clone, Copy, Debug)]
pub struct Condition(pub &'static str);

impl Expression for Condition {
    type SqlType = Bool;
}

impl<Tables> AppearsOnTable<Tables> for Condition {}
impl<Tables> SelectableExpression<Tables> for Condition {}

impl<GroupBy> ValidGrouping<GroupBy> for Condition {
    type IsAggregate = is_aggregate::Never;
}

/// Statements are told apart by their text.
impl QueryId for Condition {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<B: Backend> QueryFragment<B> for Condition {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, B>) -> QueryResult<()> {
        pass.push_sql(self.0);
        Ok(())
    }
}
