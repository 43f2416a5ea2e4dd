//! The pages of administrators, who look after accounts and deliveries and see no child.

pub mod mail;
