//! Which children a viewer may see: the base of every query that reads a child.

use diesel::prelude::*;

use crate::access::{Role, Viewer};
use crate::db::Backend;
use crate::db::schema::{child, person, relation};

/// The children `viewer` may see, to be narrowed further. The authority is applied here and nowhere else.
pub(crate) fn children<'a>(viewer: &Viewer) -> child::BoxedQuery<'a, Backend> {
    let mine = child::table
        .filter(child::authority_id.eq(viewer.authority().number()))
        .into_boxed();
    match (viewer.role(), viewer.account()) {
        (Some(Role::Officer), Some(account)) => mine.filter(
            child::restricted
                .eq(false)
                .or(child::officer_id.eq(account.number())),
        ),
        (Some(Role::Parent), Some(account)) => mine.filter(
            child::id.eq_any(
                relation::table
                    .inner_join(person::table)
                    .filter(person::account_id.eq(account.number()))
                    .filter(relation::held_to.is_null())
                    .select(relation::child_id),
            ),
        ),
        (Some(Role::Administrator), _) => mine.filter(child::id.eq(NOBODY)),
        _ => mine,
    }
}

/// No row has this key: an administrator sees no child.
const NOBODY: i64 = -1;
