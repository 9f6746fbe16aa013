// Written by `cargo test -p client` with TONGDANG_BINDINGS=write; do not edit.
// Every call of the client: see crates/client/src/door.rs.

export type About = { child: ChildId, findings: Array<Finding>, };

export type AddFile = { 
/**
 * Whose, with `about`; with `draft`, of which child of several alone.
 */
child?: ChildId, 
/**
 * The draft it belongs to; in place of `about`.
 */
draft?: RecordId, 
/**
 * The record it belongs to: a finished note, or a child's file.
 */
about?: RecordId, 
/**
 * The field it stands under, e.g. `attach`, `photo`.
 */
field: string, 
/**
 * What its maker called it.
 */
name: string, 
/**
 * The picture as it is, base64; at most 15 MB before that.
 */
data: string, };

export type Alarm = { record: RecordId, 
/**
 * `visit` or `assessment`.
 */
form: string, child: ChildId, 
/**
 * The child's name.
 */
name: string, 
/**
 * False where it is only a question (建议升).
 */
danger: boolean, 
/**
 * Why, as far as this person is told.
 */
causes: Array<Words>, 
/**
 * What to do now.
 */
what_to_do: Array<Words>, 
/**
 * How the note begins; the assessment's reason.
 */
opening: string, 
/**
 * Who wrote it and when.
 */
who: Who, 
/**
 * What the station answered; the first of several.
 */
answer: AlarmAnswer | null, 
/**
 * Whether this person may answer now.
 */
may_answer: boolean, };

export type AlarmAnswer = { text: string, who: Who, };

export type AlarmMark = "danger" | "question" | "answered_danger" | "answered_question";

export type AnswerAlarm = { 
/**
 * The note or the assessment that raises it.
 */
record: RecordId, 
/**
 * What the station does.
 */
text: string, 
/**
 * Its draft; it goes when the answer is written.
 */
draft?: RecordId, };

export type Answered = { review: RecordId | null, findings: Array<Finding>, };

export type ApartPair = { first: ChildId, second: ChildId, 
/**
 * They are of two children; `false` takes it back.
 */
apart: boolean, };

export type Area = string;

export type Assess = { child: ChildId, values: { [key in string]: Value }, 
/**
 * Its draft; it goes when the assessment is written.
 */
draft?: RecordId, };

export type Assessed = { record: RecordId | null, findings: Array<Finding>, };

export type AssessmentLine = { record: RecordId, level: Coded | null, 
/**
 * The day it speaks of.
 */
date: string, reason: string, basis: string, who: Who, 
/**
 * Whether the district has it in its log.
 */
received: boolean, };

export type Assign = { children: Array<ChildId>, post: PostId, };

export type BeginVisit = { 
/**
 * One child, or several of one household.
 */
children: Array<ChildId>, };

export type Card = { child: ChildId, name: string, sex: string, birth: string | null, age: number | null, 
/**
 * What the child is looked after for; the secret one (C1) is never among them.
 */
categories: Array<Coded>, risk: Coded | null, area: Place | null, posts: Array<Charge>, 
/**
 * `****0018`
 */
id_end: string | null, phone: string | null, school: string | null, 
/**
 * Fields that must be filled and are not.
 */
missing: number, 
/**
 * Values two people wrote differently.
 */
differs: number, last_visit: string | null, last_met: string | null, 
/**
 * Tries in a row without meeting the child.
 */
unmet: number, 
/**
 * The gravest alarm about the child that nobody answered yet.
 */
alarm: AlarmMark | null, 
/**
 * How the file is closed; nothing is due of a closed one.
 */
closed: FileClosed | null, next_due: Day | null, due: State | null, 
/**
 * How the name is said, for sorting on the screen.
 */
sorted: string, 
/**
 * In an answer to a search: why the child stands in it, where it is not simply its name.
 */
why: Array<Why>, 
/**
 * What this person may do with the child.
 */
may: Array<Offer>, };

export type CellShown = { 
/**
 * The value; left out where it is masked.
 */
value: Value | null, 
/**
 * In words.
 */
text: string, 
/**
 * Whether to ask `child.reveal` for the whole.
 */
masked: boolean, 
/**
 * Whether two people wrote differently and somebody must choose.
 */
differs: boolean, 
/**
 * All that was said, the oldest first; more than one only when it differs.
 */
said: Array<Saying>, };

export type Charge = { post: PostId, role: Role, person: string, 
/**
 * Whether this person may take the child back from it (收回).
 */
may_take: boolean, };

export type ChildFile = { card: Card, sections: Array<Section>, findings: Array<Finding>, 
/**
 * What is still to be collected, in the order of the page; 未采集 too.
 */
missing: Array<string>, 
/**
 * 告急: what the station has not answered yet.
 */
alarms: Array<Alarm>, };

export type ChildId = string;

export type ChildName = { child: ChildId, name: string, 
/**
 * The community's name.
 */
area: string, };

export type Choice = { record: RecordId, key: string, 
/**
 * One of the values said, or another one.
 */
value: Value, };

export type Class = "ordinary" | "sensitive" | "sealed";

export type CloseFile = { child: ChildId, values: { [key in string]: Value }, };

export type Coded = { code: string, name: string, };

export type Complete = { 
/**
 * The draft; it goes when the note is finished.
 */
draft?: RecordId, 
/**
 * In place of the draft's.
 */
children?: Array<ChildId>, 
/**
 * In place of the draft's.
 */
values?: { [key in string]: Value }, 
/**
 * What the page knows of the draft; one that is behind finishes nothing it has not seen.
 */
version?: number, };

export type Completed = { records: Array<Finished>, findings: Array<About>, };

export type CountryPlace = { code: Area, name: string, };

export type Created = { 
/**
 * `None` when something red stands in the way, or files that may be of the same child are
 * to be looked at first.
 */
child: ChildId | null, findings: Array<Finding>, 
/**
 * Files here that may be of the same child.
 */
doubles: Array<Card>, };

export type Crowded = { day: Day, children: number, };

export type Day = string;

export type Dayend = { day: Day, 
/**
 * 告急: what the station has not answered yet, of all days.
 */
alarms: Array<Alarm>, 
/**
 * How many there are.
 */
alarms_total: number, sum: Sum, 
/**
 * A line a director and computer; of others who work here the computers that ask for something.
 */
directors: Array<Director>, 
/**
 * Notes finished that day.
 */
visits: Array<NamedVisit>, 
/**
 * Visits to one child by different people within two hours: possibly one visit, written twice.
 */
together: Array<Together>, 
/**
 * What changed that day in files, child by child.
 */
files: Array<FileChanged>, 
/**
 * Of the new files, those an import began: “导入 n 份”.
 */
imported: number, differing: Array<Differing>, 
/**
 * What was settled that day and still stands, the newest first.
 */
settled: Array<SettledDiffer>, };

export type Departed = { child: ChildId, 
/**
 * The child's name, while she still sees it.
 */
name: string | null, } & ({ "how": "handed", person: string, } | { "how": "withdrawn" } | { "how": "street" } | { "how": "community", place: string, });

export type DeviceId = string;

export type DeviceLine = { device: DeviceId, 
/**
 * What people call it.
 */
label: string, 
/**
 * When its row in the roster was signed, as far as known here.
 */
enrolled: Timestamp | null, 
/**
 * When it was last in touch with the district, also without uploading anything. This computer knows its own
 * last sync; of another the server tells stations and the centre.
 */
last_contact: Timestamp | null, 
/**
 * Six digits that the computer itself showed when it was enrolled.
 */
digits: string, 
/**
 * 已停用
 */
stopped: boolean, 
/**
 * Whether it is the one this is shown on.
 */
mine: boolean, 
/**
 * Whether this person may stop it.
 */
may_stop: boolean, };

export type Differing = { child: ChildId, name: string, record: RecordId, key: string, label: Words, 
/**
 * Whose it is, where it is not the child's own: “祖母 王秀英”.
 */
whose: Words | null, 
/**
 * What stood there before, as far as those who wrote knew; empty where nothing did.
 */
before: Array<string>, 
/**
 * What it holds, so that another value can be written; `None` when the form no longer has it.
 */
kind: Kind | null, 
/**
 * Every value with who, when and on which device.
 */
cell: CellShown, may_choose: boolean, };

export type Director = { person: PersonId, name: string, 
/**
 * What she is or was, where she was no director here that day.
 */
other: OtherAtWork | null, unit: string, area: Area | null, 
/**
 * `None` for a director without a computer that works.
 */
device: DeviceId | null, label: string, in_touch: InTouch, 
/**
 * Why it counts as not in touch.
 */
why: Words | null, 
/**
 * When it was last in touch with the district.
 */
last_contact: Timestamp | null, 
/**
 * Notes made that day.
 */
made: number, 
/**
 * Of those, in the district's log.
 */
received: number, 
/**
 * Of those, here and not yet in the log.
 */
waiting: number, 
/**
 * Numbers missing before an envelope of that day, or of those it said that day it has.
 */
missing: Array<number>, 
/**
 * Numbers missing otherwise.
 */
missing_earlier: number, 
/**
 * Items the server keeps aside with a reason (待认领), of all days.
 */
held: number, 
/**
 * Items it kept aside that somebody decided on: taken over and on their way, sent back, or
 * only kept. What was taken over and is in the log counts with what was received.
 */
settled: number, };

export type DistrictAddress = { 
/**
 * Host and port this computer asks.
 */
address: string, };

export type DistrictMoved = { 
/**
 * As the centre says it: a name or numbers, with or without a port.
 */
address: string, };

export type Draft = { draft: RecordId, form: string, children: Array<ChildId>, about: RecordId | null, 
/**
 * By record key; what is of one child of several alone under `of/<child>/<key>`.
 */
values: { [key in string]: Value }, version: number, begun: Timestamp, saved: Timestamp, 
/**
 * What is still to do before 完成.
 */
findings: Array<Finding>, };

export type DraftLine = { draft: RecordId, form: string, children: Array<ChildId>, about: RecordId | null, names: Array<string>, opening: string, saved: Timestamp, };

export type DueFilter = "overdue" | "today" | "coming" | "later";

export type Edited = { 
/**
 * Keys that were written.
 */
saved: Array<string>, 
/**
 * About the keys edited: red ones were not written, yellow ones were.
 */
findings: Array<Finding>, 
/**
 * What new rows are called now.
 */
rows: { [key in string]: string }, };

export type Edits = { child: ChildId, edits: Array<FieldEdit>, };

export type Entry = { 
/**
 * What is stored.
 */
code: string, 
/**
 * What people read.
 */
name: string, 
/**
 * The same in English.
 */
en: string, };

export type Field = { 
/**
 * Key in the record.
 */
key: string, 
/**
 * Chinese label.
 */
title: string, 
/**
 * English label.
 */
en: string, 
/**
 * Help text in Chinese.
 */
help: string, 
/**
 * The same in English.
 */
help_en: string, 
/**
 * Section, e.g. `A`.
 */
group: string, 
/**
 * What it holds.
 */
kind: Kind, 
/**
 * What happens when two differ.
 */
merge: Merge, 
/**
 * When it must be filled.
 */
need: Need, 
/**
 * Whether "unknown / not collected" is an answer.
 */
unknown: boolean, 
/**
 * Code table id.
 */
code: string | null, 
/**
 * Most characters.
 */
max: number, 
/**
 * Heading synonyms for import; the title is always one.
 */
excel: Array<string>, 
/**
 * Found by pinyin.
 */
pinyin: boolean, 
/**
 * Masked until asked for.
 */
mask: Mask | null, 
/**
 * Who may write it (only with [`Merge::Authority`]).
 */
authority: Array<Role>, 
/**
 * Columns of repeating rows.
 */
columns: Array<Field>, 
/**
 * Computed, never written.
 */
computed: boolean, 
/**
 * Written once by the program, never by hand (`x-given`).
 */
given: boolean, 
/**
 * Which day is meant where nobody writes the year (`x-near`); `None`: the year must be written.
 */
near: Near | null, 
/**
 * Keys this field had in older versions of the form (`x-was`).
 */
was: Array<string>, };

export type FieldEdit = { "set": { 
/**
 * Which key.
 */
key: string, 
/**
 * `null` means 未采集.
 */
value: Value, } } | { "clear": { 
/**
 * Which key.
 */
key: string, } };

export type FileChanged = { child: ChildId, name: string, 
/**
 * Begun that day.
 */
new: boolean, 
/**
 * What changed; empty of a new file, where all did: a ledger brings hundreds at once.
 */
lines: Array<HistoryLine>, };

export type FileClosed = { why: Coded, on: string | null, };

export type FileClosedAnswer = { done: boolean, findings: Array<Finding>, };

export type FileLine = { file: RecordId, about: RecordId, 
/**
 * Whose; of a draft: of which child of several alone, `None` for all of them.
 */
child: ChildId | null, field: string, name: string, media: string, 
/**
 * Bytes.
 */
size: number, at: Timestamp, who: Who | null, 
/**
 * Whether it can be shown whole without a connection.
 */
here: boolean, 
/**
 * Whether the district has all of it.
 */
sent: boolean, 
/**
 * Whether it belongs to a draft, and can be taken out.
 */
draft: boolean, };

export type FileOpened = { media: string, name: string, 
/**
 * Base64; `None` while it is not here: it was asked for, and `files` is touched when it came.
 */
data: string | null, };

export type FilesOf = { about: RecordId, };

export type Filter = { 
/**
 * Any of these categories.
 */
categories?: Array<string>, 
/**
 * Any of these levels.
 */
risk?: Array<string>, 
/**
 * How the next visit stands.
 */
due?: Array<DueFilter>, 
/**
 * In this community, street or district.
 */
area?: Area, 
/**
 * In this post's charge.
 */
post?: PostId, 
/**
 * Only with something missing, or something two people wrote differently.
 */
missing?: boolean, differs?: boolean, 
/**
 * 已结案: closed files, and no others; left out, open ones only.
 */
closed?: boolean, 
/**
 * 未评估: without a level of risk.
 */
unassessed?: boolean, 
/**
 * 本月未访: no visit in this month.
 */
unvisited?: boolean, 
/**
 * Due on this day.
 */
due_on?: Day, 
/**
 * Searched as the search box does.
 */
text?: string, sort?: Sort, };

export type Find = { text: string, 
/**
 * At most so many; 20 when left out.
 */
most?: number, };

export type FindDraft = { 
/**
 * `supplement`, `review`, `alarm` (the answer to one), `assessment`, `child` (a registration).
 */
form: string, 
/**
 * Of an assessment.
 */
child?: ChildId, 
/**
 * The note a supplement or a review is about; what raises the alarm.
 */
about?: RecordId, };

export type Finding = { 
/**
 * The field, as a record key.
 */
key: string, 
/**
 * How grave.
 */
level: Level, 
/**
 * True when something is not filled in yet, rather than filled in wrongly.
 */
missing: boolean, 
/**
 * What to do, in Chinese.
 */
text: string, 
/**
 * The same in English.
 */
en: string, };

export type Finished = { child: ChildId, 
/**
 * Whose visit it was; said also when the child has gone to somebody else meanwhile.
 */
name: string, visit: RecordId, 
/**
 * When the child is to be visited again, as every list says it.
 */
next_visit: string | null, };

export type FollowUp = { 
/**
 * The note it stands in.
 */
visit: RecordId, row: string, child: ChildId, name: string, 
/**
 * What is to be done.
 */
item: string, 
/**
 * Until when, as it was written.
 */
due: string | null, 
/**
 * How that stands to today, where it is a day.
 */
state: State | null, 
/**
 * Who said that it is done.
 */
done: Who | null, 
/**
 * Whether this person may say that it is done, or that it is to be done after all.
 */
may_say: boolean, };

export type Form = { 
/**
 * Its id, e.g. `child`.
 */
id: string, 
/**
 * Version; stands in the record under [`VERSION_KEY`].
 */
version: number, 
/**
 * Chinese title.
 */
title: string, 
/**
 * English title.
 */
en: string, 
/**
 * How widely it may be seen.
 */
class: Class, 
/**
 * An event: one author, one change at 完成, never changed.
 */
event: boolean, 
/**
 * The fields in the order of the page.
 */
fields: Array<Field>, };

export type Forms = { forms: Array<Form>, 
/**
 * Without what may not be chosen here: a category that stands in sealed files only.
 */
codes: Array<Table>, };

export type Found = { 
/**
 * The community; one of this person's own.
 */
area: Area, 
/**
 * What is known: keys of both records of the file. At least the name.
 */
values: { [key in string]: Value }, 
/**
 * True once the finder has looked at the files that may be of the same child.
 */
sure: boolean, 
/**
 * Its draft; it goes when the child is registered.
 */
draft?: RecordId, };

export type Held = { record: RecordId, 
/**
 * 走访记录
 */
form: Words, child: ChildId | null, name: string | null, at: Timestamp, 
/**
 * Why, and what will happen.
 */
why: Words, 
/**
 * What was written, a line a field.
 */
written: Array<Words>, };

export type HeldDeed = "take" | "return" | "shelve" | "reopen";

export type HeldStanding = "open" | "returned" | "shelved";

export type HeldWork = { 
/**
 * The computer it was written on; with `record` it names the work.
 */
device: DeviceId, record: RecordId, child: ChildId, name: string, 
/**
 * 走访记录
 */
form: Words, 
/**
 * Who wrote it, and when.
 */
who: Who, 
/**
 * Why it is not in the file.
 */
why: Words, 
/**
 * What was written, a line a field.
 */
written: Array<Words>, 
/**
 * How many items it is, photographs too.
 */
items: number, 
/**
 * Photographs that go with it.
 */
photos: number, standing: HeldStanding, 
/**
 * Whether it can be taken over; otherwise it can only be sent back or kept.
 */
may_take: boolean, 
/**
 * A draft that was handed in (没写完的): taken over it stands in the file as a remark (留作备注), never as what
 * it was to become.
 */
unfinished: boolean, 
/**
 * Whose decision it is that it no longer asks, and when.
 */
settled: Who | null, 
/**
 * The reason that was given.
 */
reason: string, };

export type HistoryLine = { record: RecordId, form: string, 
/**
 * The change, for `child.undo`.
 */
change: string, key: string, label: Words, before: Array<string>, after: string | null, who: Who, at: Timestamp, 
/**
 * Who took it over (认领), and when: it was written by somebody who had the child no longer.
 */
taken: Who | null, 
/**
 * Whether this person may take the change back it is part of.
 */
may_undo: boolean, 
/**
 * The whole in one sentence.
 */
words: Words, };

export type InTouch = "handed_in" | "quiet" | "not";

export type Kind = "text" | "name" | "long_text" | "day" | "month" | "time" | "int" | "money" | "decimal" | "yes" | "code" | "codes" | "id_no" | "tel" | "area" | "ref" | "rows" | "files";

export type KnownDraft = { draft: RecordId, version: number, };

export type Level = "red" | "yellow";

export type Listed = { cards: Array<Card>, 
/**
 * How many open files there are without any filter.
 */
total: number, };

export type Mask = "id_no" | "tel" | "bank";

export type Me = { 
/**
 * The district's name.
 */
district: string, person: PersonId, name: string, device: DeviceId, 
/**
 * What people call the device.
 */
label: string, 
/**
 * Posts held today.
 */
posts: Array<MyPost>, 
/**
 * Whether she works at a station or the centre: settles, reviews, sees a day's end.
 */
station: boolean, 
/**
 * What she may do with children of her posts.
 */
may: Array<Offer>, 
/**
 * Communities she may register a child in.
 */
registers: Array<Place>, now: Timestamp, };

export type Member = { key: string, code: Coded, who: Who | null, };

export type Merge = "register" | "text" | "set" | "rows" | "higher" | "authority";

export type MomentUnderstood = { day: Understood, time: Understood, 
/**
 * What to keep: the moment, or both texts until they can be read.
 */
value: string, };

export type MyPost = { post: PostId, role: Role, 
/**
 * 儿童主任
 */
title: Words, unit: string, area: Area | null, };

export type NamedVisit = { 
/**
 * The child's name.
 */
name: string, record: RecordId, child: ChildId, 
/**
 * When the visit was, RFC 3339.
 */
visit_at: string, mode: Coded, met: boolean, next_visit: string | null, 
/**
 * How the note begins.
 */
opening: string, 
/**
 * Who finished it and when.
 */
who: Who, standing: Standing, 
/**
 * Whether it raises an alarm, and whether that was answered.
 */
alarm: AlarmMark | null, supplements: number, 
/**
 * Whether the district has it in its log.
 */
received: boolean, 
/**
 * Who took it over (认领), and when: it was written by somebody who had the child no longer.
 */
taken: Who | null, 
/**
 * What this person may do with it.
 */
may: Array<Offer>, };

export type Near = "past" | "coming";

export type Need = "must" | "when" | "may";

export type Nothing = Record<symbol, never>;

export type Offer = "visit" | "assess" | "edit" | "choose" | "hand" | "close" | "reopen" | "review" | "supplement" | "photograph" | "register";

export type OtherAtWork = { title: Words, ended: boolean, };

export type Pair = { first: Card, second: Card, why: Same, };

export type PersonId = string;

export type PersonLine = { person: PersonId, name: string, 
/**
 * Posts held today; none of somebody who left and still has a computer.
 */
posts: Array<PostLine>, 
/**
 * Stopped ones too, the oldest first.
 */
devices: Array<DeviceLine>, };

export type Phrases = { 
/**
 * Everybody's.
 */
usual: Array<string>, 
/**
 * This person's own: the setting `phrases`, a list of texts.
 */
own: Array<string>, };

export type Place = { code: Area, name: string, };

export type PostId = string;

export type PostLine = { post: PostId, role: Role, title: Words, person: string, unit: string, area: Area | null, 
/**
 * How many children it has, without closed files.
 */
children: number, 
/**
 * Whether this person may put children into its charge.
 */
may_hand: boolean, };

export type RecentVisits = { 
/**
 * At most so many; 50 when left out.
 */
most?: number, };

export type RecordId = string;

export type Remark = { record: RecordId, 
/**
 * `supplement` or `review`.
 */
form: string, 
/**
 * Of a review.
 */
verdict: Coded | null, text: string, who: Who, };

export type ReopenFile = { child: ChildId, why: string, };

export type Returned = { 
/**
 * The child's name.
 */
name: string, 
/**
 * What the station wants to know.
 */
asked: string, record: RecordId, child: ChildId, 
/**
 * When the visit was, RFC 3339.
 */
visit_at: string, mode: Coded, met: boolean, next_visit: string | null, 
/**
 * How the note begins.
 */
opening: string, 
/**
 * Who finished it and when.
 */
who: Who, standing: Standing, 
/**
 * Whether it raises an alarm, and whether that was answered.
 */
alarm: AlarmMark | null, supplements: number, 
/**
 * Whether the district has it in its log.
 */
received: boolean, 
/**
 * Who took it over (认领), and when: it was written by somebody who had the child no longer.
 */
taken: Who | null, 
/**
 * What this person may do with it.
 */
may: Array<Offer>, };

export type Reveal = { child: ChildId, key: string, 
/**
 * Why she needs it; stands in the audit.
 */
reason: string, };

export type Revealed = { value: Value, text: string, };

export type Review = { visit: RecordId, 
/**
 * `1` 已阅, `2` 退回补充.
 */
verdict: string, 
/**
 * What is to be supplemented.
 */
note?: string, 
/**
 * Its draft; it goes when the review is written.
 */
draft?: RecordId, };

export type Role = "director" | "supervisor" | "specialist" | "social_worker" | "centre_admin" | "centre_officer" | "centre_leader";

export type RowShown = { 
/**
 * Its id, or its code where the field names a table.
 */
row: string, 
/**
 * The code's name.
 */
name: string | null, fields: Array<Shown>, };

export type Same = "document" | "name_and_birth";

export type SaveDraft = { 
/**
 * Left out for a new one.
 */
draft?: RecordId, 
/**
 * `visit` when left out; `supplement`, `review`, `alarm` (the answer to one), `assessment`, `child` (a
 * registration).
 */
form?: string, 
/**
 * Whom it is about; left out for a supplement or a review, and for a registration there is nobody yet.
 */
children?: Array<ChildId>, 
/**
 * The note a supplement or a review is about.
 */
about?: RecordId, 
/**
 * The whole as it now stands.
 */
values: { [key in string]: Value }, 
/**
 * What the page knows to be on the disk; a page that is behind is refused. Left out, nothing is compared.
 */
version?: number, };

export type SavedDraft = { draft: RecordId, 
/**
 * For whom it now is: without a child that went to somebody else meanwhile.
 */
children: Array<ChildId>, version: number, saved: Timestamp, findings: Array<Finding>, };

export type SayDone = { visit: RecordId, row: string, done: boolean, 
/**
 * In words; a sentence of the program's where nothing is said.
 */
text?: string, };

export type Saying = { value: Value | null, text: string, who: Who, 
/**
 * The change that wrote it, for `child.undo`.
 */
change: string, };

export type Section = { group: string, fields: Array<Shown>, };

export type SeenDeparted = { children: Array<ChildId>, };

export type SentBack = { 
/**
 * 走访记录
 */
form: Words, 
/**
 * The child's name, while she still sees the child.
 */
name: string | null, 
/**
 * When she wrote it.
 */
at: Timestamp, reason: string, 
/**
 * Who sent it back, and when.
 */
who: Who, };

export type SetSetting = { key: string, value: unknown, };

export type Settings = { values: Record<string, unknown>, };

export type SettleHeld = { device: DeviceId, record: RecordId, deed: HeldDeed, 
/**
 * Why; of 退回 never empty. Its author reads it, the child's name does not belong here.
 */
reason?: string, };

export type SettledDiffer = { child: ChildId, name: string, record: RecordId, key: string, label: Words, whose: Words | null, 
/**
 * What was chosen, in words.
 */
text: string, who: Who, 
/**
 * The change that chose, for `child.undo`.
 */
change: string, 
/**
 * Whether this person may take it back (改回).
 */
may_undo: boolean, };

export type Shown = { 
/**
 * The whole key, e.g. `family/<row>/name`.
 */
key: string, form: string, 
/**
 * `None` while the record does not exist.
 */
record: RecordId | null, title: string, en: string, help: string, help_en: string, kind: Kind, merge: Merge, need: Need, 
/**
 * Code table.
 */
code: string | null, 
/**
 * Whether "未采集" is an answer.
 */
unknown: boolean, max: number, 
/**
 * Filled by the program, not by hand.
 */
computed: boolean, cell: CellShown | null, 
/**
 * Of a set: what is in it.
 */
members: Array<Member>, 
/**
 * Of repeating rows: the rows.
 */
rows: Array<RowShown>, };

export type SiblingNote = { visit: RecordId, child: ChildId, name: string, };

export type Sort = "due" | "name" | "risk" | "visit";

export type Standing = "finished" | "read" | "returned" | "supplemented";

export type State = { "state": "overdue", 
/**
 * Days since it was due.
 */
days: number, } | { "state": "today" } | { "state": "coming", 
/**
 * Days until it is due.
 */
days: number, } | { "state": "later", 
/**
 * Days until it is due.
 */
days: number, };

export type Sum = { directors: number, 
/**
 * As of when all of this is: the last exchange with the district that ended well.
 */
as_of: Timestamp | null, 
/**
 * Visits of that day known here.
 */
visits: number, 
/**
 * Of those, in the district's log. What stands on a computer that was not in touch since nobody here can
 * know: the computers are named.
 */
received: number, 
/**
 * Of those, written here and not yet in the log.
 */
waiting: number, 
/**
 * Numbers missing in the chains of that day.
 */
missing: number, 
/**
 * Values two people wrote differently.
 */
to_decide: number, 
/**
 * Items kept aside that wait to be claimed, of all days.
 */
held: number, 
/**
 * Computers that were not in touch since they may have been worked on.
 */
no_contact: number, 
/**
 * When the one that was in touch the longest ago was: what was written on it since, nobody here can know.
 */
earliest: Timestamp | null, 
/**
 * Directors who have no computer that works: what they did is not in any of these figures.
 */
without: Array<string>, 
/**
 * The district did not work with this program on that day yet.
 */
before: boolean, 
/**
 * 都核对完了: every computer was in touch on that day, of an earlier day after it; all that was handed in by then is
 * here, and nothing is left to settle. It speaks as of `earliest`.
 */
complete: boolean, 
/**
 * “截至 16:03，131 位主任，今日收到走访 412 次，缺 0，待核对 3”
 */
sentence: Words, };

export type Supplement = { visit: RecordId, text: string, 
/**
 * Notes of the same visit about other children that these words are about, too.
 */
also?: Array<RecordId>, 
/**
 * Its draft; it goes when the supplement is written.
 */
draft?: RecordId, };

export type SyncState = { 
/**
 * The status line in words.
 */
line: string, 
/**
 * 已保存在本机, still to be sent.
 */
waiting: number, 
/**
 * 已送达区中心, not yet in a compared backup.
 */
received: number, 
/**
 * 已备份
 */
backed_up: number, 
/**
 * Pieces of photographs still to be sent, after all text.
 */
pieces_waiting: number, 
/**
 * Photographs with such pieces.
 */
files_waiting: number, 
/**
 * When the last exchange ended well.
 */
synced: Timestamp | null, 
/**
 * Until when this device may read without a connection.
 */
lease: Timestamp | null, 
/**
 * The centre's server was restored and waits for a station before it gives rows.
 */
restoring: boolean, revoked: boolean, held: Array<Held>, 
/**
 * Work of this person's, from whichever computer, that a station sent back in the last
 * thirty days; the newest first.
 */
returned: Array<SentBack>, };

export type Table = { 
/**
 * Its id, as `x-code` names it.
 */
id: string, 
/**
 * Chinese title.
 */
title: string, 
/**
 * English title.
 */
en: string, 
/**
 * The code that asks for words of one's own, if there is one.
 */
other: string | null, 
/**
 * The codes in the order of the standard.
 */
entries: Array<Entry>, };

export type Tenure = { 
/**
 * Who had it; "（名册里没有）" when she works where nobody here can see.
 */
person: Words, 
/**
 * 儿童主任
 */
title: Words, unit: string, area: Area | null, 
/**
 * Who gave it to her, and when.
 */
given: Who | null, 
/**
 * Who took it from her, and when; `None` while she has it.
 */
taken: Who | null, 
/**
 * Her post ended on this day though nobody took the child from her.
 */
ended: Day | null, 
/**
 * Whether she has it now.
 */
now: boolean, };

export type Thumb = { 
/**
 * A JPEG, base64; `None` while it is not here.
 */
data: string | null, };

export type Timestamp = number;

export type Today = { 
/**
 * 告急: what the station has not answered yet.
 */
alarms: Array<Alarm>, 
/**
 * How many there are.
 */
alarms_total: number, 
/**
 * 逾期, the longest first.
 */
overdue: Array<Card>, 
/**
 * 今天应访
 */
due: Array<Card>, 
/**
 * 将到期
 */
coming: Array<Card>, 
/**
 * Not met several times in a row: think of the risk level.
 */
unmet: Array<Card>, 
/**
 * 没有负责人, the first of them; none for who looks after her own children only.
 */
unassigned: Array<Unassigned>, 
/**
 * How many there are.
 */
unassigned_total: number, 
/**
 * Children that left and of whom nobody has read it yet.
 */
departed: Array<Departed>, 
/**
 * Notes sent back to be supplemented, and those supplemented since.
 */
returned: Array<Returned>, 
/**
 * Notes the day's end still offers this person to look at, of the last days; 0 for who reviews none.
 */
unread: number, 
/**
 * The oldest day's end that offers one.
 */
unread_since: Day | null, 
/**
 * What visits left to be done, the first of it.
 */
follow_ups: Array<FollowUp>, 
/**
 * How much there is.
 */
follow_ups_total: number, 
/**
 * Open files without a level of risk; 0 for who assesses none.
 */
unassessed: number, 
/**
 * A coming day on which more are due than anybody visits in a day.
 */
crowded: Crowded | null, differing: Array<Differing>, drafts: number, 
/**
 * Items still to be sent.
 */
waiting: number, };

export type Together = { child: ChildId, visits: [RecordId, RecordId], };

export type TypedDay = { text: string, 
/**
 * Which day is meant where the year is not written; `null` where it must be.
 */
near: Near | null, };

export type TypedMoment = { day: string, time: string, };

export type Unassigned = { 
/**
 * Since which day, as far as known here.
 */
since: Day | null, child: ChildId, name: string, sex: string, birth: string | null, age: number | null, 
/**
 * What the child is looked after for; the secret one (C1) is never among them.
 */
categories: Array<Coded>, risk: Coded | null, area: Place | null, posts: Array<Charge>, 
/**
 * `****0018`
 */
id_end: string | null, phone: string | null, school: string | null, 
/**
 * Fields that must be filled and are not.
 */
missing: number, 
/**
 * Values two people wrote differently.
 */
differs: number, last_visit: string | null, last_met: string | null, 
/**
 * Tries in a row without meeting the child.
 */
unmet: number, 
/**
 * The gravest alarm about the child that nobody answered yet.
 */
alarm: AlarmMark | null, 
/**
 * How the file is closed; nothing is due of a closed one.
 */
closed: FileClosed | null, next_due: Day | null, due: State | null, 
/**
 * How the name is said, for sorting on the screen.
 */
sorted: string, 
/**
 * In an answer to a search: why the child stands in it, where it is not simply its name.
 */
why: Array<Why>, 
/**
 * What this person may do with the child.
 */
may: Array<Offer>, };

export type Understood = { 
/**
 * The normal form; what cannot be read stays as it was typed.
 */
text: string, 
/**
 * What to do, where it cannot be read.
 */
problem: Words | null, };

export type Undo = { record: RecordId, change: string, };

export type UnfinishedLine = { record: RecordId, 
/**
 * 没写完的走访记录
 */
form: Words, 
/**
 * Who wrote it, and when it was handed in.
 */
who: Who, 
/**
 * What was written, what the program had filled in, what nobody answered.
 */
written: Array<Words>, 
/**
 * Who kept it as a remark, and when.
 */
kept: Who | null, };

export type Value = null | boolean | number | string;

export type VisitLine = { record: RecordId, child: ChildId, 
/**
 * When the visit was, RFC 3339.
 */
visit_at: string, mode: Coded, met: boolean, next_visit: string | null, 
/**
 * How the note begins.
 */
opening: string, 
/**
 * Who finished it and when.
 */
who: Who, standing: Standing, 
/**
 * Whether it raises an alarm, and whether that was answered.
 */
alarm: AlarmMark | null, supplements: number, 
/**
 * Whether the district has it in its log.
 */
received: boolean, 
/**
 * Who took it over (认领), and when: it was written by somebody who had the child no longer.
 */
taken: Who | null, 
/**
 * What this person may do with it.
 */
may: Array<Offer>, };

export type VisitNote = { line: VisitLine, card: Card, sections: Array<Section>, remarks: Array<Remark>, 
/**
 * What was to be done afterwards, and what became of it.
 */
follow_ups: Array<FollowUp>, 
/**
 * The notes of the same visit about other children, for who may see them.
 */
siblings: Array<SiblingNote>, 
/**
 * What it raises alarm for, what to do now, and what the station answered.
 */
alarm: Alarm | null, };

export type WhichChild = { child: ChildId, };

export type WhichDay = { day?: Day, };

export type WhichDevice = { device: DeviceId, };

export type WhichDraft = { draft: RecordId, };

export type WhichFile = { file: RecordId, };

export type WhichVisit = { visit: RecordId, };

export type Who = { 
/**
 * Her name; "（名册里没有）" when unknown here.
 */
person: string, 
/**
 * What people call the device.
 */
device: string, 
/**
 * The device, where it is known here.
 */
device_id: DeviceId | null, 
/**
 * Whether it is this device.
 */
own: boolean, at: Timestamp, };

export type Why = { "by": "former", name: string, } | { "by": "guardian", name: string, } | { "by": "family", name: string, } | { "by": "id_no", end: string, } | { "by": "phone", end: string, } | { "by": "number", end: string, } | { "by": "school", name: string, } | { "by": "address", part: string, } | { "by": "reading", character: string, read: string, };

export type Words = { 
/**
 * In Chinese.
 */
text: string, 
/**
 * In English.
 */
en: string, };

export type Written = { record: RecordId | null, findings: Array<Finding>, };

/** Arguments and answer of every call. */
export type Calls = {
  "me": { args: Nothing; answer: Me };
  "forms": { args: Nothing; answer: Forms };
  "places": { args: Nothing; answer: Array<CountryPlace> };
  "children.list": { args: Filter; answer: Listed };
  "children.find": { args: Find; answer: Listed };
  "children.names": { args: Nothing; answer: Array<ChildName> };
  "children.household": { args: WhichChild; answer: Array<Card> };
  "child.open": { args: WhichChild; answer: ChildFile };
  "child.reveal": { args: Reveal; answer: Revealed };
  "child.history": { args: WhichChild; answer: Array<HistoryLine> };
  "child.tenures": { args: WhichChild; answer: Array<Tenure> };
  "child.edit": { args: Edits; answer: Edited };
  "child.undo": { args: Undo; answer: Edited };
  "child.choose": { args: Choice; answer: Edited };
  "child.close": { args: CloseFile; answer: FileClosedAnswer };
  "child.reopen": { args: ReopenFile; answer: FileClosedAnswer };
  "child.check": { args: WhichChild; answer: Array<Finding> };
  "child.create": { args: Found; answer: Created };
  "doubles.list": { args: Nothing; answer: Array<Pair> };
  "doubles.apart": { args: ApartPair; answer: Nothing };
  "visits.list": { args: WhichChild; answer: Array<VisitLine> };
  "visits.recent": { args: RecentVisits; answer: Array<NamedVisit> };
  "unfinished.list": { args: WhichChild; answer: Array<UnfinishedLine> };
  "visit.open": { args: WhichVisit; answer: VisitNote };
  "read.day": { args: TypedDay; answer: Understood };
  "read.moment": { args: TypedMoment; answer: MomentUnderstood };
  "visit.begin": { args: BeginVisit; answer: Draft };
  "draft.save": { args: SaveDraft; answer: SavedDraft };
  "draft.open": { args: WhichDraft; answer: Draft };
  "draft.state": { args: KnownDraft; answer: Nothing };
  "draft.find": { args: FindDraft; answer: Draft | null };
  "draft.list": { args: Nothing; answer: Array<DraftLine> };
  "draft.drop": { args: WhichDraft; answer: Nothing };
  "visit.phrases": { args: Nothing; answer: Phrases };
  "visit.complete": { args: Complete; answer: Completed };
  "visit.supplement": { args: Supplement; answer: Written };
  "visit.review": { args: Review; answer: Written };
  "follow_up.done": { args: SayDone; answer: Written };
  "assessment.list": { args: WhichChild; answer: Array<AssessmentLine> };
  "assessment.complete": { args: Assess; answer: Assessed };
  "alarm.answer": { args: AnswerAlarm; answer: Answered };
  "today": { args: Nothing; answer: Today };
  "departed.seen": { args: SeenDeparted; answer: Nothing };
  "dayend": { args: WhichDay; answer: Dayend };
  "held.list": { args: Nothing; answer: Array<HeldWork> };
  "held.settle": { args: SettleHeld; answer: Nothing };
  "differing.list": { args: Nothing; answer: Array<Differing> };
  "file.add": { args: AddFile; answer: FileLine };
  "file.list": { args: WhichChild; answer: Array<FileLine> };
  "file.of": { args: FilesOf; answer: Array<FileLine> };
  "file.thumb": { args: WhichFile; answer: Thumb };
  "file.open": { args: WhichFile; answer: FileOpened };
  "file.drop": { args: WhichFile; answer: Nothing };
  "roster.posts": { args: Nothing; answer: Array<PostLine> };
  "roster.people": { args: Nothing; answer: Array<PersonLine> };
  "roster.revoke": { args: WhichDevice; answer: Nothing };
  "roster.assign": { args: Assign; answer: Nothing };
  "roster.withdraw": { args: Assign; answer: Nothing };
  "sync.state": { args: Nothing; answer: SyncState };
  "district.address": { args: Nothing; answer: DistrictAddress };
  "district.move": { args: DistrictMoved; answer: DistrictAddress };
  "settings.get": { args: Nothing; answer: Settings };
  "settings.set": { args: SetSetting; answer: Nothing };
};

/** Tags after which a call's answer may be another one. */
export const listens: { readonly [name in keyof Calls]: readonly string[] } = {
  "me": ["roster"],
  "forms": [],
  "places": [],
  "children.list": ["children", "differing", "roster", "settings"],
  "children.find": ["children", "settings"],
  "children.names": ["children", "roster"],
  "children.household": ["children"],
  "child.open": ["child", "differing", "roster"],
  "child.reveal": [],
  "child.history": ["child"],
  "child.tenures": ["child", "roster"],
  "child.edit": [],
  "child.undo": [],
  "child.choose": [],
  "child.close": [],
  "child.reopen": [],
  "child.check": ["child"],
  "child.create": [],
  "doubles.list": ["children", "settings"],
  "doubles.apart": [],
  "visits.list": ["visits", "sync"],
  "visits.recent": ["visits", "sync"],
  "unfinished.list": ["visits"],
  "visit.open": ["record", "sync"],
  "read.day": [],
  "read.moment": [],
  "visit.begin": [],
  "draft.save": [],
  "draft.open": ["drafts"],
  "draft.state": ["drafts"],
  "draft.find": ["drafts"],
  "draft.list": ["drafts"],
  "draft.drop": [],
  "visit.phrases": ["settings"],
  "visit.complete": [],
  "visit.supplement": [],
  "visit.review": [],
  "follow_up.done": [],
  "assessment.list": ["visits", "sync"],
  "assessment.complete": [],
  "alarm.answer": [],
  "today": ["children", "visits", "differing", "drafts", "sync", "roster"],
  "departed.seen": [],
  "dayend": ["children", "visits", "differing", "sync", "roster"],
  "held.list": ["children", "sync", "roster"],
  "held.settle": [],
  "differing.list": ["differing"],
  "file.add": [],
  "file.list": ["files", "child", "sync"],
  "file.of": ["files", "record", "sync"],
  "file.thumb": ["files"],
  "file.open": ["files"],
  "file.drop": [],
  "roster.posts": ["roster"],
  "roster.people": ["roster", "sync"],
  "roster.revoke": [],
  "roster.assign": [],
  "roster.withdraw": [],
  "sync.state": ["sync"],
  "district.address": ["settings"],
  "district.move": [],
  "settings.get": ["settings"],
  "settings.set": [],
};
