//! One-time codes and what they buy: a device row in the roster. A stranger who does not know a
//! code's secret learns nothing here, not even whether the code exists.

use domain::id::PersonId;
use domain::moment::Moment;
use domain::number::Segment;
use domain::roster::Row;
use sync::enrol::{self, Ask, Grant};
use sync::wire::Outcome;

use crate::server::{Server, ServerError};
use crate::store::{Code, Store};

/// How long a code waits for its device.
pub const CODE_HOURS: i64 = 24;
/// Wrong proofs after which a code is void. The secret has 80 bits, so this is no defence of the
/// secret but an end to noise.
const TRIES_MAX: u32 = 20;
/// Draws of a code's four public digits before giving up on finding free ones.
const DRAWS: usize = 64;

/// Makes a code that enrols one device for a person; `None` for a person the roster does not know.
pub fn new_code<S: Store>(
    server: &mut Server<S>,
    m: &mut Moment,
    person: PersonId,
) -> Result<Option<enrol::Code>, ServerError> {
    if !server.roster().people.contains_key(&person) {
        return Ok(None);
    }
    for _ in 0..DRAWS {
        let fresh = enrol::Code::fresh(m);
        let taken = server.code(fresh.id())?.is_some_and(|code| m.now < code.expires);
        if !taken {
            let expires = m.now.plus_s(CODE_HOURS * 3600);
            let (id, secret) = (fresh.id(), *fresh.secret());
            server.put_code(&Code { id, secret, person, expires, tries: 0, used: false })?;
            return Ok(Some(fresh));
        }
    }
    Ok(None)
}

/// Answers an enrolment request: the device is in the roster when this returns bytes. `None` for
/// wrong, used, expired or unknown codes alike. The same device may ask again with its code, in
/// case the answer was lost on the way.
pub fn enrol<S: Store>(server: &mut Server<S>, m: &mut Moment, request: &[u8]) -> Result<Option<Vec<u8>>, ServerError> {
    let Ok(id) = enrol::code_id(request) else { return Ok(None) };
    let Some(mut stored) = server.code(id)? else { return Ok(None) };
    if m.now >= stored.expires || stored.tries >= TRIES_MAX {
        return Ok(None);
    }
    let code = enrol::Code::from_parts(stored.id, stored.secret);
    let Ok(ask) = enrol::read_request(&code, request) else {
        stored.tries += 1;
        server.put_code(&stored)?;
        return Ok(None);
    };
    let known = server.roster().devices.get(&ask.device()).map(|device| device.person);
    let joined = match known {
        Some(person) => person == stored.person && server.roster().active(ask.device()),
        None => !stored.used && admit(server, m, &stored, &ask)?,
    };
    if !joined {
        return Ok(None);
    }
    if !stored.used {
        stored.used = true;
        server.put_code(&stored)?;
    }
    let grant = grant(server, m, &stored, &ask);
    Ok(Some(enrol::answer(&code, request, &grant, m)))
}

fn admit<S: Store>(server: &mut Server<S>, m: &mut Moment, code: &Code, ask: &Ask) -> Result<bool, ServerError> {
    let devices = &server.roster().devices;
    let taken = |segment| devices.values().any(|device| device.segment == Some(segment));
    let segment = Segment::free(u16::from_be_bytes(m.bytes()), taken).map(Segment::get);
    let (id, person, label) = (ask.device(), code.person, ask.label.clone());
    let row = Row::Device { id, person, sign: ask.sign, seal: ask.seal, label, segment };
    let outcomes = server.write_rows(m, vec![row])?;
    Ok(matches!(outcomes[..], [Outcome::Accepted(_)]))
}

fn grant<S: Store>(server: &Server<S>, m: &Moment, code: &Code, ask: &Ask) -> Grant {
    let district = server.district();
    Grant {
        district_name: district.name.clone(),
        root: district.root,
        roster: district.roster.clone(),
        inbox: district.inbox.clone(),
        ca: district.ca.clone(),
        device: ask.device(),
        person: code.person,
        person_name: server.roster().people.get(&code.person).cloned().unwrap_or_default(),
        lease: server.lease(m.now),
        now: m.now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{World, person};
    use sync::key::DeviceKey;

    fn code(world: &mut World) -> enrol::Code {
        world.second += 1;
        let made = new_code(&mut world.server, &mut world.dice.moment(world.second), person(1));
        made.expect("a store").expect("a known person")
    }

    fn ask(world: &mut World, request: &[u8]) -> Option<Vec<u8>> {
        world.second += 1;
        enrol(&mut world.server, &mut world.dice.moment(world.second), request).expect("a store")
    }

    fn asked(world: &mut World, code: &enrol::Code, key: &DeviceKey) -> Vec<u8> {
        enrol::request(code, key, "李主任的笔记本", &mut world.moment())
    }

    #[test]
    fn a_code_enrols_one_device_and_that_device_may_ask_twice() {
        let mut world = World::new();
        let (first, second) = (DeviceKey::fresh(&mut world.moment()), DeviceKey::fresh(&mut world.moment()));
        let code = code(&mut world);
        let request = asked(&mut world, &code, &first);
        let answer = ask(&mut world, &request).expect("granted");
        let grant = enrol::read_answer(&code, &first, &request, &answer).expect("proven");
        assert_eq!((grant.person, grant.person_name.as_str()), (person(1), "人员1"));
        assert_eq!(grant.server().map(|server| server.device), Ok(world.server.secret().id()));
        let device = &world.server.roster().devices[&first.id()];
        assert_eq!((device.person, device.label.as_str()), (person(1), "李主任的笔记本"));
        assert!(device.segment.is_some(), "it may give file numbers of its own");
        assert!(ask(&mut world, &request).is_some(), "the answer was lost on the way");
        let other = asked(&mut world, &code, &second);
        assert_eq!(ask(&mut world, &other), None, "the code is used");
    }

    #[test]
    fn wrong_expired_and_unknown_codes_all_hear_nothing() {
        let mut world = World::new();
        let key = DeviceKey::fresh(&mut world.moment());
        let good = code(&mut world);
        let wrong = enrol::Code::from_parts(good.id(), [0; 10]);
        let unknown = enrol::Code::from_parts(good.id() ^ 1, *good.secret());
        for code in [&wrong, &unknown] {
            let request = asked(&mut world, code, &key);
            assert_eq!(ask(&mut world, &request), None);
        }
        assert_eq!(ask(&mut world, b"noise"), None);
        let request = asked(&mut world, &good, &key);
        world.second += CODE_HOURS * 3600;
        assert_eq!(ask(&mut world, &request), None, "expired");
        assert!(world.server.roster().devices.is_empty());
    }

    #[test]
    fn noise_on_a_code_ends_it() {
        let mut world = World::new();
        let (key, good) = (DeviceKey::fresh(&mut world.moment()), code(&mut world));
        let wrong = enrol::Code::from_parts(good.id(), [0; 10]);
        for _ in 0..TRIES_MAX {
            let request = asked(&mut world, &wrong, &key);
            ask(&mut world, &request);
        }
        let request = asked(&mut world, &good, &key);
        assert_eq!(ask(&mut world, &request), None);
    }

    #[test]
    fn a_stopped_device_and_an_unknown_person_get_no_way_in() {
        let mut world = World::new();
        let (key, good) = (DeviceKey::fresh(&mut world.moment()), code(&mut world));
        let request = asked(&mut world, &good, &key);
        assert!(ask(&mut world, &request).is_some());
        world.write(vec![Row::Revoke { device: key.id() }]);
        assert_eq!(ask(&mut world, &request), None);
        let nobody = new_code(&mut world.server, &mut world.dice.moment(99), PersonId::new([77; 16]));
        assert_eq!(nobody.expect("a store"), None);
    }
}
