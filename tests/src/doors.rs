//! Strangers at the doors of a real server, and honest desks beside them, all from one address: what a street's
//! office is behind its router. Bounded, on this machine only, over when the plan is. It must not know how the
//! server keeps its doors.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use client::{Client, KdfCost};
use desk::clock::{self, OsChance};
use desk::exchange::settle;
use desk::net::Line;
use domain::day::Day;
use domain::moment::Moment;
use domain::post::Role;

use crate::demo::centre::Centre;
use crate::synth::{self, District, Post, Scale, org_book};

mod stranger;

use stranger::Target;

/// Longest that the slowest but one of a hundred honest syncs may take.
pub const P99_MAX: Duration = Duration::from_millis(500);
/// Between two syncs of one desk: below its own measure.
const PAUSE: Duration = Duration::from_millis(350);
/// These passphrases protect nobody.
const PASSPHRASE: &str = "明湖路走访用的口令";

/// How much strangers do.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Random posts.
    pub posts: usize,
    /// How long nine slow bodies stay.
    pub slow: Duration,
}

/// What an honest desk met beside one kind of strangers.
#[derive(Debug)]
pub struct Told {
    /// The strangers.
    pub beside: &'static str,
    /// How long each sync took, shortest first.
    pub syncs: Vec<Duration>,
    /// What was refused to anybody honest.
    pub refused: Vec<String>,
    /// What the strangers got done.
    pub strangers: String,
}

impl Told {
    /// The sync that so many of a hundred are not slower than.
    pub fn percentile(&self, of_a_hundred: usize) -> Duration {
        let at = (self.syncs.len() * of_a_hundred).div_ceil(100).saturating_sub(1);
        self.syncs.get(at).copied().unwrap_or(Duration::MAX)
    }

    /// Whether every honest sync was answered, and soon enough.
    pub fn holds(&self) -> bool {
        self.refused.is_empty() && self.percentile(99) <= P99_MAX
    }
}

/// Plays the plan: nobody, nine slow bodies, random posts.
pub fn prove(plan: Plan) -> Result<Vec<Told>> {
    let folder = tempfile::tempdir()?;
    let district = synth::make(Scale::small(1, 2), 1, Day::of(clock::now()));
    let mut centre = Centre::found(&folder.path().join("区中心"), &district)?;
    let book = folder.path().join("组织.xlsx");
    std::fs::write(&book, org_book::write(&district)?)?;
    centre.run(&["import-org", &book.to_string_lossy()])?;
    let codes: Vec<String> = people(&district).into_iter().map(|who| centre.code_for(who)).collect::<Result<_>>()?;
    let [first, during_slow, during_posts] = &codes[..] else { bail!("too few people in the district") };
    centre.serve()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut desk = runtime.block_on(Honest::join(first, &folder.path().join("1")))?;
    let target = Target::of(centre.address(), &desk.client)?;
    let mut told = Vec::new();
    for (n, (beside, newcomer)) in
        [("nobody", None), ("nine slow bodies", Some(during_slow)), ("random posts", Some(during_posts))]
            .into_iter()
            .enumerate()
    {
        let strangers =
            match n {
                0 => Strangers::begin(target.clone(), move |target, over| async move {
                    target.wait(over, plan.slow / 4).await
                }),
                1 => Strangers::begin(target.clone(), move |target, over| async move {
                    target.nine_slow(over, plan.slow).await
                }),
                _ => {
                    Strangers::begin(
                        target.clone(),
                        move |target, over| async move { target.posts(over, plan.posts).await },
                    )
                }
            }?;
        let newcomer = newcomer.map(|code| (code.as_str(), folder.path().join(format!("later {n}"))));
        let (mut syncs, refused) = runtime.block_on(desk.beside(&strangers, newcomer));
        syncs.sort_unstable();
        told.push(Told { beside, syncs, refused, strangers: strangers.end()? });
    }
    Ok(told)
}

/// Three people with a post of their own.
fn people(district: &District) -> Vec<&str> {
    let alone = |post: &&Post| district.posts.iter().filter(|other| other.person == post.person).count() == 1;
    let works = |post: &&Post| matches!(post.role, Role::Director | Role::Supervisor | Role::Specialist);
    district.current_posts().filter(works).filter(alone).map(|post| post.person.as_str()).take(3).collect()
}

/// A desk of somebody who works here.
struct Honest {
    client: Client,
    line: Line,
}

impl Honest {
    async fn join(code: &str, dir: &std::path::Path) -> Result<Self> {
        let joined = desk::enrol::enrol(code, "电脑").await.map_err(|fault| anyhow::anyhow!("enrolling: {fault:?}"))?;
        let (address, ca) = (joined.identity.address.clone(), joined.identity.ca.clone());
        let mut chance = OsChance;
        let m = &mut Moment::new(clock::now(), &mut chance);
        let client = Client::create(dir, m, joined.identity, PASSPHRASE, KdfCost::TRIVIAL)?;
        let mut desk = Self { client, line: Line::pinned(&address, &ca)? };
        desk.sync().await?;
        Ok(desk)
    }

    /// One sync over a new connection, as a desk has it that was quiet for a while.
    async fn sync(&mut self) -> Result<Duration> {
        self.line.hang_up();
        self.client.sync_now(&Moment::new(clock::now(), &mut OsChance));
        let begun = Instant::now();
        let settled = settle(&mut self.client, &mut self.line).await?;
        ensure!(settled.fault.is_none(), "a sync: {:?}", settled.fault);
        Ok(begun.elapsed())
    }

    /// Syncs as long as the strangers are there; in their midst somebody new joins.
    async fn beside(
        &mut self,
        strangers: &Strangers,
        newcomer: Option<(&str, std::path::PathBuf)>,
    ) -> (Vec<Duration>, Vec<String>) {
        let (mut syncs, mut refused, mut newcomer) = (Vec::new(), Vec::new(), newcomer);
        loop {
            match self.sync().await {
                Ok(took) => syncs.push(took),
                Err(error) => refused.push(format!("{error:#}")),
            }
            if strangers.are_under_way()
                && let Some((code, dir)) = newcomer.take()
                && let Err(error) = Self::join(code, &dir).await
            {
                refused.push(format!("somebody new: {error:#}"));
            }
            if strangers.are_over() && syncs.len() + refused.len() >= 10 {
                refused.extend(newcomer.map(|_| "nobody new came".to_owned()));
                return (syncs, refused);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Strangers on a thread of their own.
struct Strangers {
    progress: Arc<Progress>,
    thread: JoinHandle<Result<String>>,
}

/// How far they are.
#[derive(Default)]
pub(crate) struct Progress {
    done: AtomicUsize,
    /// After so many the server's tables are full of them.
    many: AtomicUsize,
    over: AtomicBool,
}

impl Progress {
    fn will_do(&self, many: usize) {
        self.many.store(many, Ordering::Relaxed);
    }

    fn did(&self, more: usize) {
        self.done.fetch_add(more, Ordering::Relaxed);
    }
}

impl Strangers {
    fn begin<F: Future<Output = Result<String>>>(
        target: Target,
        deed: impl FnOnce(Target, Arc<Progress>) -> F + Send + 'static,
    ) -> Result<Self> {
        let progress = Arc::<Progress>::default();
        let shown = progress.clone();
        let thread = std::thread::Builder::new().name("strangers".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let done = runtime.block_on(deed(target, shown.clone()));
            shown.over.store(true, Ordering::Relaxed);
            done
        })?;
        Ok(Self { progress, thread })
    }

    fn are_under_way(&self) -> bool {
        let many = self.progress.many.load(Ordering::Relaxed);
        many > 0 && self.progress.done.load(Ordering::Relaxed) >= many
    }

    fn are_over(&self) -> bool {
        self.progress.over.load(Ordering::Relaxed)
    }

    fn end(self) -> Result<String> {
        self.thread.join().ok().context("the strangers' thread panicked")?
    }
}
