//! The roster: what each right was when, and who hears of what.

use super::*;

const fn child(n: u8) -> ChildId {
    ChildId::new([n; 16])
}

/// One street, one station, two communities with a director each.
fn street() -> (Roster, [PostId; 3], [DeviceId; 3]) {
    let area = |n| Area::new(n).expect("an area");
    let mut roster = Roster::new(DeviceId::new([0; 16]));
    let areas = [area(990_102_001_000), area(990_102_001_001), area(990_102_001_002)];
    let roles = [Role::Supervisor, Role::Director, Role::Director];
    let (mut posts, mut devices) = ([PostId::new([0; 16]); 3], [DeviceId::new([0; 16]); 3]);
    for (i, (area, role)) in areas.into_iter().zip(roles).enumerate() {
        let n = i as u8 + 1;
        let (unit, person) = (UnitId::new([n; 16]), PersonId::new([n; 16]));
        (posts[i], devices[i]) = (PostId::new([n; 16]), DeviceId::new([n; 16]));
        let from = Day::EPOCH;
        let rows = [
            Row::Unit { id: unit, name: String::new(), area },
            Row::Person { id: person, name: String::new() },
            Row::Post { id: posts[i], person, unit, role, from, to: None },
            Row::Device { id: devices[i], person, sign: [n; 32], seal: [n; 32], label: String::new(), segment: None },
        ];
        rows.iter().for_each(|row| roster.apply(1, row));
    }
    roster.apply(2, &Row::Child { child: child(9), area: areas[1] });
    roster.apply(3, &Row::Assign { child: child(9), post: posts[1] });
    (roster, posts, devices)
}

#[test]
fn a_director_sees_her_children_and_the_station_all_of_the_street() {
    let (mut roster, posts, [station, first, second]) = street();
    let on = Day::EPOCH;
    assert!(roster.sees(station, child(9), on) && roster.sees(first, child(9), on));
    assert!(!roster.sees(second, child(9), on));
    roster.apply(4, &Row::Withdraw { child: child(9), post: posts[1] });
    roster.apply(5, &Row::Assign { child: child(9), post: posts[2] });
    assert!(!roster.sees(first, child(9), on) && roster.sees(second, child(9), on));
    let seat = &roster.children[&child(9)];
    assert!(seat.assigned_at(posts[1], 3) && !seat.assigned_at(posts[1], 4), "the past is kept");
    assert_eq!(roster.scope(second, on), BTreeSet::from([child(9)]));
}

#[test]
fn an_ended_post_and_a_stopped_device_see_nothing() {
    let (mut roster, posts, [_, first, _]) = street();
    let post = roster.posts[&posts[1]].clone();
    let end = Day::EPOCH.plus(10);
    roster.apply(
        6,
        &Row::Post {
            id: posts[1],
            person: post.person,
            unit: post.unit,
            role: post.role,
            from: post.from,
            to: Some(end),
        },
    );
    assert!(roster.sees(first, child(9), end) && !roster.sees(first, child(9), end.plus(1)));
    roster.apply(7, &Row::Revoke { device: first });
    assert!(!roster.sees(first, child(9), end));
}

#[test]
fn those_who_lose_a_child_hear_of_it() {
    let (mut roster, posts, _) = street();
    let row = Row::Withdraw { child: child(9), post: posts[1] };
    roster.apply(4, &row);
    assert!(roster.channels_for_row(&row).contains(&Channel::Post(posts[1])));
    let elsewhere = Area::new(990_102_002_001).expect("an area");
    let row = Row::Child { child: child(9), area: elsewhere };
    let mut heard = roster.channels_for_row(&row);
    roster.apply(5, &row);
    heard.extend(roster.channels_for_row(&row));
    for street in [990_102_001_000, 990_102_002_000] {
        assert!(heard.contains(&Channel::Station(Area::new(street).expect("an area"))));
    }
}
