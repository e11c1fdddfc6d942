//! The reference data of Quảng Ngãi, as they are loaded into the table.

pub use donthu_operate::reference::Reference;
