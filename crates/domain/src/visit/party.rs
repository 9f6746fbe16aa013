//! One note about several children: what is written for all of them, and what for one alone.
//!
//! In a draft what is of one child alone stands under `of/<child>/<key>`; a finished note has the plain keys.
//! What one child said never goes into another's file unasked.

use std::collections::BTreeSet;

use super::{DIMENSIONS, Values};
use crate::finding::Finding;
use crate::form::{self, Merge};
use crate::id::ChildId;
use crate::value::{Key, Value};

/// What only one child can have said: written for all, it is the first one's.
const ONES_OWN: [&str; 1] = ["child_words"];

/// Where a draft keeps what is of one child alone.
pub fn own_key(child: ChildId, key: &str) -> Key {
    format!("of/{child}/{key}")
}

/// What was written of the first child while it stood for all goes under its own key: another may come first.
pub fn name_first(values: &mut Values, children: &[ChildId]) {
    let Some(first) = children.first() else { return };
    for key in ONES_OWN {
        if let Some(value) = values.remove(key) {
            values.entry(own_key(*first, key)).or_insert(value);
        }
    }
}

/// The note of one of these children: what was written for all, and in its place what was written of it alone.
/// Words that explain an answer go with that answer.
pub fn of_child(values: &Values, children: &[ChildId], child: ChildId) -> Values {
    let head = own_key(child, "");
    let own: Values = values
        .range(head.clone()..)
        .map_while(|(key, value)| Some((key.strip_prefix(&head)?.to_owned(), value.clone())))
        .collect();
    let first = children.first().is_none_or(|first| *first == child);
    let mut note: Values = values.clone();
    note.retain(|key, _| !key.starts_with("of/") && (first || !ONES_OWN.contains(&key.as_str())));
    for key in own.keys() {
        if let Some(words) = words_of(key) {
            note.remove(&words);
        }
    }
    note.extend(own);
    // A chip of all that is not this child's.
    let set = |key: &str| form::builtin("visit").and_then(|f| f.field(key)).is_some_and(|f| f.merge == Merge::Set);
    note.retain(|key, value| *value != Value::Yes(false) || !set(key));
    // Emptied for this child though it stands for all.
    note.retain(|_, value| value.as_text() != Some(""));
    note
}

/// The key of the words that explain an answer.
fn words_of(key: &str) -> Option<Key> {
    match key {
        "met_child" => Some("unmet_reason".to_owned()),
        key if DIMENSIONS.contains(&key) => Some(format!("{key}_note")),
        _ => None,
    }
}

/// What the rules say about the notes of several children, as one list for their draft: what holds for all of
/// them once, the rest under the child's own key and with its name.
pub fn join_findings(each: &[(ChildId, &str, Vec<Finding>)]) -> Vec<Finding> {
    let Some(((_, _, first), rest)) = each.split_first() else { return Vec::new() };
    if rest.is_empty() {
        return first.clone();
    }
    let common: BTreeSet<&Finding> =
        first.iter().filter(|finding| rest.iter().all(|(_, _, found)| found.contains(finding))).collect();
    let mut joined: Vec<Finding> = first.iter().filter(|finding| common.contains(finding)).cloned().collect();
    for (child, name, found) in each {
        joined.extend(found.iter().filter(|finding| !common.contains(finding)).map(|finding| Finding {
            key: own_key(*child, &finding.key),
            text: format!("{name}：{}", finding.text),
            en: format!("{name}: {}", finding.en),
            ..finding.clone()
        }));
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: ChildId = ChildId::new([1; 16]);
    const B: ChildId = ChildId::new([2; 16]);

    fn draft() -> Values {
        let text = |key: &str, value: &str| (key.to_owned(), Value::text(value));
        let own = |child, key: &str, value: &str| (own_key(child, key), Value::text(value));
        [
            text("note", "两个孩子都在家，祖母照护，家中整洁。"),
            text("study", "3"),
            text("study_note", "明明作业没有写完"),
            text("child_words", "“想妈妈”"),
            ("hazard/1".to_owned(), Value::Yes(true)),
            own(B, "study", "2"),
            own(B, "note", "红红感冒了，在床上休息，祖母照护。"),
            (own_key(B, "hazard/1"), Value::Yes(false)),
            ("met_child".to_owned(), Value::Yes(true)),
        ]
        .into()
    }

    #[test]
    fn siblings_begin_alike_and_may_differ() {
        let (a, b) = (of_child(&draft(), &[A, B], A), of_child(&draft(), &[A, B], B));
        let text = |values: &Values, key: &str| values.get(key).and_then(Value::as_text).map(str::to_owned);
        assert_eq!(text(&a, "note").as_deref(), Some("两个孩子都在家，祖母照护，家中整洁。"));
        assert_eq!(text(&b, "note").as_deref(), Some("红红感冒了，在床上休息，祖母照护。"));
        assert_eq!((text(&a, "study").as_deref(), text(&b, "study").as_deref()), (Some("3"), Some("2")));
        assert_eq!(b.get("met_child"), Some(&Value::Yes(true)), "prefilled alike");
        assert!(a.contains_key("hazard/1") && !b.contains_key("hazard/1"), "a chip of all may be taken from one");
        for note in [&a, &b] {
            assert!(note.keys().all(|key| !key.starts_with("of/")), "{note:?}");
        }
    }

    #[test]
    fn what_one_child_said_or_what_explains_its_answer_never_stands_in_the_others_file() {
        let (a, b) = (of_child(&draft(), &[A, B], A), of_child(&draft(), &[A, B], B));
        assert!(a.contains_key("child_words") && !b.contains_key("child_words"));
        assert!(a.contains_key("study_note") && !b.contains_key("study_note"));
        assert_eq!(of_child(&draft(), &[B, A], A).get("child_words"), None, "the first is who was begun with");
    }

    #[test]
    fn findings_of_all_are_said_once_and_those_of_one_with_its_name() {
        let (common, own) = (Finding::red("mode", ("请选", "choose")), Finding::red("study", ("请填", "fill in")));
        let joined =
            join_findings(&[(A, "明明", vec![common.clone()]), (B, "红红", vec![common.clone(), own.clone()])]);
        let keys: Vec<&str> = joined.iter().map(|finding| finding.key.as_str()).collect();
        assert_eq!(keys, ["mode", &own_key(B, "study")]);
        assert_eq!(joined[1].text, "红红：请填");
        assert_eq!(join_findings(&[(A, "明明", vec![own.clone()])]), [own]);
    }
}
