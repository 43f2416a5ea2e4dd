//! Which children a viewer may see: the base of every query that reads a child.

use diesel::backend::Backend;
use diesel::dsl::Filter;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType};

use crate::access::{Role, Viewer};
use crate::db::schema::child;

/// The children `viewer` may see, to be narrowed further. The authority is applied here and nowhere else.
pub(crate) fn children(viewer: &Viewer) -> Filter<child::table, SeenBy> {
    child::table.filter(SeenBy::eyes_of(viewer))
}

/// The rule as one condition, the same for every role: its text is known when the program is compiled, so a question
/// that is asked on every page is prepared once and not written down anew for each viewer.
#[derive(Clone, Copy, Debug, QueryId)]
pub(crate) struct SeenBy {
    authority: i64,
    everybody: bool,
    unrestricted: bool,
    cases_of: i64,
    family_of: i64,
}

impl SeenBy {
    fn eyes_of(viewer: &Viewer) -> Self {
        let role = viewer.role();
        let account_as = |asked| match viewer.account() {
            Some(account) if role == Some(asked) => account.number(),
            _ => NOBODY,
        };
        Self {
            authority: viewer.authority().number(),
            // Managers, and the program at work.
            everybody: matches!(role, None | Some(Role::Manager)),
            unrestricted: role == Some(Role::Officer),
            cases_of: account_as(Role::Officer),
            family_of: account_as(Role::Parent),
        }
    }
}

/// No row has this key.
const NOBODY: i64 = -1;

impl<B> QueryFragment<B> for SeenBy
where
    B: Backend + HasSqlType<Bool> + HasSqlType<BigInt>,
    bool: ToSql<Bool, B>,
    i64: ToSql<BigInt, B>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, B>) -> QueryResult<()> {
        pass.push_sql("child.authority_id = ");
        pass.push_bind_param::<BigInt, _>(&self.authority)?;
        pass.push_sql(" AND (");
        pass.push_bind_param::<Bool, _>(&self.everybody)?;
        pass.push_sql(" OR (");
        pass.push_bind_param::<Bool, _>(&self.unrestricted)?;
        pass.push_sql(" AND NOT child.restricted) OR child.officer_id = ");
        pass.push_bind_param::<BigInt, _>(&self.cases_of)?;
        pass.push_sql(
            " OR child.id IN (SELECT relation.child_id FROM relation
                JOIN person ON person.id = relation.person_id
                WHERE relation.held_to IS NULL AND person.account_id = ",
        );
        pass.push_bind_param::<BigInt, _>(&self.family_of)?;
        pass.push_sql("))");
        Ok(())
    }
}

impl Expression for SeenBy {
    type SqlType = Bool;
}

impl<Tables> AppearsOnTable<Tables> for SeenBy {}
impl<Tables> SelectableExpression<Tables> for SeenBy {}

impl<GroupBy> ValidGrouping<GroupBy> for SeenBy {
    type IsAggregate = is_aggregate::Never;
}
