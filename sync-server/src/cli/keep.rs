//! `backup`, `restore`, `restored`, `verify`, `doctor`. It must not delete anything.

use std::path::Path;

use anyhow::bail;
use domain::day::Day;
use domain::id::DeviceId;
use domain::moment::Timestamp;

use super::beside::{self, Told, Wish};
use super::{Place, now, say};
use crate::backup::{Proven, Taken};
use crate::config::Config;
use crate::damage::Damage;
use crate::secret::ROOT_FILE;
use crate::server::Server;
use crate::store::StoreError;
use crate::store::sqlite::Sqlite;
use crate::verify::{Verified, Wrong};

pub(super) fn backup(place: &Place<'_>, to: &Path) -> anyhow::Result<()> {
    // The process that serves may run in another folder.
    let to = std::path::absolute(to)?;
    let Ok(lock) = place.lock() else { return beside::ask(place.dir, &Wish::Backup(to))?.say() };
    let mut server = place.server()?;
    let point = server.point()?;
    // Held still: the service may be started meanwhile.
    drop(lock);
    let now = now(|m| m.now);
    let proven = point.back_up(now, &to)?;
    server.count_backup(now, &proven)?;
    backup_told(&proven).say()
}

/// What is said of a backup.
pub(super) fn backup_told(proven: &Proven) -> Told {
    let Proven { folder, rows, number, pieces, unread, failed, clock, wrong, unreached, .. } = proven;
    let folder = folder.display();
    if *wrong > 0 {
        let failed = format!(
            "备份写好了（{folder}），和正式数据一样，但正式数据自己有 {wrong} 处读不出来或核验不对：各电脑不会显示“已备份”。请运行 verify 看是哪里，以前的备份不要删。"
        );
        return Told { lines: Vec::new(), failed: Some(failed) };
    }
    if let Some(error) = failed {
        let why =
            if *error == StoreError::Damaged { "打不开或核对不一致".to_owned() } else { error.to_string() };
        let why = why.trim_end_matches('。');
        let failed = format!(
            "文字数据备份好了并已核对（{folder}），但备份目录里的照片和扫描件（files.db）没有写成（{why}）：各电脑不会显示“已备份”。这个 files.db 里可能有唯一完好的一份，不要删、不要移动；请检查磁盘，再备份到一个新的空目录，那里会重新写一份完整的。"
        );
        return Told { lines: Vec::new(), failed: Some(failed) };
    }
    let mut lines = vec![
        format!(
            "备份完成并已重新打开核对：{folder}（日志 {rows} 条，收件 {number} 件，新增附件 {pieces} 片）。各电脑下次同步后会显示“已备份”。"
        ),
        "请把整个备份目录（连同里面的 files.db，照片和扫描件在那里）拷到另一台机器或介质；server.key 要单独保管，没有它备份打不开。".to_owned(),
    ];
    lines.extend(clock.map(|days| {
        let how = if days < 0 {
            format!("比上次备份早 {} 天", -days)
        } else {
            format!("比上次备份晚 {days} 天")
        };
        format!("这次备份的时间{how}：请检查这台机器的日期和时间。备份本身是好的，以前的备份都没有动。")
    }));
    lines.extend(
        unreached
            .iter()
            .map(|keys| format!("{} 打不开，已合规删除的儿童的密钥可能还在里面：请删除这个目录。", keys.display())),
    );
    let lost = (*unread > 0).then(|| {
        format!(
            "文字数据备份好了，但正式数据里至少有 {unread} 片照片或扫描件读不出来，这次没有备份到；以前备份过的还在。请运行 verify 看是哪些，再停掉服务，运行 restore --files --from 备份目录。"
        )
    });
    Told { lines, failed: lost }
}

pub(super) fn restore(place: &Place<'_>, from: &Path) -> anyhow::Result<()> {
    let _lock = place.lock()?;
    let secret = place.secret()?;
    let (mut server, taken) = now(|m| Server::put_back(m, place.dir, from, secret))?;
    let head = server.head()?;
    say(&format!("已恢复到备份时的状态（日志 {} 条）。原来的文件移到了“恢复前-…”目录，没有删除。", head.position));
    taken_told(&taken).iter().for_each(|line| say(line));
    say_missing(&server.verify()?);
    say("请启动服务，并先让一台街道站或区中心的电脑同步：之后各电脑会自动把备份以后的内容补回来。");
    Ok(())
}

pub(super) fn restore_files(place: &Place<'_>, from: &Path) -> anyhow::Result<()> {
    let _lock = place.lock()?;
    let secret = place.secret()?;
    let (mut server, taken) = now(|m| Server::restore_pieces(m, place.dir, from, secret))?;
    say("照片和扫描件已从备份补上读得出的，文字数据没有改动。损坏的文件移到了“恢复前-…”目录。");
    taken_told(&taken).iter().for_each(|line| say(line));
    say_missing(&server.verify()?);
    say("请启动服务。");
    Ok(())
}

/// What is said of pieces that a backup did not give back.
fn taken_told(taken: &Taken) -> Vec<String> {
    let Taken { unread, shut, failed } = taken;
    let mut lines = Vec::new();
    if *unread > 0 {
        lines.push(format!(
            "备份里至少有 {unread} 片照片或扫描件读不出来，已跳过，其余都补上了：如有另一份备份，请再对它运行 restore --files。"
        ));
    }
    lines.extend(shut.iter().map(|file| {
        format!("{} 打不开，里面的照片和扫描件没有补上：请换一份备份运行 restore --files。", file.display())
    }));
    lines.extend(failed.iter().map(|why| {
        format!("文字数据已恢复，但照片和扫描件没有补完（{why}）：请检查磁盘，再运行 restore --files --from 备份目录。")
    }));
    lines
}

fn say_missing(told: &Verified) {
    if told.missing > 0 {
        say(&format!(
            "照片和扫描件还缺 {} 片（共 {} 个附件）：存有它们的电脑同步时会补回来。",
            told.missing, told.files
        ));
    }
}

pub(super) fn verify(place: &Place<'_>) -> anyhow::Result<()> {
    let Ok(lock) = place.lock() else { return beside::ask(place.dir, &Wish::Verify)?.say() };
    let mut server = place.server()?;
    let point = server.point()?;
    drop(lock);
    let told = point.verify()?;
    if has_stale_caches(&told) {
        server.drop_caches()?;
    }
    verify_told(&told).say()
}

/// Whether saved documents are not what the log says, and nothing else is wrong: then caches are emptied, which
/// loses nothing. Beside a damaged row a saved document may be the only place where its words still stand.
pub(super) fn has_stale_caches(told: &Verified) -> bool {
    !told.wrong.is_empty() && told.wrong.iter().all(|wrong| matches!(wrong, Wrong::Document(_)))
}

/// What is said of a verification.
pub(super) fn verify_told(told: &Verified) -> Told {
    let mut lines = vec![summary(told)];
    lines.extend(told.wrong.iter().take(20).map(sentence));
    let damaged = told.wrong.iter().filter(|wrong| !matches!(wrong, Wrong::Document(_))).count();
    if damaged > 0 {
        let failed = format!(
            "有 {damaged} 处不对：先不要恢复。请把整个数据目录拷一份，再运行一次 verify；结果相同，再停掉服务，用 restore 恢复最近的备份，各电脑会把缺的补回来。"
        );
        return Told { lines, failed: Some(failed) };
    }
    let stale = !told.wrong.is_empty();
    lines.push(
        if stale {
            "日志和签名全部一致；缓存已清空，会自动重建，不需要恢复备份。"
        } else {
            "全部一致。"
        }
        .to_owned(),
    );
    Told { lines, failed: None }
}

/// Whether the time after a restore goes on, and its end.
pub(super) fn restored(place: &Place<'_>, close: bool) -> anyhow::Result<()> {
    let Ok(_lock) = place.lock() else { return beside::ask(place.dir, &Wish::Restored(close))?.say() };
    let mut server = place.server()?;
    restored_told(&mut server, now(|m| m.now), close).say()
}

pub(super) fn restored_told(server: &mut Server<Sqlite>, now: Timestamp, close: bool) -> Told {
    let line = match (server.awaited(Day::of(now)), close) {
        (None, _) => "现在没有在补回恢复以后的内容。".to_owned(),
        (Some(left), false) => awaited_text(server, &left),
        (Some(_), true) => match server.close_restored() {
            Ok(()) => "补回期已结束：以后别人送回的内容，按作者自己的权限判断，判不了的等街道站认领。".to_owned(),
            Err(error) => return Told::failed(&error),
        },
    };
    Told { lines: vec![line], failed: None }
}

/// Who is still to bring back what the backup lacks.
fn awaited_text(server: &Server<Sqlite>, left: &[DeviceId]) -> String {
    let roster = server.roster();
    let name = |device: &DeviceId| {
        let person = roster.devices.get(device).and_then(|device| roster.people.get(&device.person));
        format!("{}（{device}）", person.map_or("", String::as_str))
    };
    let names: Vec<String> = left.iter().map(name).collect();
    format!(
        "恢复后正在补回，还等这些街道站和区中心的电脑同步：{}。不会再来的，请停用；都补回了，运行 restored --close。",
        names.join("、")
    )
}

fn summary(told: &Verified) -> String {
    let Verified { rows, envelopes, erased, documents, files, pieces, missing, arrivals, .. } = told;
    let waiting = if *arrivals > 0 { format!("刚收到、还没入日志 {arrivals} 份；") } else { String::new() };
    format!(
        "核验了日志 {rows} 条、签名 {envelopes} 份、缓存档案 {documents} 份；{waiting}附件 {files} 个，{pieces} 片完好，\
         {missing} 片还没送到；已合规删除 {erased} 条（只剩摘要）。"
    )
}

fn sentence(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Gap(at) => format!("第 {at} 条缺失"),
        Wrong::Chain(at) => format!("第 {at} 条与前面接不上"),
        Wrong::Item(at) => format!("第 {at} 条的内容与签名时不同"),
        Wrong::Key(at) => format!("第 {at} 条的密钥与名册不符：没有删除的读不出，或已合规删除的还读得出"),
        Wrong::Signature(at) => format!("第 {at} 条的签名不对"),
        Wrong::Row(at) => format!("第 {at} 条名册读不懂"),
        Wrong::Roster => "名册与日志推算的不同".to_owned(),
        Wrong::Piece(file, n) => format!("附件 {file} 的第 {n} 片读不出来，或与清单不同"),
        Wrong::Claim(child) => format!("儿童 {child} 的待认领内容，处理结果与日志不同"),
        Wrong::Arrival(number) => format!("收件箱第 {number} 份与收到时不同"),
        Wrong::Document(record) => format!("缓存档案 {record} 与日志推算的不同"),
        Wrong::Unread(damage) => format!("{}读不出来", spot(damage)),
        Wrong::Unfolded(record) => format!("档案 {record} 里有读不出来的内容，推算不出全貌"),
    }
}

/// How old the newest backup may be before somebody must act: a day and what a backup takes.
const BACKUP_AGE_S: i64 = 26 * 3600;

/// What came since the last backup is the next one's; not good is one that did not come.
fn backup_state(covered: u64, newest: u64, at: Timestamp, now: Timestamp) -> Result<String, String> {
    let since = newest.saturating_sub(covered);
    if since == 0 {
        return Ok("全部已备份".to_owned());
    }
    if at > now {
        return Err("上次备份的时间比现在还晚：请检查这台机器的日期和时间，再运行 backup。".to_owned());
    }
    if covered > 0 && now.since_s(at) <= BACKUP_AGE_S {
        let hours = now.since_s(at) / 3600;
        return Ok(format!("{hours} 小时内备份过；之后又收到 {since} 件，下一次备份会带上"));
    }
    Err(format!("收件 {newest} 件里有 {since} 件还没有备份，请运行 backup，并让它每天自动运行。"))
}

/// A place that cannot be read.
fn spot(damage: &Damage) -> String {
    match damage {
        Damage::Log(at) => format!("日志第 {at} 条"),
        Damage::Roster(at) => format!("名册第 {at} 条"),
        Damage::Item(id) => format!("未入日志的第 {id} 件"),
        Damage::Arrival(number) => format!("收件箱第 {number} 份"),
        Damage::Table(name) => format!("数据表 {name} 的一部分"),
    }
}

/// What cannot be read, by its place; the first twenty.
fn readable(damaged: &[Damage]) -> Result<String, String> {
    if damaged.is_empty() {
        return Ok("逐条都读得出".to_owned());
    }
    let named: Vec<String> = damaged.iter().take(20).map(spot).collect();
    Err(format!(
        "有 {} 处读不出来：{}。只影响这几处，其余照常收发；以前的备份不要删。请停掉服务，把整个数据目录拷一份，再用 restore 恢复最近的备份，各电脑会把缺的补回来。",
        damaged.len(),
        named.join("、")
    ))
}

/// Where `doctor` says one thing: its name, and that it is well or what to do.
type Check<'a> = &'a mut dyn FnMut(&str, Result<String, String>);

const PIECES_DAMAGED: &str = "files.db 损坏，文字数据不受影响：请停掉服务，运行 restore --files --from 备份目录。";

pub(super) fn doctor(place: &Place<'_>) -> anyhow::Result<()> {
    let mut bad = 0;
    let mut check = |name: &str, result: Result<String, String>| match result {
        Ok(fine) => say(&format!("好  {name}：{fine}")),
        Err(advice) => {
            bad += 1;
            say(&format!("不好 {name}：{advice}"));
        }
    };
    check("SQLite", Ok(Sqlite::version().to_owned()));
    check("配置", Config::load(place.dir).map(|c| format!("监听 {}", c.listen)).map_err(|e| e.to_string()));
    let gone = !place.dir.join(ROOT_FILE).exists();
    let advice = "root.key 还在这台机器上，请拷到离线介质后删除。".to_owned();
    check("根密钥", if gone { Ok("已离线".to_owned()) } else { Err(advice) });
    let running = place.lock().is_err();
    check("服务", Ok(if running { "正在运行".to_owned() } else { "没有运行".to_owned() }));
    match place.server() {
        Err(_) if !Sqlite::pieces_sound(place.dir, &place.secret()?.files)? => {
            check("附件", Err(PIECES_DAMAGED.to_owned()));
        }
        Err(error) => check("数据库", Err(format!("{error:#}"))),
        Ok(mut server) => {
            contents(place, &mut server, &mut check)?;
            backups_and_restores(place, &mut server, &mut check)?;
        }
    }
    if bad > 0 {
        bail!("有 {bad} 项需要处理。");
    }
    Ok(())
}

/// Whether all that is stored can be read. Nothing that cannot ends the looking.
fn contents(place: &Place<'_>, server: &mut Server<Sqlite>, check: Check<'_>) -> anyhow::Result<()> {
    let counts = match server.standings() {
        Ok([new, accepted, held, waiting]) => {
            format!("已入日志 {accepted}，待判 {new}，待处理 {held}，等待前文 {waiting}")
        }
        Err(_) => "各状态的件数数不出来".to_owned(),
    };
    server.go_on()?;
    let damaged = server.damaged();
    server.go_on()?;
    let sound = server.store().sound()?;
    server.go_on()?;
    let pieces_sound = sound || Sqlite::pieces_sound(place.dir, &place.secret()?.files)?;
    // The file of pieces has an advice of its own.
    let text_sound = sound || (!pieces_sound && damaged.as_ref().is_ok_and(Vec::is_empty));
    let text = format!("{} 字节；{counts}", server.store().bytes());
    check("数据库", if text_sound { Ok(text) } else { Err("文件损坏，请用 restore 恢复最近的备份。".to_owned()) });
    check("内容", damaged.map_err(|error| error.to_string()).and_then(|damaged| readable(&damaged)));
    let pieces = server.pieces().ok().filter(|_| pieces_sound);
    let told = pieces.map(|(pieces, size)| format!("{pieces} 片，{} MB", size.div_ceil(1 << 20)));
    check("附件", told.ok_or_else(|| PIECES_DAMAGED.to_owned()));
    Ok(server.go_on()?)
}

fn backups_and_restores(place: &Place<'_>, server: &mut Server<Sqlite>, check: Check<'_>) -> anyhow::Result<()> {
    let now = now(|m| m.now);
    let numbers = server.backed_up().and_then(|covered| Ok((covered, server.newest_number()?)));
    let told = numbers.map_err(|error| error.to_string());
    let told = told.and_then(|(covered, newest)| backup_state(covered, newest, server.backed_up_at(), now));
    check("备份", told);
    server.go_on()?;
    let put_aside = Sqlite::unreached(place.dir, &place.secret()?.files)?;
    if !put_aside.is_empty() {
        let names: Vec<String> = put_aside.iter().map(|path| path.display().to_string()).collect();
        let advice = "里的 keys.db 打不开，已合规删除的儿童的密钥可能还在里面：内容都补回后请删除。";
        check("恢复前", Err(format!("{} {advice}", names.join("、"))));
    }
    if server.withholds() {
        check("恢复", Err("刚恢复过，正在等一台街道站或区中心的电脑同步。".to_owned()));
    } else if let Some(left) = server.awaited(Day::of(now)) {
        check("恢复", Ok(awaited_text(server, &left)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named_by_its_place() {
        assert!(readable(&[]).is_ok());
        let said = readable(&[Damage::Log(12), Damage::Arrival(7)]).expect_err("two places");
        assert!(said.contains("日志第 12 条") && said.contains("收件箱第 7 份") && said.contains("2 处"), "{said}");
        let told = Verified { wrong: vec![Wrong::Unread(Damage::Log(12))], ..Verified::default() };
        assert!(verify_told(&told).lines[1].contains("日志第 12 条"));
    }

    #[test]
    fn what_came_since_a_good_backup_is_no_fault_and_a_backup_that_did_not_come_is() {
        let now = Timestamp(1_790_000_000_000);
        let hours = |n: i64| now.plus_s(-n * 3600);
        for (covered, at, good) in [
            (40, hours(2), true),
            (37, hours(2), true),
            (37, hours(25), true),
            (37, hours(27), false),
            (0, Timestamp(0), false),
            (37, now.plus_s(86_400), false),
        ] {
            let said = backup_state(covered, 40, at, now);
            assert_eq!(said.is_ok(), good, "{covered} of 40, {at:?}: {said:?}");
        }
    }

    #[test]
    fn doctor_looks_on_around_a_row_whose_standing_nobody_knows() {
        let mut world = crate::scene::World::new();
        let c = world.child(1, 1);
        let mut director = world.desk(1);
        director.visits(&mut world, c);
        world.server.vault.store.hurt("UPDATE item SET standing = 77 WHERE kind = 0");
        let (mut said, dir) = (Vec::new(), tempfile::tempdir().expect("a folder"));
        let place = Place { dir: dir.path(), passphrase: None };
        let mut check = |name: &str, told: Result<String, String>| said.push((name.to_owned(), told));
        contents(&place, &mut world.server, &mut check).expect("looked at");
        assert_eq!(said.len(), 3, "{said:?}");
        let told = said[1].1.as_ref().expect_err("one place");
        assert!(told.contains("1 处") && told.contains("日志第"), "{told}");
        assert!(said[0].1.is_ok() && said[2].1.is_ok(), "{said:?}");
    }

    #[test]
    fn documents_are_not_dropped_beside_a_damaged_row() {
        let record = domain::id::RecordId::new([1; 16]);
        let mut told = Verified { wrong: vec![Wrong::Document(record)], ..Verified::default() };
        assert!(has_stale_caches(&told));
        told.wrong.push(Wrong::Unread(Damage::Log(12)));
        assert!(!has_stale_caches(&told));
    }

    #[test]
    fn a_backup_without_some_pieces_says_so() {
        let proven = Proven {
            folder: "2".into(),
            head: sync::wire::Cursor::default(),
            number: 1,
            rows: 1,
            pieces: 0,
            unread: 3,
            failed: None,
            clock: None,
            wrong: 0,
            unreached: Vec::new(),
        };
        let told = backup_told(&proven);
        assert!(!told.lines.is_empty() && told.failed.is_some_and(|said| said.contains("3 片")));
        let shut = backup_told(&Proven { failed: Some(StoreError::Damaged), ..proven }).failed.expect("said");
        assert!(shut.contains("文字数据备份好了") && shut.contains("不要删、不要移动"), "{shut}");
    }
}
