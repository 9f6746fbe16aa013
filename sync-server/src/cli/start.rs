//! `init`. It must not overwrite anything.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use domain::area::{Area, Width};

use super::{Place, now, say};
use crate::config::{self, Config};
use crate::secret::{self, Founding, Secret};
use crate::server::Server;
use crate::store::sqlite::Sqlite;
use crate::tls::Ca;

pub(super) fn init(place: &Place<'_>, name: &str, area: Area, host: &str, listen: SocketAddr) -> anyhow::Result<()> {
    if area.width() != Width::District {
        bail!("区划代码 {area} 不是区县一级：后 6 位应为 0。");
    }
    std::fs::create_dir_all(place.dir).context("数据目录建不了：请检查路径和权限。")?;
    if place.dir.join(secret::FILE).exists() {
        bail!("这个目录里已经有一个区中心了，没有改动；请换一个空目录。");
    }
    let ca = Ca::fresh()?;
    ca.server_config(&[host.rsplit_once(':').map_or(host, |(name, _)| name).to_owned()])?;
    let founding = Founding { name, area, host, ca: ca.cert(), tls: ca.key().to_vec() };
    let (made, root) = now(|m| Secret::found(m, founding));
    secret::write_private(&place.dir.join(secret::ROOT_FILE), hex(&root.to_bytes()).as_bytes())?;
    now(|m| made.save(m, place.dir, place.passphrase.as_deref()))?;
    std::fs::write(place.dir.join(config::FILE), Config::first(listen)).context("配置文件写不进去。")?;
    Server::open(Sqlite::open(place.dir, &made.files)?, made)?;
    say(&format!("“{name}”区中心已建好，数据在 {}", place.dir.display()));
    say(&format!(
        "重要：{} 是全区的根密钥。请现在拷到两个离线介质，由两人分别保管，然后从这台机器上删除。",
        place.dir.join(secret::ROOT_FILE).display()
    ));
    say("请把 server.key 另存一份：没有它，备份打不开。");
    say("下一步：import-org 导入组织，import-ledger 导入台账，enrol-code 生成登记码，serve 启动服务。");
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).chain(["\n".to_owned()]).collect()
}
