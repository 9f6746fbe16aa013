//! `backup`, `restore`, `verify`, `doctor`. It must not delete anything.

use std::path::Path;

use anyhow::bail;

use super::{Place, now, say};
use crate::config::Config;
use crate::secret::ROOT_FILE;
use crate::server::Server;
use crate::store::sqlite::Sqlite;
use crate::verify::{Verified, Wrong};

pub(super) fn backup(place: &Place<'_>, to: &Path) -> anyhow::Result<()> {
    let mut server = place.server()?;
    let proven = now(|m| server.backup(m, to))?;
    say(&format!(
        "备份完成并已重新打开核对：{}（日志 {} 条，收件 {} 件，新增附件 {} 片）。各电脑下次同步后会显示“已备份”。",
        proven.folder.display(),
        proven.rows,
        proven.number,
        proven.pieces
    ));
    say(
        "请把整个备份目录（连同里面的 files.db，照片和扫描件在那里）拷到另一台机器或介质；server.key 要单独保管，没有它备份打不开。",
    );
    Ok(())
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
    let mut server = place.server()?;
    let told = server.verify()?;
    say(&summary(&told));
    for wrong in told.wrong.iter().take(20) {
        say(&sentence(wrong));
    }
    if !told.wrong.is_empty() {
        bail!("有 {} 处不对：请先备份现状，再用 restore 恢复最近的备份；各电脑会把缺的补回来。", told.wrong.len());
    }
    say("全部一致。");
    Ok(())
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
        Wrong::Document(record) => format!("缓存档案 {record} 与日志推算的不同（重启服务会重建）"),
    }
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
            let sound = server.store().sound()?;
            let [new, accepted, held, waiting] = server.standings()?;
            let text = format!(
                "{} 字节；已入日志 {accepted}，待判 {new}，待处理 {held}，等待前文 {waiting}",
                server.store().bytes()
            );
            check("数据库", if sound { Ok(text) } else { Err("文件损坏，请用 restore 恢复最近的备份。".to_owned()) });
            let (pieces, size) = server.pieces()?;
            check("附件", Ok(format!("{pieces} 片，{} MB", size.div_ceil(1 << 20))));
            let (covered, newest) = (server.backed_up()?, server.newest_number()?);
            let late = format!("收件 {newest} 件里只有 {covered} 件有备份，请运行 backup。");
            check("备份", if covered == newest { Ok("全部已备份".to_owned()) } else { Err(late) });
            if server.withholds() {
                check("恢复", Err("刚恢复过，正在等一台街道站或区中心的电脑同步。".to_owned()));
            }
        }
    }
    if bad > 0 {
        bail!("有 {bad} 项需要处理。");
    }
    Ok(())
}
