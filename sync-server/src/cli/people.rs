//! `enrol-code` and `devices`. It must not show secrets other than the code it was asked for.

use anyhow::{Context as _, bail};
use domain::day::Day;
use domain::id::{PersonId, PostId};
use domain::roster::Roster;
use sync::enrol::{Address, EnrolText};

use super::{Place, now, say};
use crate::config::Config;
use crate::enrol::{CODE_HOURS, new_code};

pub(super) fn enrol_code(place: &Place<'_>, person: Option<&str>, post: Option<&str>) -> anyhow::Result<()> {
    let mut server = place.server()?;
    let person = match (person, post) {
        (_, Some(post)) => holder(server.roster(), post)?,
        (Some(person), None) => named(server.roster(), person)?,
        (None, None) => bail!("请用 --person 或 --post 说明给谁登记。"),
    };
    let listen = Config::load(place.dir)?.listen;
    let host = &server.district().host;
    let mut address: Address = host.parse().map_err(|_| anyhow::anyhow!("init 时的 --host 不是主机名：{host}"))?;
    if !host.contains(':') {
        address.port = listen.port();
    }
    let Some(code) = now(|m| new_code(&mut server, m, person))? else {
        bail!("名册里没有这个人：请先 import-org，或核对姓名。");
    };
    let name = server.roster().people.get(&person).cloned().unwrap_or_default();
    say(&format!("给“{name}”的登记码（{CODE_HOURS} 小时内用一次，请当面或电话告诉本人）："));
    say(&EnrolText { address, code }.to_string());
    Ok(())
}

fn holder(roster: &Roster, text: &str) -> anyhow::Result<PersonId> {
    let id: PostId = text.parse().context("岗位编号应是 32 位十六进制。")?;
    let post = roster.posts.get(&id).context("名册里没有这个岗位。")?;
    Ok(post.person)
}

fn named(roster: &Roster, text: &str) -> anyhow::Result<PersonId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let found: Vec<PersonId> = roster.people.iter().filter(|(_, name)| *name == text).map(|(id, _)| *id).collect();
    match found[..] {
        [one] => Ok(one),
        [] => bail!("名册里没有叫“{text}”的人：请核对姓名，或先 import-org。"),
        [_, ..] => {
            for id in &found {
                say(&format!("{id}  {text}  {}", duties(roster, *id)));
            }
            bail!("有 {} 个人都叫“{text}”：请用上面的编号再运行一次（--person 编号）。", found.len())
        }
    }
}

fn duties(roster: &Roster, person: PersonId) -> String {
    let unit = |id| roster.units.get(id).map_or("", |u| u.name.as_str());
    let posts = roster.posts_of(person).map(|(_, post)| format!("{}{}", unit(&post.unit), post.role.name()));
    posts.collect::<Vec<_>>().join("、")
}

pub(super) fn devices(place: &Place<'_>) -> anyhow::Result<()> {
    let mut server = place.server()?;
    let devices: Vec<_> = server.roster().devices.iter().map(|(id, d)| (*id, d.clone())).collect();
    say(&format!("共 {} 台设备", devices.len()));
    for (id, device) in devices {
        let state = server.device(id)?;
        let name = server.roster().people.get(&device.person).cloned().unwrap_or_default();
        let seen = if state.counter == 0 { "还没有同步过".to_owned() } else { Day::of(state.seen).to_string() };
        let stopped = if device.revoked.is_some() { "  已停用" } else { "" };
        say(&format!("{id}  {name}  {}  最近同步：{seen}{stopped}", device.label));
    }
    Ok(())
}
