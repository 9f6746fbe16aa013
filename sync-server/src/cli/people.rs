//! `enrol-code`, `devices` and `revoke`. It must not show secrets other than the code it was asked for.

use anyhow::{Context as _, bail};
use domain::day::Day;
use domain::id::{DeviceId, PersonId, PostId};
use domain::moment::Moment;
use domain::roster::{Roster, Row};
use sync::enrol::{self, Address, EnrolText};
use sync::wire::Outcome;

use super::{Place, now, say};
use crate::config::Config;
use crate::enrol::{CODE_HOURS, new_code};
use crate::server::Server;
use crate::store::Store;

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
    let district = server.district().digest();
    say(&format!("共 {} 台电脑", devices.len()));
    for (id, device) in devices {
        let state = server.device(id)?;
        let name = server.roster().people.get(&device.person).cloned().unwrap_or_default();
        let seen = if state.counter == 0 { "还没有同步过".to_owned() } else { Day::of(state.seen).to_string() };
        let stopped = if device.revoked.is_some() { "  已停用" } else { "" };
        let digits = enrol::comparison(&district, &device.sign, &device.seal);
        say(&format!("{id}  {name}  {}  核对数字：{digits}  最近同步：{seen}{stopped}", device.label));
    }
    Ok(())
}

/// Stops a device; said again, it changes nothing.
pub(super) fn revoke(place: &Place<'_>, text: &str) -> anyhow::Result<()> {
    let device: DeviceId = text.parse().context("电脑编号应是 32 位十六进制：请用 devices 命令查看。")?;
    let _lock = place.lock()?;
    let mut server = place.server()?;
    let told = now(|m| stop(&mut server, m, device))?;
    say(&told);
    Ok(())
}

fn stop<S: Store>(server: &mut Server<S>, m: &mut Moment, device: DeviceId) -> anyhow::Result<String> {
    let known = server.roster().devices.get(&device).context("名册里没有这台电脑：请用 devices 命令核对编号。")?;
    let name = server.roster().people.get(&known.person).map_or("", String::as_str);
    let which = format!("{name}的电脑“{}”", known.label);
    if known.revoked.is_some() {
        return Ok(format!("{which}已经停用过，没有改动。"));
    }
    let outcomes = server.write_rows(m, vec![Row::Revoke { device }])?;
    if !matches!(outcomes[..], [Outcome::Accepted(_)]) {
        bail!("{which}没有停用成：请运行 doctor 检查，再试一次。");
    }
    Ok(format!(
        "已停用{which}：它下次连到区中心时就不能再查看；它还没上传的内容仍会收下，另存着，街道未保站看得到有几条。本人换电脑请另给登记码。"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::World;

    #[test]
    fn a_device_is_stopped_once_and_saying_it_again_changes_nothing() {
        let mut world = World::new();
        let desk = world.desk(1);
        let said = stop(&mut world.server, &mut world.dice.moment(100), desk.key.id()).expect("stopped");
        assert!(said.starts_with("已停用人员1的电脑"), "{said}");
        assert!(!world.server.roster().active(desk.key.id()));
        let end = world.server.head().expect("a head");
        let again = stop(&mut world.server, &mut world.dice.moment(200), desk.key.id()).expect("no failure");
        assert!(again.contains("没有改动"), "{again}");
        assert_eq!(world.server.head().expect("a head"), end);
        let nobody = DeviceId::new([77; 16]);
        assert!(stop(&mut world.server, &mut world.dice.moment(300), nobody).is_err(), "no such device");
    }
}
