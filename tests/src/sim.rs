//! A whole district in one thread, seeded: people write, lines break, programs are killed, children
//! change hands, an old backup is put back; then everything that was acknowledged is looked for. What is
//! rare follows: a computer is lost, a child is erased.
//! It must not know how the rooms do it: it calls, and compares with a plain model.

mod check;
mod deed;
mod lawful;
mod model;

use sync_server::store::sqlite::Sqlite;

use crate::chance::Seeded;
use crate::world::World;

pub use check::Broken;
pub use model::Model;

/// What happened in one run, to be compared between two runs of the same seed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trace {
    /// A line a deed.
    pub lines: Vec<String>,
    /// Deeds of each kind.
    pub notes: usize,
    /// Notes finished with a photograph.
    pub photos: usize,
    /// Fields changed.
    pub edits: usize,
    /// Syncs tried, in all weathers.
    pub syncs: usize,
    /// Desks killed.
    pub crashes: usize,
    /// Children that changed hands.
    pub moves: usize,
    /// Pieces of held work taken over.
    pub claims: usize,
    /// Old backups put back.
    pub restores: usize,
    /// Lost computers stopped.
    pub stops: usize,
    /// Children erased.
    pub erasures: usize,
    /// Acknowledged work that the gate held, not lost.
    pub held: usize,
}

/// A run under way.
pub struct Run {
    /// The district.
    pub world: World,
    /// What people were told is saved.
    pub model: Model,
    /// What happened.
    pub trace: Trace,
    /// What happens next.
    pub dice: Seeded,
    backups: Vec<Sqlite>,
}

/// Runs one seed to its end and checks every invariant.
pub fn run(seed: u64) -> Result<Trace, Broken> {
    let mut run = begin(seed);
    match live(&mut run, seed) {
        Ok(()) => Ok(run.trace),
        Err(broken) => Err(Broken { trace: run.trace.lines, ..broken }),
    }
}

fn live(run: &mut Run, seed: u64) -> Result<(), Broken> {
    let deeds = 40 + run.dice.below(80);
    chapter(run, deeds, deed::one)?;
    // Under dice of its own, and last: until here a seed tells what it told before there were such deeds.
    run.dice = Seeded::named(seed, "rare");
    let deeds = 15 + run.dice.below(25);
    chapter(run, deeds, deed::rare)
}

/// Some deeds; then everything heals and all must hold.
fn chapter(run: &mut Run, deeds: usize, deed: fn(&mut Run)) -> Result<(), Broken> {
    for _ in 0..deeds {
        deed(run);
        check::scope(run)?;
    }
    calm(run)?;
    check::everything(run)?;
    // What is still held is decided on by its station, and all must hold again.
    if !deed::settle_all(run) {
        return Ok(());
    }
    calm(run)?;
    check::everything(run)
}

fn begin(seed: u64) -> Run {
    let mut dice = Seeded::named(seed, "dice");
    let streets = 1 + dice.below(2) as u64;
    let communities = 1 + dice.below(3) as u64;
    let mut world = World::found(seed, streets, communities);
    let directors: Vec<usize> = (streets as usize..world.seats.len()).collect();
    let mut model = Model::default();
    for director in directors {
        for n in 0..1 + dice.below(3) {
            let name = format!("{}的孩子{n}", world.seats[director].name);
            model.children.push(world.child(&name, director));
        }
    }
    world.gate();
    for seat in 0..world.seats.len() {
        world.sync(seat);
    }
    Run { world, model, trace: Trace::default(), dice, backups: Vec::new() }
}

/// Everything heals: desks wake, clocks are right, lines are fine, everybody syncs.
fn calm(run: &mut Run) -> Result<(), Broken> {
    lawful::given_nothing(run)?;
    for seat in 0..run.world.seats.len() {
        run.world.skew(seat, 0);
        if run.world.seats[seat].client.is_none() {
            run.world.wake(seat);
        }
    }
    run.world.settle();
    let unheard = lawful::unheard(run)?;
    if !unheard.is_empty() {
        deed::erase_again(run, unheard);
        run.world.settle();
    }
    Ok(())
}
