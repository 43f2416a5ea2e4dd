//! Every way in: notifications, lists taken over, a child written down by hand.

pub mod import_ending;
pub mod import_files;
pub mod imports;
pub mod new_child;
pub mod notification;
pub mod notifications;
pub mod row;
pub mod under_way;
