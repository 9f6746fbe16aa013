//! `backup`, `restore`, `restored`, `verify`, `doctor`. It must not delete anything.

use std::path::Path;

use anyhow::bail;
use domain::day::Day;
use domain::id::DeviceId;
use domain::moment::Timestamp;

use super::beside::{self, Told, Wish};
use super::{Place, now, say};
use crate::backup::Proven;
use crate::config::Config;
use crate::damage::Damage;
use crate::secret::ROOT_FILE;
use crate::server::Server;
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
    let Proven { folder, rows, number, pieces, clock, wrong, unreached, .. } = proven;
    let folder = folder.display();
    if *wrong > 0 {
        let failed = format!(
            "备份写好了（{folder}），和正式数据一样，但正式数据自己有 {wrong} 处核验不对：各电脑不会显示“已备份”。请运行 verify 看是哪里，以前的备份不要删。"
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
    Told { lines, failed: None }
}

pub(super) fn restore(place: &Place<'_>, from: &Path) -> anyhow::Result<()> {
    let _lock = place.lock()?;
    let secret = place.secret()?;
    let mut server = now(|m| Server::restore(m, place.dir, from, secret))?;
    let head = server.head()?;
    say(&format!("已恢复到备份时的状态（日志 {} 条）。原来的文件移到了“恢复前-…”目录，没有删除。", head.position));
    say_missing(&server.verify()?);
    say("请启动服务，并先让一台街道站或区中心的电脑同步：之后各电脑会自动把备份以后的内容补回来。");
    Ok(())
}

pub(super) fn restore_files(place: &Place<'_>, from: &Path) -> anyhow::Result<()> {
    let _lock = place.lock()?;
    let secret = place.secret()?;
    let mut server = now(|m| Server::restore_pieces(m, place.dir, from, secret))?;
    say("照片和扫描件已从备份补上，文字数据没有改动。损坏的文件移到了“恢复前-…”目录。");
    say_missing(&server.verify()?);
    say("请启动服务。");
    Ok(())
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

/// Whether a saved document is not what the log says: then caches are emptied, which loses nothing.
pub(super) fn has_stale_caches(told: &Verified) -> bool {
    told.wrong.iter().any(|wrong| matches!(wrong, Wrong::Document(_)))
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
        Wrong::Piece(file, n) => format!("附件 {file} 的第 {n} 片与清单不同"),
        Wrong::Claim(child) => format!("儿童 {child} 的待认领内容，处理结果与日志不同"),
        Wrong::Arrival(number) => format!("收件箱第 {number} 份与收到时不同"),
        Wrong::Document(record) => format!("缓存档案 {record} 与日志推算的不同（缓存会重建，内容没有丢）"),
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

/// What cannot be read, by its place; the first twenty.
fn readable(damaged: &[Damage]) -> Result<String, String> {
    let place = |one: &Damage| match one {
        Damage::Log(at) => format!("日志第 {at} 条"),
        Damage::Roster(at) => format!("名册第 {at} 条"),
        Damage::Item(id) => format!("未入日志的第 {id} 件"),
        Damage::Arrival(number) => format!("收件箱第 {number} 份"),
    };
    if damaged.is_empty() {
        return Ok("逐条都读得出".to_owned());
    }
    let named: Vec<String> = damaged.iter().take(20).map(place).collect();
    Err(format!(
        "有 {} 处读不出来：{}。只影响这几处，其余照常收发；请先备份现状，再用 restore 恢复最近的备份，各电脑会把缺的补回来。",
        damaged.len(),
        named.join("、")
    ))
}

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
            let advice = "files.db 损坏，文字数据不受影响：请停掉服务，运行 restore --files --from 备份目录。";
            check("附件", Err(advice.to_owned()));
        }
        Err(error) => check("数据库", Err(format!("{error:#}"))),
        Ok(mut server) => {
            let [new, accepted, held, waiting] = server.standings()?;
            let damaged = server.damaged()?;
            let sound = server.store().sound()?;
            server.go_on()?;
            let text = format!(
                "{} 字节；已入日志 {accepted}，待判 {new}，待处理 {held}，等待前文 {waiting}",
                server.store().bytes()
            );
            check("数据库", if sound { Ok(text) } else { Err("文件损坏，请用 restore 恢复最近的备份。".to_owned()) });
            check("内容", readable(&damaged));
            let (pieces, size) = server.pieces()?;
            check("附件", Ok(format!("{pieces} 片，{} MB", size.div_ceil(1 << 20))));
            let now = now(|m| m.now);
            check("备份", backup_state(server.backed_up()?, server.newest_number()?, server.backed_up_at(), now));
            let put_aside = Sqlite::unreached(place.dir, &place.secret()?.files)?;
            if !put_aside.is_empty() {
                let names: Vec<String> = put_aside.iter().map(|path| path.display().to_string()).collect();
                let advice = "里的 keys.db 打不开，已合规删除的儿童的密钥可能还在里面：内容都补回后请删除。";
                check("恢复前", Err(format!("{} {advice}", names.join("、"))));
            }
            if server.withholds() {
                check("恢复", Err("刚恢复过，正在等一台街道站或区中心的电脑同步。".to_owned()));
            } else if let Some(left) = server.awaited(Day::of(now)) {
                check("恢复", Ok(awaited_text(&server, &left)));
            }
        }
    }
    if bad > 0 {
        bail!("有 {bad} 项需要处理。");
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
    }
}
