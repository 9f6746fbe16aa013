//! The house rules as tests. They read the tree; they must not depend on any room's behaviour
//! except the tables whose documents they compare.

mod budget;
mod cases;
mod law;
mod places;
mod planted;
mod sections;
mod tree;
mod words;
