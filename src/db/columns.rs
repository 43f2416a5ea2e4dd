//! Keys and text enums as columns, written once for both databases; no domain word in it.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;

/// The key of a row, which cannot be mistaken for the key of another table's row. It never leaves the program:
/// the world sees references.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Key<T: 'static>(i64, PhantomData<fn() -> T>);

impl<T> Key<T> {
    /// The key with this number; only stores have a reason to make one.
    pub fn new(number: i64) -> Self {
        Self(number, PhantomData)
    }

    /// The number in the database.
    pub fn number(self) -> i64 {
        self.0
    }
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Key<T> {}
impl<T> PartialEq for Key<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Key<T> {}
impl<T> PartialOrd for Key<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Key<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Key<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Key<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl<T, B: Backend> ToSql<BigInt, B> for Key<T>
where
    i64: ToSql<BigInt, B>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, B>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<T, B: Backend> FromSql<BigInt, B> for Key<T>
where
    i64: FromSql<BigInt, B>,
{
    fn from_sql(bytes: B::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Self::new)
    }
}

/// Makes a type with `as_str(&self)` and `FromStr` (a code list, a parsed identifier) into a text column.
#[macro_export]
macro_rules! text_column {
    ($($t:ty),+ $(,)?) => { $(
        impl diesel::expression::AsExpression<diesel::sql_types::Text> for $t {
            type Expression = diesel::internal::derives::as_expression::Bound<diesel::sql_types::Text, String>;
            fn as_expression(self) -> Self::Expression {
                <String as diesel::expression::AsExpression<diesel::sql_types::Text>>::as_expression(self.as_str().to_owned())
            }
        }
        impl diesel::expression::AsExpression<diesel::sql_types::Text> for &$t {
            type Expression = diesel::internal::derives::as_expression::Bound<diesel::sql_types::Text, String>;
            fn as_expression(self) -> Self::Expression {
                <String as diesel::expression::AsExpression<diesel::sql_types::Text>>::as_expression(self.as_str().to_owned())
            }
        }
        impl diesel::expression::AsExpression<diesel::sql_types::Nullable<diesel::sql_types::Text>> for $t {
            type Expression = diesel::internal::derives::as_expression::Bound<diesel::sql_types::Nullable<diesel::sql_types::Text>, String>;
            fn as_expression(self) -> Self::Expression {
                <String as diesel::expression::AsExpression<diesel::sql_types::Nullable<diesel::sql_types::Text>>>::as_expression(self.as_str().to_owned())
            }
        }
        impl diesel::expression::AsExpression<diesel::sql_types::Nullable<diesel::sql_types::Text>> for &$t {
            type Expression = diesel::internal::derives::as_expression::Bound<diesel::sql_types::Nullable<diesel::sql_types::Text>, String>;
            fn as_expression(self) -> Self::Expression {
                <String as diesel::expression::AsExpression<diesel::sql_types::Nullable<diesel::sql_types::Text>>>::as_expression(self.as_str().to_owned())
            }
        }
        impl<B: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, B> for $t
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, B>,
        {
            fn from_sql(bytes: B::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, B>>::from_sql(bytes)?;
                // Not the text itself: it may be somebody's address, and errors are logged.
                text.parse::<$t>().map_err(|_| concat!("what is stored is no ", stringify!($t)).into())
            }
        }
        impl<B: diesel::backend::Backend> diesel::deserialize::Queryable<diesel::sql_types::Text, B> for $t
        where
            $t: diesel::deserialize::FromStaticSqlRow<diesel::sql_types::Text, B>,
        {
            type Row = Self;
            fn build(row: Self) -> diesel::deserialize::Result<Self> {
                Ok(row)
            }
        }
    )+ };
}
