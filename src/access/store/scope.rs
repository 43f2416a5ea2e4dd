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

use crate::access::{AccountKey, Role, Viewer};
use crate::db::schema::child;
use crate::rules::escalation::Post;

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

/// The same for duties, in a question of the table `duty`: a duty about a child is seen by whoever sees the child, one about a
/// person by that person and by the staff (if the person is restricted, by those of them who open restricted records), any
/// other by the staff and by whoever holds its post.
#[derive(Clone, Copy, Debug, QueryId)]
pub(crate) struct DutySeenBy {
    children: SeenBy,
    staff: bool,
    sees_restricted: bool,
    administers: bool,
    own: i64,
}

impl DutySeenBy {
    pub(crate) fn eyes_of(viewer: &Viewer) -> Self {
        Self {
            children: SeenBy::eyes_of(viewer),
            staff: viewer.works_with_children(),
            sees_restricted: viewer.sees_restricted(),
            administers: viewer.role() == Some(Role::Administrator),
            own: viewer.account().map_or(NOBODY, AccountKey::number),
        }
    }
}

impl<B> QueryFragment<B> for DutySeenBy
where
    B: Backend + HasSqlType<Bool> + HasSqlType<BigInt>,
    bool: ToSql<Bool, B>,
    i64: ToSql<BigInt, B>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, B>) -> QueryResult<()> {
        pass.push_sql("(duty.authority_id = ");
        pass.push_bind_param::<BigInt, _>(&self.children.authority)?;
        pass.push_sql(
            " AND CASE WHEN duty.child_id IS NOT NULL
                THEN EXISTS (SELECT 1 FROM child WHERE child.id = duty.child_id AND ",
        );
        self.children.walk_ast(pass.reborrow())?;
        pass.push_sql(
            ") WHEN duty.person_id IS NOT NULL
                THEN EXISTS (SELECT 1 FROM person WHERE person.id = duty.person_id AND (person.account_id = ",
        );
        pass.push_bind_param::<BigInt, _>(&self.own)?;
        pass.push_sql(" OR (");
        pass.push_bind_param::<Bool, _>(&self.staff)?;
        pass.push_sql(" AND (person.confidentiality <> 'restricted' OR ");
        pass.push_bind_param::<Bool, _>(&self.sees_restricted)?;
        pass.push_sql(")))) WHEN duty.kind = 'rows_of_list' THEN ");
        // Which rows wait may say that a child is held whom not everybody sees.
        pass.push_bind_param::<Bool, _>(&self.sees_restricted)?;
        pass.push_sql(" WHEN ");
        pass.push_bind_param::<Bool, _>(&self.staff)?;
        pass.push_sql(" THEN TRUE WHEN duty.post = 'administrator' THEN ");
        pass.push_bind_param::<Bool, _>(&self.administers)?;
        pass.push_sql(
            " ELSE EXISTS (SELECT 1 FROM post_holder WHERE post_holder.authority_id = duty.authority_id
                AND post_holder.post = duty.post AND post_holder.held_to IS NULL AND post_holder.account_id = ",
        );
        pass.push_bind_param::<BigInt, _>(&self.own)?;
        pass.push_sql(") END)");
        Ok(())
    }
}

impl Expression for DutySeenBy {
    type SqlType = Bool;
}

impl<Tables> AppearsOnTable<Tables> for DutySeenBy {}
impl<Tables> SelectableExpression<Tables> for DutySeenBy {}

impl<GroupBy> ValidGrouping<GroupBy> for DutySeenBy {
    type IsAggregate = is_aggregate::Never;
}

/// The same for rows of lists that have no place yet, in a question of the table `unplaced_row`: a manager sees those of the
/// authority, an officer those of the lists that they sent, and nobody one that may be about a child whom they may not see.
#[derive(Clone, Copy, Debug, QueryId)]
pub(crate) struct RowSeenBy {
    children: SeenBy,
    sender: i64,
}

impl RowSeenBy {
    pub(crate) fn eyes_of(viewer: &Viewer) -> Self {
        Self {
            children: SeenBy::eyes_of(viewer),
            sender: match viewer.works_with_children() {
                true => viewer.account().map_or(NOBODY, AccountKey::number),
                false => NOBODY,
            },
        }
    }
}

impl<B> QueryFragment<B> for RowSeenBy
where
    B: Backend + HasSqlType<Bool> + HasSqlType<BigInt>,
    bool: ToSql<Bool, B>,
    i64: ToSql<BigInt, B>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, B>) -> QueryResult<()> {
        pass.push_sql("(unplaced_row.authority_id = ");
        pass.push_bind_param::<BigInt, _>(&self.children.authority)?;
        pass.push_sql(" AND (");
        pass.push_bind_param::<Bool, _>(&self.children.everybody)?;
        pass.push_sql(
            " OR EXISTS (SELECT 1 FROM list_row sent_row JOIN list_import sent ON sent.id = sent_row.import_id
                WHERE sent_row.unplaced_id = unplaced_row.id AND sent.account_id = ",
        );
        pass.push_bind_param::<BigInt, _>(&self.sender)?;
        pass.push_sql(
            ")) AND NOT EXISTS (SELECT 1 FROM unplaced_candidate candidate
                JOIN child ON child.id = candidate.child_id
                WHERE candidate.row_id = unplaced_row.id AND (",
        );
        self.children.walk_ast(pass.reborrow())?;
        // Of a child without an officer it is neither true nor false that somebody is the officer.
        pass.push_sql(") IS NOT TRUE))");
        Ok(())
    }
}

impl Expression for RowSeenBy {
    type SqlType = Bool;
}

impl<Tables> AppearsOnTable<Tables> for RowSeenBy {}
impl<Tables> SelectableExpression<Tables> for RowSeenBy {}

impl<GroupBy> ValidGrouping<GroupBy> for RowSeenBy {
    type IsAggregate = is_aggregate::Never;
}

/// That a duty is somebody's own, in a question of `duty` beside its `child`: the officer's whose child it is about, or of a
/// post that they hold, or of one that nobody holds and that falls to the next above, whom they are.
#[derive(Clone, Copy, Debug, QueryId)]
pub(crate) struct OwnedBy(i64);

impl OwnedBy {
    pub(crate) fn account(account: AccountKey) -> Self {
        Self(account.number())
    }
}

impl<B> QueryFragment<B> for OwnedBy
where
    B: Backend + HasSqlType<BigInt>,
    i64: ToSql<BigInt, B>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, B>) -> QueryResult<()> {
        pass.push_sql("CASE WHEN duty.post = 'officer' THEN child.officer_id = ");
        pass.push_bind_param::<BigInt, _>(&self.0)?;
        pass.push_sql(
            " ELSE EXISTS (SELECT 1 FROM post_holder own WHERE own.authority_id = duty.authority_id
                AND own.held_to IS NULL AND own.account_id = ",
        );
        pass.push_bind_param::<BigInt, _>(&self.0)?;
        pass.push_sql(" AND (own.post = duty.post");
        for post in Post::ALL {
            falls_to_the_next(*post, &mut pass);
        }
        pass.push_sql(")) END");
        Ok(())
    }
}

/// That a duty of this post is of whoever holds the next post above that somebody holds, while nobody holds the post itself:
/// as [`Post::next_above`] has it. The words are of the code list and need no binding.
fn falls_to_the_next<B: Backend>(post: Post, pass: &mut AstPass<'_, '_, B>) {
    let mut vacant = vec![post];
    while let Some(above) = vacant.last().and_then(|last| last.next_above()) {
        pass.push_sql(" OR (duty.post = '");
        pass.push_sql(post.as_str());
        pass.push_sql("' AND own.post = '");
        pass.push_sql(above.as_str());
        pass.push_sql(
            "' AND NOT EXISTS (SELECT 1 FROM post_holder other
                WHERE other.authority_id = duty.authority_id AND other.held_to IS NULL AND other.post IN (",
        );
        for (place, empty) in vacant.iter().enumerate() {
            pass.push_sql(if place == 0 { "'" } else { ", '" });
            pass.push_sql(empty.as_str());
            pass.push_sql("'");
        }
        pass.push_sql(")))");
        vacant.push(above);
    }
}

impl Expression for OwnedBy {
    type SqlType = Bool;
}

impl<Tables> AppearsOnTable<Tables> for OwnedBy {}
impl<Tables> SelectableExpression<Tables> for OwnedBy {}

impl<GroupBy> ValidGrouping<GroupBy> for OwnedBy {
    type IsAggregate = is_aggregate::Never;
}
