//! `serve`: sockets, signals, the server's thread. It must not log content.

use std::sync::Arc;

use anyhow::Context as _;
use sync::enrol::Address;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Place, beside, say};
use crate::clock::Os;
use crate::config::Config;
use crate::http::{self, Limits};
use crate::hub::Hub;
use crate::tls::Ca;

pub(super) fn serve(place: &Place<'_>) -> anyhow::Result<()> {
    let _lock = place.lock()?;
    let config = Config::load(place.dir)?;
    let filter = tracing_subscriber::EnvFilter::try_from_env("TONGDANG_LOG");
    // Libraries trace their work, Automerge each opening of a record: dear, and not ours to vouch for.
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,sync_server=info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let server = place.server()?;
    let district = server.district();
    let host = district.host.parse::<Address>().map_or_else(|_| district.host.clone(), |a| a.host);
    let mut names = config.names.clone();
    names.push(host);
    let ca = Ca::from_parts(district.ca.subject.clone(), server.secret().tls.to_vec());
    let tls = ca.server_config(&names)?;
    let name = district.name.clone();
    // One thread for the sockets, one for the store: waking more costs more than they bring.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (hub, running) = Hub::start(server, Os)?;
    let (serving, dir) = (hub.clone(), place.dir);
    let done = runtime.block_on(async move {
        let listener = TcpListener::bind(config.listen).await.with_context(|| {
            format!("监听不了 {}：端口可能被占用，请改配置里的 listen，或停掉占用它的程序。", config.listen)
        })?;
        say(&format!("“{name}”区中心服务已启动：{}", listener.local_addr()?));
        let (stop, stopped) = watch::channel(false);
        if let Some(at) = config.metrics {
            let listener = TcpListener::bind(at).await.with_context(|| format!("指标地址 {at} 监听不了。"))?;
            let handle = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
            let counted = serving.clone();
            let render = move || format!("{}{}", handle.render(), counted.meter().text());
            tokio::spawn(http::serve_metrics(listener, Arc::new(render), stopped.clone()));
        }
        match beside::listen(dir) {
            Ok(socket) => drop(tokio::spawn(beside::answer_all(socket, serving.clone()))),
            Err(error) => tracing::error!(%error, "no control socket: backup and verify run only while nobody serves"),
        }
        tokio::spawn(async move {
            asked_to_stop().await;
            let _ = stop.send(true);
        });
        http::serve(listener, tls, serving, Limits::default(), stopped).await;
        anyhow::Ok(())
    });
    hub.stop();
    running.join();
    done?;
    say("服务已停止，收到的内容都已保存。");
    Ok(())
}

/// Ctrl-C, or the service manager's SIGTERM.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
