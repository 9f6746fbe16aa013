//! The door: every call a screen can make, by name, with its types.
//!
//! JSON in, JSON out; each call is one function in `calls`. It must not hold rules or SQL.

use domain::fault::{Code, Fault};
use domain::moment::Moment;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::calls::{
    alarms, assess, assign, card, child, children, close, create, dayend, departed, differ, district, double, draft,
    file, follow, form, held, household, me, note, people, setting, sync, tenure, today, typed, unfinished, visit,
};
use crate::desk::Desk;
use crate::open::Done;
use crate::tag::Tag;

/// Largest argument text of a call, in bytes.
const ARGS_BYTES_MAX: usize = 1024 * 1024;
/// The same of a call that brings a picture: base64 and a little more.
const PICTURE_ARGS_BYTES_MAX: usize = crate::picture::RAW_BYTES_MAX / 3 * 4 + 8192;

/// When a call may run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum When {
    /// Only while this device may read offline: it shows or changes what is kept.
    Reading,
    /// Also after the lease, never on a stopped device: it shows what new work is begun and gone on
    /// with.
    Working,
    /// Always while unlocked: it shows nothing kept, or takes new work.
    Always,
}

/// One call.
struct Call {
    name: &'static str,
    when: When,
    run: fn(&mut Desk, &mut Moment, &[u8]) -> Result<Done, Fault>,
    /// Tags after which its answer may be another one: a screen asks again. Screens read it in
    /// the TypeScript.
    #[cfg(test)]
    listens: &'static [&'static str],
    /// Whether it only answers.
    #[cfg(test)]
    reads: bool,
}

fn look<A: DeserializeOwned, O: Serialize>(
    args: &[u8],
    run: impl FnOnce(A) -> Result<O, Fault>,
) -> Result<Done, Fault> {
    let json = written(&run(read(args)?)?)?;
    Ok(Done { json, touched: Vec::new() })
}

fn act<A: DeserializeOwned, O: Serialize>(
    args: &[u8],
    run: impl FnOnce(A) -> Result<(O, Vec<Tag>), Fault>,
) -> Result<Done, Fault> {
    let (out, touched) = run(read(args)?)?;
    Ok(Done { json: written(&out)?, touched })
}

fn read<A: DeserializeOwned>(args: &[u8]) -> Result<A, Fault> {
    serde_json::from_slice(args).map_err(|_| Code::BadCall.into())
}

fn written<O: Serialize>(out: &O) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(out).map_err(|_| Code::Bug.into())
}

macro_rules! calls {
    ($($name:literal $when:ident $kind:ident $run:path, $args:ty => $out:ty, [$($tag:literal)*];)*) => {
        const CALLS: &[Call] = &[$(Call {
            name: $name,
            when: When::$when,
            run: |desk, m, args| $kind::<$args, $out>(args, |args| $run(desk, m, args)),
            #[cfg(test)]
            listens: &[$($tag),*],
            #[cfg(test)]
            reads: matches!(stringify!($kind).as_bytes(), b"look"),
        },)*];

        #[cfg(test)]
        fn signatures(book: &mut domain::typescript::Book) {
            $(book.call::<$args, $out>($name, &[$($tag),*]);)*
        }
    };
}

calls! {
    "me" Always look me::me, me::Nothing => me::Me, ["roster"];
    "forms" Always look form::forms, me::Nothing => form::Forms, [];
    "places" Always look form::places, me::Nothing => Vec<form::Place>, [];
    "children.list" Reading look children::list, children::Filter => children::Listed, ["children" "differing" "roster" "settings"];
    "children.find" Reading look children::find, children::Find => children::Listed, ["children" "settings"];
    "children.names" Working look children::names, me::Nothing => Vec<children::Name>, ["children" "roster"];
    "children.household" Reading look household::household, child::Which => Vec<card::Card>, ["children"];
    "child.open" Reading look child::open, child::Which => child::Opened, ["child" "differing" "roster"];
    "child.reveal" Reading act child::reveal, child::Reveal => child::Revealed, [];
    "child.history" Reading look child::history, child::Which => Vec<child::Line>, ["child"];
    "child.tenures" Reading look tenure::list, child::Which => Vec<tenure::Tenure>, ["child" "roster"];
    "child.edit" Reading act child::edit, child::Edits => child::Edited, [];
    "child.undo" Reading act child::undo, child::Undo => child::Edited, [];
    "child.choose" Reading act differ::choose, differ::Choice => child::Edited, [];
    "child.close" Reading act close::close, close::Close => close::Closed, [];
    "child.reopen" Reading act close::reopen, close::Reopen => close::Closed, [];
    "child.check" Reading look child::check, child::Which => Vec<domain::finding::Finding>, ["child"];
    "child.create" Always act create::create, create::Found => create::Created, [];
    "doubles.list" Reading look double::list, me::Nothing => Vec<double::Pair>, ["children" "settings"];
    "doubles.apart" Reading act double::apart, double::Apart => me::Nothing, [];
    "visits.list" Reading look visit::list, child::Which => Vec<visit::Line>, ["visits" "sync"];
    "visits.recent" Reading look visit::recent, visit::Recent => Vec<visit::Named>, ["visits" "sync"];
    "unfinished.list" Reading look unfinished::list, child::Which => Vec<unfinished::Line>, ["visits"];
    "visit.open" Reading look visit::open, visit::Note => visit::Opened, ["record" "sync"];
    "read.day" Always look typed::day, typed::TypedDay => typed::Understood, [];
    "read.moment" Always look typed::moment, typed::TypedMoment => typed::MomentUnderstood, [];
    "visit.begin" Always act draft::begin, draft::Begin => draft::Draft, [];
    "draft.save" Always act draft::save, draft::Save => draft::Saved, [];
    "draft.open" Working look draft::open, draft::Which => draft::Draft, ["drafts"];
    "draft.state" Always look draft::compare, draft::KnownDraft => me::Nothing, ["drafts"];
    "draft.find" Working look draft::find, draft::Find => Option<draft::Draft>, ["drafts"];
    "draft.list" Working look draft::list, me::Nothing => Vec<draft::Line>, ["drafts"];
    "draft.drop" Always act draft::discard, draft::Which => me::Nothing, [];
    "visit.phrases" Always look draft::phrases, me::Nothing => draft::Phrases, ["settings"];
    "visit.complete" Always act note::complete, note::Complete => note::Completed, [];
    "visit.supplement" Always act note::supplement, note::Supplement => note::Written, [];
    "visit.review" Reading act note::review, note::Review => note::Written, [];
    "follow_up.done" Reading act follow::say_done, follow::SayDone => note::Written, [];
    "assessment.list" Reading look assess::list, child::Which => Vec<assess::AssessmentLine>, ["visits" "sync"];
    "assessment.complete" Reading act assess::complete, assess::Assess => assess::Assessed, [];
    "alarm.answer" Reading act alarms::answer, alarms::Reply => alarms::Answered, [];
    "today" Reading look today::today, me::Nothing => today::Today, ["children" "visits" "differing" "drafts" "sync" "roster"];
    "departed.seen" Reading act departed::seen, departed::SeenDeparted => me::Nothing, [];
    "dayend" Reading look dayend::dayend, dayend::Day => dayend::Dayend, ["children" "visits" "differing" "sync" "roster"];
    "held.list" Reading look held::list, me::Nothing => Vec<held::Line>, ["children" "sync" "roster"];
    "held.settle" Reading act held::settle, held::Settle => me::Nothing, [];
    "differing.list" Reading look differ::list, me::Nothing => Vec<differ::Differing>, ["differing"];
    "file.add" Always act file::add, file::Add => file::FileLine, [];
    "file.list" Reading look file::list, child::Which => Vec<file::FileLine>, ["files" "child" "sync"];
    "file.of" Working look file::of, file::Of => Vec<file::FileLine>, ["files" "record" "sync"];
    "file.thumb" Working look file::thumb, file::Which => file::Thumb, ["files"];
    "file.open" Working act file::open, file::Which => file::FileOpened, ["files"];
    "file.drop" Always act file::discard, file::Which => me::Nothing, [];
    "roster.posts" Reading look assign::posts, me::Nothing => Vec<assign::PostLine>, ["roster"];
    "roster.people" Reading look people::people, me::Nothing => Vec<people::PersonLine>, ["roster" "sync"];
    "roster.revoke" Reading act people::revoke, people::Which => me::Nothing, [];
    "roster.assign" Reading act assign::assign, assign::Assign => me::Nothing, [];
    "roster.withdraw" Reading act assign::withdraw, assign::Assign => me::Nothing, [];
    "sync.state" Always look sync::state, me::Nothing => sync::State, ["sync"];
    "district.address" Always look district::place, me::Nothing => district::Place, ["settings"];
    "district.move" Always act district::follow, district::Moved => district::Place, [];
    "settings.get" Always look setting::get, me::Nothing => setting::Settings, ["settings"];
    "settings.set" Always act setting::set, setting::Set => me::Nothing, [];
}

/// Makes one call. `NotFound` for a name that is none.
pub(crate) fn call(desk: &mut Desk, m: &mut Moment, name: &str, args: &[u8]) -> Result<Done, Fault> {
    let call = CALLS.iter().find(|call| call.name == name).ok_or(Code::NotFound)?;
    let most = if call.name == "file.add" { PICTURE_ARGS_BYTES_MAX } else { ARGS_BYTES_MAX };
    if args.len() > most {
        return Err(if call.name == "file.add" { Code::LargePicture } else { Code::BadCall }.into());
    }
    match call.when {
        When::Reading => desk.reading(m)?,
        When::Working => desk.working()?,
        When::Always => {}
    }
    (call.run)(desk, m, args)
}

#[cfg(test)]
mod tests;
