//! The forms and code tables, so that screens hold no labels of their own.

use domain::area::Area;
use domain::child::is_sealed_category;
use domain::code::{self, Table};
use domain::country;
use domain::fault::Fault;
use domain::form::{self, Form};
use domain::moment::Moment;
use serde::Serialize;

use super::me::Nothing;
use crate::desk::Desk;

/// Every form and code table.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Forms {
    forms: Vec<&'static Form>,
    /// Without what may not be chosen here: a category that stands in sealed files only.
    codes: Vec<Table>,
}

/// A province, city or county.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "CountryPlace"))]
pub(crate) struct Place {
    code: Area,
    name: String,
}

/// Answers `places`: those of the whole country.
#[expect(clippy::unnecessary_wraps, reason = "every call has one shape")]
pub(crate) fn places(_: &Desk, _: &Moment, _: Nothing) -> Result<Vec<Place>, Fault> {
    Ok(country::all().map(|(code, name)| Place { code, name }).collect())
}

/// Answers `forms`.
#[expect(clippy::unnecessary_wraps, reason = "every call has one shape")]
pub(crate) fn forms(_: &Desk, _: &Moment, _: Nothing) -> Result<Forms, Fault> {
    Ok(Forms {
        forms: form::BUILTIN.iter().filter_map(|id| form::builtin(id)).collect(),
        codes: code::tables().values().cloned().map(to_choose_from).collect(),
    })
}

fn to_choose_from(mut table: Table) -> Table {
    if table.id == "child_category" {
        table.entries.retain(|entry| !is_sealed_category(&format!("categories/{}", entry.code)));
    }
    table
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::calls::tests::call;
    use crate::scene::Scene;

    #[test]
    fn what_stands_in_sealed_files_only_is_offered_nowhere() {
        let forms = call(&mut Scene::at_work(), "forms", &json!({}));
        let tables = forms["codes"].as_array().expect("tables");
        let categories = tables.iter().find(|table| table["id"] == "child_category").expect("categories");
        let codes: Vec<&str> =
            categories["entries"].as_array().expect("codes").iter().filter_map(|one| one["code"].as_str()).collect();
        assert!(codes.len() > 5 && !codes.contains(&"C1"), "{codes:?}");
    }
}
